"""An earlier endpoint can be had back."""

import pytest

from config.settings import Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.reliability import monitoring as checks
from tests.lens_checks.delivered import LONG_AGO, TOMORROW, drilled, served, written_by_hand
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.an_earlier_endpoint_can_be_restored: {
        "restored in time, golden rows alike, a fresh backup": (MET, {}),
        "without a drill nothing is known": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "without a backup nothing is known": (UNKNOWN, {r.Backup: None}),
        "a drill that failed is refused": (NOT_MET, drilled("restore", passed=False)),
        "a drill that is too old is refused": (NOT_MET, drilled("restore", made=LONG_AGO)),
        "a drill that is still to come is refused": (NOT_MET, drilled("restore", made=TOMORROW)),
        "a drill written by hand is refused": (NOT_MET, written_by_hand("restore")),
        "golden rows answered otherwise are refused": (
            NOT_MET,
            drilled("restore", golden={"rows": 16, "matched": False}),
        ),
        "no golden row shows nothing": (NOT_MET, drilled("restore", golden={"rows": 0, "matched": True})),
        "other bytes than were registered are refused": (NOT_MET, drilled("restore", digest="0" * 64)),
        "another package than was registered is refused": (NOT_MET, drilled("restore", package_digest="0" * 64)),
        "a signature that nobody verified is refused": (NOT_MET, drilled("restore", signature_verified=False)),
        "another lock than it was made with is refused": (
            NOT_MET,
            drilled("restore", source={"lock": False, "settings": True}),
        ),
        "other settings than it was made with are refused": (
            NOT_MET,
            drilled("restore", source={"lock": True, "settings": False}),
        ),
        "too slow is refused": (NOT_MET, drilled("restore", seconds=301.0)),
        "just in time is enough": (MET, drilled("restore", seconds=300.0)),
        "a shorter time asked for is held against the same drill": (
            NOT_MET,
            {Policy: {"recovery": {"rto_seconds": 5.0}}},
        ),
        "a version that is not registered is refused": (NOT_MET, {r.Registry: {"versions": ()}}),
        "the champion in place of the version before it is refused": (NOT_MET, served(2, "restore")),
        "a backup that is too old is refused": (NOT_MET, drilled("backup", made=LONG_AGO)),
        "a backup that was changed or removed is refused": (NOT_MET, {r.Backup: {"intact": False}}),
        "a backup that failed is refused": (NOT_MET, drilled("backup", passed=False)),
        "a backup written by hand is refused": (NOT_MET, written_by_hand("backup")),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
