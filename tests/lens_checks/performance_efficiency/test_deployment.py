"""Latency and memory against the budget."""

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.performance_efficiency import deployment as checks
from lens_checks.runner import ask
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.the_model_fits_where_it_is_to_run: {
        "quick and small enough": (MET, {}),
        "slower than the budget is refused": (NOT_MET, {Charter: {"budget": {"latency_p95_ms": 5}}}),
        "larger than the budget is refused": (NOT_MET, {Charter: {"budget": {"memory_mib": 100}}}),
        "a latency that is not known is refused": (NOT_MET, {r.Release: {"server": {"p95_ms": None}}}),
        "a server that answered one request": (MET, {r.Release: {"server": {"requests": 1}}}),
        "a server that did not start is refused": (NOT_MET, {r.Release: {"server": {"started": False}}}),
        "as quick and as large as may be": (MET, {Charter: {"budget": {"latency_p95_ms": 9, "memory_mib": 300}}}),
        "a server that answered nothing is refused": (NOT_MET, {r.Release: {"server": {"requests": 0}}}),
        "without a release nothing can be told": (UNKNOWN, {r.Release: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


def test_the_size_is_told() -> None:
    assert ask(checks.the_model_fits_where_it_is_to_run, GOOD).because.startswith("1 MiB on disk, p95 9 ms")
