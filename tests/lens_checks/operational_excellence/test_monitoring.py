"""Environments that are the same, and answer alike."""

from dataclasses import replace

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import monitoring as checks
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

STAGES = GOOD.get(r.Pipeline).stages
TRIED = GOOD.get(r.Release).environment


def prepared(**changed: object) -> dict[type, object]:
    """Give a pipeline whose prepare stage differs."""
    return {r.Pipeline: {"stages": STAGES | {"prepare": replace(STAGES["prepare"], **changed)}}}


VERDICTS = {
    checks.every_environment_is_the_same_and_answers_alike: {
        "trained, tried and served on the same": (MET, {}),
        "a model trained with another lock is refused": (NOT_MET, {r.Training: {"lock_sha256": "0" * 64}}),
        "a lock changed since the trial is refused": (NOT_MET, {r.Environment: {"lock_sha256": "0" * 64}}),
        "another interpreter than in the trial is refused": (NOT_MET, {r.Environment: {"python": "3.12.0"}}),
        "another number of processors than in training is refused": (NOT_MET, {r.Training: {"threads": 64}}),
        "another lock in the trial is refused": (
            NOT_MET,
            {r.Release: {"environment": TRIED | {"lock_sha256": "0" * 64}}},
        ),
        "a trial on another platform is refused": (
            NOT_MET,
            {r.Release: {"environment": TRIED | {"platform": "x"}}},
        ),
        "a stage that never ran is refused": (NOT_MET, prepared(recorded=False)),
        "parameters changed since the run are refused": (NOT_MET, prepared(params_current=False)),
        "one golden row": (MET, {r.Release: {"golden": {"rows": 1}}}),
        "golden rows that did not match are refused": (NOT_MET, {r.Release: {"golden": {"matched": False}}}),
        "golden rows answered otherwise are refused": (NOT_MET, {r.Release: {"golden": {"max_difference": 0.1}}}),
        "no golden row shows nothing": (NOT_MET, {r.Release: {"golden": {"rows": 0}}}),
        "a pipeline without stages shows nothing": (NOT_MET, {r.Pipeline: {"stages": {}}}),
        "a model whose lock is not known cannot be told": (UNKNOWN, {r.Training: {"lock_sha256": None}}),
        "a trial that says nothing of its place cannot be told": (UNKNOWN, {r.Release: {"environment": {}}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
