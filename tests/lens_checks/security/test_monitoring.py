"""Access to the data, and what is unusual about it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import monitoring as checks
from tests.lens_checks.made import NOW
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

PLANTED = GOOD.get(r.AccessAudit).unusual[0]


def audit(**change: Any) -> Changes:
    return {r.AccessAudit: change}


VERDICTS = {
    checks.unusual_access_to_data_raises_an_alert: {
        "a planted access raised an alert": (MET, {}),
        "no audit": (UNKNOWN, {r.AccessAudit: None}),
        "an empty log": (UNKNOWN, audit(entries=0)),
        "a log of nobody": (UNKNOWN, audit(people=0)),
        "nothing was planted": (UNKNOWN, audit(unusual=())),
        "what was seen by chance is no proof": (UNKNOWN, audit(unusual=(replace(PLANTED, planted=False),))),
        "an audit as old as may be": (MET, audit(made=NOW - timedelta(days=45))),
        "an older audit is refused": (NOT_MET, audit(made=NOW - timedelta(days=46))),
        "entries that name no class are refused": (NOT_MET, audit(classified=False)),
        "a log kept too short is refused": (NOT_MET, audit(retention_days=364)),
        "a planted access that nobody noticed is refused": (NOT_MET, audit(unusual=(replace(PLANTED, alert=None),))),
        "an alert without words is refused": (NOT_MET, audit(unusual=(replace(PLANTED, alert=" "),))),
        "a real one that nobody noticed is refused": (
            NOT_MET,
            audit(unusual=(PLANTED, replace(PLANTED, planted=False, alert=None))),
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
