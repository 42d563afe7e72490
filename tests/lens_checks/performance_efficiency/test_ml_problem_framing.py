"""Metrics, measured and held to their bounds."""

from dataclasses import replace

import pytest

from config.settings import Charter, ErrorCosts, Params, Policy, ProblemType, Threshold
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.performance_efficiency import ml_problem_framing as checks
from lens_checks.runner import ask
from tests.lens_checks.world import GOOD, MET, NOT_MET, Changes, cases, outcome

MEASURED = GOOD.get(r.Evaluation).metrics
AUC = {Params: {"metrics": {"guarded": ("brier", "roc_auc")}}}
LATE = GOOD.get(Charter).kpis[0]


def measured(**metrics: r.Interval) -> dict[type, object]:
    """Give an evaluation with some metrics changed or added."""
    return {r.Evaluation: {"metrics": MEASURED | metrics}}


def bounded(*, greater_is_better: bool | None) -> Changes:
    """Let the policy bound one metric more, which was measured and judged."""
    judged = GOOD.get(r.Evaluation).thresholds
    metrics = MEASURED | {"roc_auc": r.Interval(value=0.9, greater_is_better=greater_is_better)}
    return {
        Policy: {"thresholds": (*GOOD.get(Policy).thresholds, Threshold(metric="roc_auc", floor=0.8))},
        r.Evaluation: {"metrics": metrics, "thresholds": (*judged, replace(judged[0], metric="roc_auc"))},
    }


VERDICTS = {
    checks.every_metric_was_measured_and_held_to_its_bound: {
        "all measured and within bounds": (MET, {}),
        "a search for another metric is refused": (NOT_MET, {r.Leaderboard: {"primary": "roc_auc"}}),
        "an empty list of thresholds is refused": (NOT_MET, {Policy: {"thresholds": ()}}),
        "a metric that was never computed is refused": (
            NOT_MET,
            {Policy: {"thresholds": (Threshold(metric="r2", floor=0.1),)}},
        ),
        "a model under its floor is refused": (
            NOT_MET,
            {
                Policy: {
                    "thresholds": (
                        Threshold(metric="average_precision", floor=0.9),
                        Threshold(metric="brier", ceiling=1),
                    )
                }
            },
        ),
        "a metric that is not a number is refused": (
            NOT_MET,
            {r.Evaluation: {"metrics": {"average_precision": r.Interval(value=float("nan"))}}},
        ),
        "a guarded metric that was never measured is refused": (NOT_MET, AUC),
        "a guarded metric without a value is refused": (
            NOT_MET,
            {**AUC, **measured(roc_auc=r.Interval(value=None, greater_is_better=True))},
        ),
        "a guarded metric without a direction": (
            NOT_MET,
            {**AUC, **measured(roc_auc=r.Interval(value=0.9))},
        ),
        "a bounded metric without a direction": (NOT_MET, bounded(greater_is_better=None)),
        "a bounded metric with one": (MET, bounded(greater_is_better=True)),
        "a guarded metric needs no bound": (
            MET,
            {**AUC, **measured(roc_auc=r.Interval(value=0.9, greater_is_better=True))},
        ),
        "a primary metric that was never measured is refused": (
            NOT_MET,
            {Params: {"metrics": {"primary": "roc_auc"}}, r.Leaderboard: {"primary": "roc_auc"}},
        ),
        "a KPI without a bound is refused": (
            NOT_MET,
            {
                Charter: {"kpis": (LATE.model_copy(update={"metric": "roc_auc"}),)},
                **measured(roc_auc=r.Interval(value=0.9, greater_is_better=True)),
            },
        ),
        "no bound is refused even where no KPI asks for one": (
            NOT_MET,
            {Policy: {"thresholds": ()}, Charter: {"kpis": ()}},
        ),
        "a threshold of the decision that was not reckoned is refused": (NOT_MET, {r.Evaluation: {"threshold": None}}),
        "a regression reckons with no costs": (
            MET,
            {r.Evaluation: {"expected_cost": None}, Charter: {"problem_type": ProblemType.REGRESSION}},
        ),
        "bounds that the evaluation did not look at are refused": (NOT_MET, {r.Evaluation: {"thresholds": ()}}),
        "unequal costs that nobody reckoned with are refused": (NOT_MET, {r.Evaluation: {"expected_cost": None}}),
        "equal costs need no reckoning": (
            MET,
            {r.Evaluation: {"expected_cost": None}, Charter: {"error_costs": ErrorCosts()}},
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ({"floor": 0.9}, "average_precision is 0.8432, asked for: at least 0.9"),
        ({"ceiling": 0.8}, "average_precision is 0.8432, asked for: at most 0.8"),
        ({"floor": 0.9, "ceiling": 1.0}, "average_precision is 0.8432, asked for: at least 0.9 and at most 1"),
    ],
)
def test_the_figure_and_its_bound_are_told(bound: dict[str, float], said: str) -> None:
    changes = {
        Policy: {"thresholds": (Threshold(metric="average_precision", **bound),)},
        **measured(average_precision=r.Interval(value=0.84321987, greater_is_better=True)),
    }
    assert ask(checks.every_metric_was_measured_and_held_to_its_bound, GOOD.but(changes)).because == said


@pytest.mark.parametrize(("value", "words"), [(None, "not there"), (float("nan"), "nan")])
def test_a_figure_that_is_none_is_told_as_it_is(value: float | None, words: str) -> None:
    changes = measured(average_precision=r.Interval(value=value, greater_is_better=True))
    told = ask(checks.every_metric_was_measured_and_held_to_its_bound, GOOD.but(changes)).because
    assert f"average_precision is {words}, asked for" in told
