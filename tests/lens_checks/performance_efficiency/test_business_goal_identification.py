"""KPIs and the bounds of the gate."""

import pytest

from config.settings import Charter, ErrorCosts, Kpi, Policy, Threshold
from lens_checks.check import Check, Outcome
from lens_checks.performance_efficiency import business_goal_identification as checks
from tests.lens_checks.world import MET, NOT_MET, Changes, cases, outcome

KPI = Kpi(name="late", unit="AP", metric="brier", baseline=0.2, floor=0.15, target=0.1, max_error="one in three")

VERDICTS = {
    checks.every_kpi_is_bounded_by_the_gate: {
        "the gate asks for the floor": (MET, {}),
        "a measure of which less is better is bounded from above": (MET, {Charter: {"kpis": (KPI,)}}),
        "a ceiling above what is acceptable is refused": (
            NOT_MET,
            {Charter: {"kpis": (KPI.model_copy(update={"floor": 0.11}),)}},
        ),
        "a target worse than the floor is refused": (
            NOT_MET,
            {Charter: {"kpis": (KPI.model_copy(update={"floor": 0.05}),)}},
        ),
        "a target that is today is refused": (NOT_MET, {Charter: {"kpis": (KPI.model_copy(update={"target": 0.2}),)}}),
        "a baseline that is not a number is refused": (
            NOT_MET,
            {Charter: {"kpis": (KPI.model_copy(update={"baseline": float("nan")}),)}},
        ),
        "a KPI that no bound holds is refused": (
            NOT_MET,
            {Charter: {"kpis": (KPI.model_copy(update={"metric": "r2"}),)}},
        ),
        "no KPI is refused": (NOT_MET, {Charter: {"kpis": ()}}),
        "a gate below the floor is refused": (
            NOT_MET,
            {Policy: {"thresholds": (Threshold(metric="average_precision", floor=0.5),)}},
        ),
        "errors that cost nothing are refused": (
            NOT_MET,
            {Charter: {"error_costs": ErrorCosts(false_positive=0, false_negative=0)}},
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
