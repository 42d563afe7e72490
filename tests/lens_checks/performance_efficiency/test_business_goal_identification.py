"""KPIs and the bounds of the gate."""

import pytest

from config.settings import Charter, ErrorCosts, Kpi, Policy, ProblemType, Threshold
from lens_checks.check import Check, Outcome
from lens_checks.performance_efficiency import business_goal_identification as checks
from tests.lens_checks.world import MET, NOT_MET, Changes, because, cases, outcome

KPI = Kpi(name="late", unit="AP", metric="brier", baseline=0.2, floor=0.15, target=0.1, max_error="one in three")

REGRESSION = {"problem_type": ProblemType.REGRESSION}


def kpi(**changed: object) -> dict[type, object]:
    """Give a charter with this KPI changed."""
    return {Charter: {"kpis": (KPI.model_copy(update=changed),)}}


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
        "a target that is today is refused, also above the floor": (NOT_MET, kpi(baseline=0.1)),
        "a target worse than the floor is refused, also by a strict gate": (
            NOT_MET,
            {**kpi(floor=0.05), Policy: {"thresholds": (Threshold(metric="brier", ceiling=0.04),)}},
        ),
        "a KPI without a largest error is refused": (NOT_MET, kpi(max_error=" ")),
        "a false alarm of no known cost": (
            NOT_MET,
            {Charter: {"error_costs": {"false_positive": float("nan")}}},
        ),
        "a missed case of no known cost": (
            NOT_MET,
            {Charter: {"error_costs": {"false_negative": float("nan")}}},
        ),
        "a false alarm that pays": (NOT_MET, {Charter: {"error_costs": {"false_positive": -0.5}}}),
        "a missed case that pays": (NOT_MET, {Charter: {"error_costs": {"false_negative": -0.5}}}),
        "a false alarm that costs half": (MET, {Charter: {"error_costs": {"false_positive": 0.5}}}),
        "a missed case that costs half": (MET, {Charter: {"error_costs": {"false_negative": 0.5}}}),
        "only missed cases cost": (MET, {Charter: {"error_costs": {"false_positive": 0}}}),
        "a regression has no costs of errors": (
            MET,
            {Charter: {**REGRESSION, "error_costs": ErrorCosts(false_positive=0, false_negative=0)}},
        ),
        "nor such as are no figures": (MET, {Charter: {**REGRESSION, "error_costs": {"false_positive": float("nan")}}}),
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


@pytest.mark.parametrize("figure", ["baseline", "floor", "target"])
def test_a_figure_that_is_none_is_told_before_it_is_compared(figure: str) -> None:
    told = because(checks.every_kpi_is_bounded_by_the_gate, kpi(**{figure: float("nan")}))
    assert told == "late: baseline, floor and target are not all figures"
