"""Traffic between training nodes."""

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import model_development as checks
from tests.lens_checks.world import DERIVED, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.traffic_between_training_nodes_is_encrypted: {
        "one node has no traffic to encrypt": (DERIVED, {}),
        "four nodes have traffic that nobody showed": (UNKNOWN, {Charter: {"compute_nodes": 4}}),
        "without a training run nothing is derived": (UNKNOWN, {r.Training: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
