"""The footprint of a model, estimated and bounded."""

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import business_goal_identification as checks
from tests.lens_checks.made import energy
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome


def estimated(**change: float) -> Changes:
    return {r.Evaluation: {"energy": energy(**change)}}


KWH = energy().kwh


def carried(kwh: float) -> Changes:
    """Let the estimate be another, and the run carry it."""
    return {**estimated(kwh=kwh), r.Tracking: {"winner": {"metrics": {"energy_kwh": kwh}}}}


VERDICTS = {
    checks.the_footprint_is_estimated_and_kept_within_limits: {
        "an estimate within both limits": (MET, {}),
        "no estimate": (UNKNOWN, {r.Evaluation: {"energy": None}}),
        "just what may be taken": (MET, {Charter: {"budget": {"training_kwh": 4.2e-5, "kwh_per_million": 0.001}}}),
        "a version that takes more is refused": (NOT_MET, {Charter: {"budget": {"training_kwh": 4.1e-5}}}),
        "answers that take more are refused": (NOT_MET, {Charter: {"budget": {"kwh_per_million": 0.0009}}}),
        "an estimate of other bytes is refused": (NOT_MET, {r.Training: {"model_digest": "0" * 64}}),
        "other watts than agreed are refused": (NOT_MET, {Charter: {"budget": {"watts_per_cpu": 4.0}}}),
        **{
            f"another {name} than agreed is refused, though the sum is so": (NOT_MET, estimated(**{name: 1.25}))
            for name in ("watts_per_cpu", "power_overhead", "grams_co2e_per_kwh")
        },
        "another overhead than agreed is refused": (NOT_MET, {Charter: {"budget": {"power_overhead": 1.5}}}),
        "another grid than agreed is refused": (NOT_MET, {Charter: {"budget": {"grams_co2e_per_kwh": 300.0}}}),
        "an estimate that leaves the search out is refused": (NOT_MET, {r.Training: {"cpu_seconds": 36.1}}),
        "training that took all of the time": (MET, {r.Training: {"cpu_seconds": 36.0}}),
        "a sum that is too small is refused": (NOT_MET, estimated(kwh=4.1e-5)),
        "a sum that is too large is refused": (NOT_MET, estimated(kwh=4.3e-5)),
        **{
            f"a sum that rounding explains: {share} of it": (MET, carried(KWH * share))
            for share in (0.9999991, 1.0000009)
        },
        "a sum that is too large is refused, though the run carries it": (NOT_MET, carried(KWH * 1.1)),
        "gas that does not follow from it is refused": (NOT_MET, estimated(grams_co2e=0.01)),
        "a run that does not carry it is refused": (NOT_MET, {r.Tracking: {"winner": {"metrics": {}}}}),
        "a run that carries another is refused": (NOT_MET, {r.Tracking: {"winner": {"metrics": {"energy_kwh": 1.0}}}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
