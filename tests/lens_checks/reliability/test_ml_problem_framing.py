"""One model or several."""

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.reliability import ml_problem_framing as checks
from tests.lens_checks.world import DERIVED, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.one_failure_stays_local: {
        "one model cannot be split further": (DERIVED, {}),
        "a released model that is registered nowhere cannot be told": (UNKNOWN, {r.Registry: {"versions": ()}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
