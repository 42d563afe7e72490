"""Endpoints that are shared."""

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import deployment as checks
from tests.lens_checks.world import DERIVED, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.models_share_an_endpoint: {
        "one model has nothing to share with": (DERIVED, {}),
        "a released model that is registered nowhere cannot be told": (UNKNOWN, {r.Registry: {"versions": ()}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
