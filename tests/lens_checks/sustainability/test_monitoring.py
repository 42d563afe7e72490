"""Retraining when it is needed."""

import pytest

from config.settings import Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import monitoring as checks
from tests.lens_checks.made import entry
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome


def retraining(**body: str) -> r.LedgerEntry:
    """Give the entry of a retraining that was started."""
    return entry(1, "retraining", outcome="started", **body)


HALF = (retraining(cause="schedule", because="monthly"), retraining(cause="drift", because="delay drifted"))

VERDICTS = {
    checks.retraining_happens_when_it_is_needed: {
        "drift caused the one retraining": (MET, {}),
        "the calendar alone is no cause": (
            NOT_MET,
            {r.Ledger: {"entries": (retraining(cause="schedule", because="monthly"),)}},
        ),
        "a retraining with no cause is refused": (NOT_MET, {r.Ledger: {"entries": (retraining(),)}}),
        "a retraining for a cause that nobody knows is refused": (
            NOT_MET,
            {r.Ledger: {"entries": (retraining(cause="weather", because="rain"),)}},
        ),
        "a measured cause without figures is refused": (NOT_MET, {r.Ledger: {"entries": (retraining(cause="drift"),)}}),
        "decay is a cause": (MET, {r.Ledger: {"entries": (retraining(cause="decay", because="PR fell"),)}}),
        "new data is a cause": (MET, {r.Ledger: {"entries": (retraining(cause="new-data", because="9000 rows"),)}}),
        "a hand that gives a reason": (MET, {r.Ledger: {"entries": (retraining(cause="hand", because="a bug"),)}}),
        "as much by the calendar as may be": (
            MET,
            {Policy: {"retraining": {"scheduled_share": 0.5}}, r.Ledger: {"entries": HALF}},
        ),
        "more by the calendar than may be is refused": (
            NOT_MET,
            {Policy: {"retraining": {"scheduled_share": 0.49}}, r.Ledger: {"entries": HALF}},
        ),
        "a policy may allow the calendar": (
            MET,
            {
                Policy: {"retraining": {"scheduled_share": 1.0}},
                r.Ledger: {"entries": (retraining(cause="schedule", because="monthly"),)},
            },
        ),
        "a hand that gives no reason is refused": (NOT_MET, {r.Ledger: {"entries": (retraining(cause="hand"),)}}),
        "a broken ledger is refused": (NOT_MET, {r.Ledger: {"breaks": ("entry 4 was edited",)}}),
        "where nothing was retrained nothing can be told": (UNKNOWN, {r.Ledger: {"entries": ()}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
