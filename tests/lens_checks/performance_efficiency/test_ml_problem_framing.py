"""Metrics, measured and held to their bounds."""

import pytest

from config.settings import Charter, ErrorCosts, Policy, Threshold
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.performance_efficiency import ml_problem_framing as checks
from tests.lens_checks.world import MET, NOT_MET, Changes, cases, outcome

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
