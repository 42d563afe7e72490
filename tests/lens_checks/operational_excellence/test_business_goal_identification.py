"""Explanations as agreed, and a live model that is reviewed."""

from datetime import timedelta

import pytest

from config.settings import Charter, Policy, Threshold
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import business_goal_identification as checks
from tests.lens_checks.made import NOW, START, entry
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.the_model_explains_itself_as_agreed: {
        "what was agreed before training is delivered": (MET, {}),
        "a framing decision made after training proves nothing": (
            UNKNOWN,
            {r.Ledger: {"entries": (entry(1, "decision", NOW, gate="framing", outcome="passed"),)}},
        ),
        "a framing decision of the very moment training started": (
            MET,
            {r.Ledger: {"entries": (entry(1, "decision", START, gate="framing", outcome="passed"),)}},
        ),
        "a framing gate that refused proves nothing": (
            UNKNOWN,
            {r.Ledger: {"entries": (entry(1, "decision", gate="framing", outcome="refused"),)}},
        ),
        "a ledger that does not hold proves nothing": (UNKNOWN, {r.Ledger: {"breaks": ("entry 1",)}}),
        "an explanation of other model bytes is not this one": (NOT_MET, {r.Evaluation: {"model_digest": "0" * 64}}),
        "boosting is not intrinsically explainable": (NOT_MET, {Charter: {"explanation": {"level": "intrinsic"}}}),
        "a linear model explains itself": (
            MET,
            {Charter: {"explanation": {"level": "intrinsic"}}, r.Training: {"family": "linear"}},
        ),
        "a constant explains itself": (
            MET,
            {Charter: {"explanation": {"level": "intrinsic"}}, r.Training: {"family": "dummy"}},
        ),
        "boosting is explained globally": (MET, {Charter: {"explanation": {"level": "global"}}}),
        "local explanations were agreed and are given": (
            MET,
            {Charter: {"explanation": {"level": "local"}}, r.Explanation: {"level": "local"}},
        ),
        "local explanations are given where global ones were agreed": (MET, {r.Explanation: {"level": "local"}}),
        "a global explanation is not the local one agreed to": (
            NOT_MET,
            {Charter: {"explanation": {"level": "local"}}},
        ),
        "another method than agreed is refused": (NOT_MET, {Charter: {"explanation": {"method": "shap"}}}),
        "an empty explanation explains nothing": (NOT_MET, {r.Explanation: {"importances": {}}}),
        "an importance that is not a number explains nothing": (
            NOT_MET,
            {r.Explanation: {"importances": {"delay": float("nan")}}},
        ),
        "without an explanation nothing can be told": (UNKNOWN, {r.Explanation: None}),
    },
    checks.the_live_model_is_reviewed_on_a_schedule: {
        "a schedule watches and an alarm was answered": (MET, {}),
        "a KPI without a threshold is not watched": (
            NOT_MET,
            {Policy: {"thresholds": (Threshold(metric="brier", ceiling=0.1),)}},
        ),
        "a last window as old as may be": (MET, {r.Clock: {"now": NOW + timedelta(days=45)}}),
        "an alarm that may be answered until this moment": (
            UNKNOWN,
            {r.Ledger: {"entries": ()}, r.Clock: {"now": START + timedelta(days=45)}},
        ),
        "a stale last window is no recurring review": (NOT_MET, {r.Clock: {"now": NOW + timedelta(days=46)}}),
        "an alarm that nobody answered in time is refused": (
            NOT_MET,
            {r.Ledger: {"entries": ()}, r.Clock: {"now": START + timedelta(days=45, hours=1)}},
        ),
        "an alarm of today may still be answered": (UNKNOWN, {r.Ledger: {"entries": ()}}),
        "without a registered schedule nothing can be told": (UNKNOWN, {r.Orchestration: {"deployments": ()}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
