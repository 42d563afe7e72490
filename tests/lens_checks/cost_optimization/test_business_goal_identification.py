"""What the project brings against what it costs."""

from datetime import timedelta

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import business_goal_identification as checks
from lens_checks.evidence import records as r
from lens_checks.runner import ask
from tests.lens_checks.frugal import CASE, case
from tests.lens_checks.made import NOW
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

SERVER = GOOD.get(r.Release).server


def brings(monthly: float) -> dict[str, object]:
    """Give a line of benefit."""
    return {"name": "fewer missed connections", "monthly": monthly}


VERDICTS = {
    checks.the_return_is_reckoned_and_holds_against_what_is_measured: {
        "its lines give the return that it states, and measured costs stay below": (MET, {}),
        "no case was made": (UNKNOWN, {Charter: {"business_case": None}}),
        "a return that its lines do not give is refused": (NOT_MET, case(roi=0.6)),
        "a return that differs by rounding": (MET, case(roi=0.504)),
        "a case that brings less than it costs is refused": (NOT_MET, case(benefits=[brings(40)], roi=-0.5)),
        "a case that breaks even": (MET, case(benefits=[brings(80)], roi=0.0)),
        "a case without the cost of upkeep is refused": (NOT_MET, case(costs=CASE["costs"][:3], roi=1.0)),
        "a case that nobody looked at again is refused": (NOT_MET, case(reassess=NOW.date() - timedelta(days=1))),
        "training dearer than stated is refused": (NOT_MET, {r.Training: {"cpu_seconds": 3600 * 201.0}}),
        "training just as dear as stated": (MET, {r.Training: {"cpu_seconds": 3600 * 200.0}}),
        "training that costs no number is refused": (NOT_MET, {r.Training: {"cpu_seconds": float("nan")}}),
        "answers dearer than stated are refused": (NOT_MET, {r.Release: {"server": {"p50_ms": 24_001.0}}}),
        "no release was tried": (UNKNOWN, {r.Release: None}),
    },
}  # fmt: skip


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


def test_measured_and_stated_are_told_side_by_side() -> None:
    told = ask(checks.the_return_is_reckoned_and_holds_against_what_is_measured, GOOD).because
    assert "training 0.00028 of 10, serving 0.0021 of 10" in told
