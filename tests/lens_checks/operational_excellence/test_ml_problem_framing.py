"""Roles, levers, and fairness throughout."""

from dataclasses import replace

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import ml_problem_framing as checks
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

PEOPLE = {"personal_data_found": (r.PersonalData(column="delay", pattern="email", share=0.5),)}

DUMMY, LINEAR, SMALLER, CHOSEN, RULE = GOOD.get(r.Leaderboard).candidates


def tried(*candidates: r.Candidate) -> dict[type, object]:
    """Give a leaderboard of these candidates."""
    return {r.Leaderboard: {"candidates": candidates}}


VERDICTS = {
    checks.every_stage_has_one_owner_and_a_separate_approver: {
        "an approver who made nothing approves": (MET, {}),
        "the author may not approve, however the name is spelled": (NOT_MET, {Charter: {"owners": {"approver": "mo"}}}),
        "the operator may not approve": (NOT_MET, {Charter: {"owners": {"approver": " OLA "}}}),
        "who prepared the data may not approve": (NOT_MET, {Charter: {"owners": {"approver": "Dan"}}}),
        "the owner of the model may not approve what another trained": (
            NOT_MET,
            {Charter: {"owners": {"approver": "Mo"}}, r.Tracking: {"winner": {"tags": {"mlflow.user": "ci"}}}},
        ),
        "who trained may not approve": (NOT_MET, {r.Tracking: {"winner": {"tags": {"mlflow.user": "ada"}}}}),
        "a run that names no user cannot be told": (UNKNOWN, {r.Tracking: {"winner": {"tags": {}}}}),
    },
    checks.planned_levers_were_tried_from_a_baseline_upward: {
        "every lever was tried after a baseline": (MET, {}),
        "a planned lever that was never tried is missed": (NOT_MET, {Charter: {"improvement_levers": ("stacking",)}}),
        "no plan is no plan": (NOT_MET, {Charter: {"improvement_levers": ()}}),
        "a baseline that was tried last came too late": (NOT_MET, tried(CHOSEN, LINEAR, replace(DUMMY, trial=5))),
        "a baseline of the same number came no earlier": (NOT_MET, tried(CHOSEN, LINEAR, replace(DUMMY, trial=3))),
        "rivals are no baseline": (NOT_MET, tried(CHOSEN, LINEAR, SMALLER)),
        "a smaller one of the same family is no baseline": (
            NOT_MET,
            tried(CHOSEN, LINEAR, replace(SMALLER, baseline=True)),
        ),
        "a model that is no trial is refused": (NOT_MET, {r.Training: {"best_trial": 99}}),
        "an empty leaderboard has no baseline": (NOT_MET, {r.Leaderboard: {"candidates": ()}}),
        "a dummy does not beat the rule": (NOT_MET, {r.Training: {"best_trial": 0, "family": "dummy", "params": {}}}),
        "an uplift under the declared margin is too little": (
            NOT_MET,
            {r.Evaluation: {"uplift": r.Interval(value=0.04)}},
        ),
        "an infinite uplift is none": (NOT_MET, {r.Evaluation: {"uplift": r.Interval(value=float("inf"))}}),
    },
    checks.fairness_and_explanation_accompany_the_model: {
        "no protected attribute, with a reason, and attributions": (MET, {}),
        "no attribute and no reason is refused": (NOT_MET, {Charter: {"fairness": {"reason": " "}}}),
        "without attributions nothing was reviewed": (NOT_MET, {r.Explanation: {"importances": {}}}),
        "an attribution that is not a number was not reviewed": (
            NOT_MET,
            {r.Explanation: {"importances": {"delay": float("nan")}}},
        ),
        "a gap as wide as may be": (
            UNKNOWN,
            {Charter: {"fairness": {"attributes": ("sex",)}}, r.Evaluation: {"fairness": {"gaps": {"sex": 0.1}}}},
        ),
        "a column of people that the model reads contradicts the reason": (NOT_MET, {r.Profile: PEOPLE}),
        "a column of people that is dropped leaves the reason to those who attest": (
            MET,
            {r.Profile: PEOPLE, r.Baseline: {"columns": {}}},
        ),
        "a gap above the bound is unfair": (
            NOT_MET,
            {Charter: {"fairness": {"attributes": ("sex",)}}, r.Evaluation: {"fairness": {"gaps": {"sex": 0.3}}}},
        ),
        "a group of five people cannot be told": (
            UNKNOWN,
            {Charter: {"fairness": {"attributes": ("sex",)}}, r.Evaluation: {"fairness": {"gaps": {"sex": None}}}},
        ),
        "a small gap alone does not show fairness throughout": (
            UNKNOWN,
            {Charter: {"fairness": {"attributes": ("sex",)}}, r.Evaluation: {"fairness": {"gaps": {"sex": 0.05}}}},
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
