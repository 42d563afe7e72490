"""Retraining when it is needed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Charter, Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import monitoring as checks
from tests.lens_checks.living import last, sides
from tests.lens_checks.made import NOW, entry
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome


def retraining(**body: str) -> r.LedgerEntry:
    """Give the entry of a retraining that was started."""
    return entry(1, "retraining", outcome="started", **body)


EFFORT = GOOD.get(r.MonitoringHistory).last.sides.effort  # type: ignore[union-attr]


def effort(**change: float | None) -> Changes:
    """Give a last window whose answers took something else."""
    return last(sides=sides(effort=replace(EFFORT, **change)))  # type: ignore[type-var]


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
    checks.what_an_answer_takes_is_measured_against_a_baseline: {
        "little more than at the promotion": (MET, {}),
        "a window of another version": (UNKNOWN, last(version=7)),
        "a window without other sides": (UNKNOWN, last(sides=None)),
        "what answers took was not measured": (UNKNOWN, last(sides=sides(effort=None))),
        "nothing to compare with": (UNKNOWN, effort(baseline_cpu_seconds_per_1k=None)),
        "a window as old as may be": (MET, {r.Clock: {"now": NOW + timedelta(days=45)}}),
        "an older one is refused": (NOT_MET, {r.Clock: {"now": NOW + timedelta(days=46)}}),
        "electricity that does not follow is refused": (NOT_MET, effort(kwh_per_1k=1.0)),
        "electricity by other watts than agreed is refused": (NOT_MET, {Charter: {"budget": {"watts_per_cpu": 5.0}}}),
        "bytes below nothing are refused": (NOT_MET, effort(bytes_per_1k=-1.0)),
        "three times as much": (MET, effort(baseline_cpu_seconds_per_1k=0.02 / 3)),
        "more than that is refused": (NOT_MET, effort(baseline_cpu_seconds_per_1k=0.0066)),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
