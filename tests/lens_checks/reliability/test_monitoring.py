"""An earlier endpoint can be had back, and capacity follows the load."""

from dataclasses import replace

import pytest

from config.settings import Charter, Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.reliability import monitoring as checks
from tests.lens_checks.delivered import LONG_AGO, TOMORROW, drilled, served, tagged, written_by_hand
from tests.lens_checks.served import MANY, SCALED, USAGE, WHY, curve, profile, scale, scaled, step, workers
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

BATCH = {"kind": "batch", "mode": "batch", "levels": {"error_rate": USAGE["levels"]["error_rate"]}}
RULES: dict[str, object] = dict(SCALED["policy"])  # type: ignore[call-overload]

FIRST = GOOD.get(r.Registry).versions[0]
OTHER = replace(FIRST, version=7, aliases=(), tags={})

VERDICTS = {
    checks.capacity_follows_the_load: {
        "the peak is borne, and a worker was added and ended": (MET, {}),
        "a batch has no capacity that follows": (DERIVED, profile(**BATCH)),
        "the levels are left before the peak": (NOT_MET, curve(step(1, 40, 8.0), MANY)),
        "the load ends before the peak": (NOT_MET, curve(step(1, 40, 8.0), step(4, 49, 20.0))),
        "the load ends at the peak, for two workers": (MET, curve(step(1, 40, 8.0), step(4, 50, 20.0))),
        "beyond the peak the levels may be left": (MET, curve(step(1, 60, 8.0), MANY)),
        "too few requests tell nothing": (NOT_MET, curve(step(1, 19, 8.0, seconds=0.1))),
        "no worker may be added, drill or not": (NOT_MET, workers(2, 2) | {r.Drills: {"drills": {}}}),
        "without a drill": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a drill that failed": (NOT_MET, scaled(passed=False)),
        "a drill that is too old": (NOT_MET, scaled(made=LONG_AGO)),
        "a drill that is still to come": (NOT_MET, scaled(made=TOMORROW)),
        "a drill written by hand": (NOT_MET, scaled(recorded=scale(under_load=1))),
        **{
            f"another policy was practised: {name}": (NOT_MET, scaled(policy=RULES | {name: value}))
            for name, value in {"least": 2, "most": 3, "metric": "requests", "above": 0.7, "below": 0.1}.items()
        },
        "more workers at rest": (NOT_MET, scaled(at_rest=2)),
        "a worker was left": (NOT_MET, scaled(after=2)),
        "none was added": (NOT_MET, scaled(under_load=1)),
        "more were added than may be": (NOT_MET, scaled(under_load=3)),
        "nobody counted under load": (NOT_MET, scaled(under_load=None)),
        "a request failed": (NOT_MET, scaled(errors=1)),
        "nothing was asked": (NOT_MET, scaled(requests=0)),
        "one was": (MET, scaled(requests=1)),
        "nobody counted what was asked": (NOT_MET, scaled(requests=None)),
        "a peak that was agreed since": (NOT_MET, profile(peak={"figure": 301, "reason": WHY})),
        "without a profile": (UNKNOWN, {Charter: {"usage": None}}),
        "without a load": (UNKNOWN, {r.Release: {"load": None}}),
    },
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
        "one golden row": (MET, drilled("restore", golden={"rows": 1, "matched": True})),
        "golden rows that nobody counted are refused": (NOT_MET, drilled("restore", golden={"matched": True})),
        "no word of golden rows is refused": (NOT_MET, drilled("restore", golden=None)),
        "no word of lock and settings is refused": (NOT_MET, drilled("restore", source=None)),
        "a package that neither side names is refused": (
            NOT_MET,
            {**drilled("restore", package_digest=""), **tagged(package="")},
        ),
        "the version is found among others": (MET, {r.Registry: {"versions": (OTHER, FIRST)}}),
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
        "the version before it, as it should be": (MET, served(2, "restore", version=2)),
        "a backup that is too old is refused": (NOT_MET, drilled("backup", made=LONG_AGO)),
        "a backup that was changed or removed is refused": (NOT_MET, {r.Backup: {"intact": False}}),
        "a backup that failed is refused": (NOT_MET, drilled("backup", passed=False)),
        "a backup written by hand is refused": (NOT_MET, written_by_hand("backup")),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
