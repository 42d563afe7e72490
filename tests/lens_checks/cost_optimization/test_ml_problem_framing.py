"""Learning against a rule."""

from typing import Any

import pytest

from config.settings import Alternative, Charter, Data, ProblemType
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import ml_problem_framing as checks
from lens_checks.evidence import records as r
from tests.lens_checks.made import PARTS
from tests.lens_checks.world import DERIVED, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome


def saving(value: float, low: float, high: float) -> Changes:
    """Let the model's errors cost so much less a row than the rule's; the margin is a fiftieth of 3."""
    return {r.Evaluation: {"saving": r.Interval(value=value, low=low, high=high)}}


OURS: dict[str, Any] = {
    "name": "ours", "kind": "custom", "cost_monthly": 20, "quality": 0.84, "latency_ms": 9, "licence": "MIT",
    "private": True, "chosen": True,
}  # fmt: skip
READY = OURS | {"name": "ready", "kind": "pretrained", "cost_monthly": 90, "chosen": False}


def weighed(*others: dict[str, Any], pretrained: bool = False, **ours: Any) -> Changes:
    """Let ours have been weighed against others, a dearer one that is ready made unless told otherwise."""
    table = (OURS | ours, *(others or (READY,)))
    return {Charter: {"alternatives": tuple(map(Alternative.model_validate, table)), "pretrained": pretrained}}


VERDICTS = {
    checks.custom_or_pretrained_is_decided_by_cost: {
        "figures and categories have no pretrained model": (DERIVED, {}),
        "columns that nobody described yet": (UNKNOWN, {Data: {"columns": {}}}),
        "a pretrained part beside which nothing was weighed is refused": (NOT_MET, {Charter: {"pretrained": True}}),
        "the cheaper of two within every limit": (MET, weighed()),
        "a table of custom models alone is refused": (NOT_MET, weighed(READY | {"kind": "custom"})),
        "a table of ready-made ones alone is refused": (NOT_MET, weighed(READY, kind="pretrained", pretrained=True)),
        "a table of tuned and ready-made ones alone is refused": (
            NOT_MET,
            weighed(READY, kind="fine-tuned", pretrained=True),
        ),
        "a choice that nobody made is refused": (NOT_MET, weighed(chosen=False)),
        "two choices are none": (NOT_MET, weighed(READY | {"chosen": True})),
        "a choice that `pretrained` denies is refused": (NOT_MET, weighed(pretrained=True)),
        "a dearer one than would do is refused": (NOT_MET, weighed(cost_monthly=91)),
        "a cheaper one that is not good enough is left": (MET, weighed(READY | {"cost_monthly": 1, "quality": 0.7})),
        "a cheaper one that is too slow is left": (MET, weighed(READY | {"cost_monthly": 1, "latency_ms": 900})),
        "a cheaper one that takes the rows away is left": (MET, weighed(READY | {"cost_monthly": 1, "private": False})),
        "a cheaper one of no accepted licence is left": (MET, weighed(READY | {"cost_monthly": 1, "licence": "none"})),
        "a choice that misses the floor is refused": (NOT_MET, weighed(quality=0.7)),
        "tuning a pretrained one is a middle way": (
            MET,
            weighed(
                READY,
                READY | {"name": "tuned", "kind": "fine-tuned", "cost_monthly": 10, "chosen": True},
                chosen=False,
                pretrained=True,
            ),
        ),
    },
    checks.learning_is_worth_more_than_a_rule: {
        "better than the rule by more than chance and cost": (MET, {}),
        "an uplift that may be chance is refused": (
            NOT_MET,
            {r.Evaluation: {"uplift": r.Interval(value=0.06, low=0.01, high=0.1)}},
        ),
        "an uplift without an interval is refused": (NOT_MET, {r.Evaluation: {"uplift": r.Interval(value=0.06)}}),
        "a rule that was not measured is no comparison": (NOT_MET, {r.Evaluation: {"rule": {}}}),
        "a rule whose figure is not a number is none": (
            NOT_MET,
            {r.Evaluation: {"rule": {"average_precision": r.Interval(value=float("nan"))}}},
        ),
        "a model that was not measured is no comparison": (NOT_MET, {r.Evaluation: {"metrics": {}}}),
        "a model whose figure is not a number is none": (
            NOT_MET,
            {r.Evaluation: {"metrics": {"average_precision": r.Interval(value=float("nan"))}}},
        ),
        "just the least uplift": (MET, {r.Evaluation: {"uplift": r.Interval(value=0.06, low=0.05, high=0.1)}}),
        "just the budget": (MET, {r.Training: {"cpu_seconds": 7200.0}}),
        "a second over the budget is refused": (NOT_MET, {r.Training: {"cpu_seconds": 7201.0}}),
        "errors that may cost more by the margin": (MET, saving(0.1, -0.06, 0.25)),
        "errors that may cost more by a little over it": (NOT_MET, saving(0.1, -0.061, 0.25)),
        "errors that may cost as much": (MET, saving(0.001, -0.01, 0.0)),
        "spared more than two hours of training cost": (
            MET,
            {**saving(0.001, 0.0005, 0.002), r.Training: {"cpu_seconds": 7200.0}},
        ),
        "spared less than two hours of training cost": (
            NOT_MET,
            {**saving(0.0006, 0.0005, 0.002), r.Training: {"cpu_seconds": 7200.0}},
        ),
        "a comparison on other rows is refused": (NOT_MET, {r.Evaluation: {"promotion_sha256": PARTS["train"]}}),
        "errors that cost more, beyond doubt": (NOT_MET, saving(-0.2, -0.25, -0.15)),
        "errors that may cost more by over the margin": (NOT_MET, saving(0.1, -0.07, 0.27)),
        "errors that cost more by less than the margin, if at all": (MET, saving(0.1, -0.05, 0.25)),
        "neither dearer nor cheaper, and training not paid for": (NOT_MET, saving(0.0, -0.01, 0.01)),
        "cheaper beyond doubt, by less than training costs": (NOT_MET, saving(1e-7, 1e-8, 2e-7)),
        "a saving that is not a number": (NOT_MET, saving(float("nan"), float("nan"), float("nan"))),
        "a saving without an interval is not told": (UNKNOWN, {r.Evaluation: {"saving": r.Interval(value=0.2)}}),
        "what the errors cost less is not known": (UNKNOWN, {r.Evaluation: {"saving": None}}),
        "a regression has no priced errors": (
            MET,
            {r.Evaluation: {"saving": None}, Charter: {"problem_type": ProblemType.REGRESSION}},
        ),
        "errors without a price cost nothing": (
            MET,
            {r.Evaluation: {"saving": None}, Charter: {"error_costs": {"false_positive": 0.0, "false_negative": 0.0}}},
        ),
        "training over its budget is refused": (NOT_MET, {r.Training: {"cpu_seconds": 9000.0}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param(saving(-0.7, -0.8, -0.5), "the model costs more than the rule", id="beyond doubt"),
        pytest.param(saving(-0.1, -0.2, 0.0), "it is not shown that the model costs no more", id="perhaps"),
    ],
)
def test_a_model_that_costs_more_is_told_from_one_that_may(changes: Changes, words: str) -> None:
    assert because(checks.learning_is_worth_more_than_a_rule, changes).startswith(words)
