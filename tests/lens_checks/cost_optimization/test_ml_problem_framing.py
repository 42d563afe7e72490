"""Learning against a rule."""

import pytest

from config.settings import Charter, ProblemType
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import ml_problem_framing as checks
from lens_checks.evidence import records as r
from tests.lens_checks.made import PARTS
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.learning_is_worth_more_than_a_rule: {
        "better than the rule by more than chance and cost": (MET, {}),
        "an uplift that may be chance is refused": (
            NOT_MET,
            {r.Evaluation: {"uplift": r.Interval(value=0.06, low=0.01, high=0.1)}},
        ),
        "an uplift without an interval is refused": (NOT_MET, {r.Evaluation: {"uplift": r.Interval(value=0.06)}}),
        "a rule that was not measured is no comparison": (NOT_MET, {r.Evaluation: {"rule": {}}}),
        "a comparison on other rows is refused": (NOT_MET, {r.Evaluation: {"promotion_sha256": PARTS["train"]}}),
        "a model that spares no cost is refused": (NOT_MET, {r.Evaluation: {"rule_expected_cost": 0.2}}),
        "what the rule costs is not known": (UNKNOWN, {r.Evaluation: {"rule_expected_cost": None}}),
        "a regression has no priced errors": (
            MET,
            {r.Evaluation: {"rule_expected_cost": None}, Charter: {"problem_type": ProblemType.REGRESSION}},
        ),
        "training over its budget is refused": (NOT_MET, {r.Training: {"cpu_seconds": 9000.0}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
