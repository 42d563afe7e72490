"""Retraining when it is needed."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Charter, Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import monitoring as checks
from tests.lens_checks.living import last, sides
from tests.lens_checks.made import NOW, entry
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome


def retraining(**body: str) -> r.LedgerEntry:
    """Give the entry of a retraining that was started."""
    return entry(1, "retraining", outcome="started", **body)


NEWEST = GOOD.get(r.MonitoringHistory).last
EFFORT = NEWEST.sides.effort  # type: ignore[union-attr]


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
        **{
            f"electricity that follows up to rounding: {share} of it": (
                MET,
                effort(kwh_per_1k=EFFORT.kwh_per_1k * share),
            )
            for share in (0.9999991, 1.0000009)
        },
        "electricity that is no number is refused": (NOT_MET, effort(kwh_per_1k=math.nan)),
        "a processor's time that is no number is refused": (NOT_MET, effort(cpu_seconds_per_1k=math.nan)),
        "a processor's time below nothing is refused": (NOT_MET, effort(cpu_seconds_per_1k=-1e-9, kwh_per_1k=0.0)),
        "answers that take nothing": (MET, effort(cpu_seconds_per_1k=0.0, kwh_per_1k=0.0)),
        "no bytes": (MET, effort(bytes_per_1k=0.0)),
        "bytes below nothing are refused": (NOT_MET, effort(bytes_per_1k=-0.1)),
        "three times as much": (MET, effort(baseline_cpu_seconds_per_1k=0.02 / 3)),
        "a promotion that took no number is refused": (NOT_MET, effort(baseline_cpu_seconds_per_1k=math.nan)),
        "a promotion that took less than nothing is refused": (NOT_MET, effort(baseline_cpu_seconds_per_1k=-0.02)),
        "more than that is refused": (NOT_MET, effort(baseline_cpu_seconds_per_1k=0.0066)),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


def took(cpu_seconds: float) -> r.MonitoringWindow:
    """Give a window whose answers took so much."""
    return replace(NEWEST, sides=sides(effort=replace(EFFORT, cpu_seconds_per_1k=cpu_seconds)))  # type: ignore[type-var]


def test_the_trend_is_that_of_the_last_five_windows_of_what_serves() -> None:
    earlier = (took(1.0), *map(took, (0.013, 0.014, 0.015, 0.016)))
    others = (replace(took(2.0), version=7), replace(NEWEST, sides=sides(effort=None)), replace(NEWEST, sides=None))
    told = because(
        checks.what_an_answer_takes_is_measured_against_a_baseline,
        {r.MonitoringHistory: {"windows": (*earlier, *others, NEWEST)}},
    )
    assert told.startswith("0.015 → 0.013 → 0.014 → 0.015 → 0.016 → 0.02 CPU seconds, ")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({}, "none", id="no cause"),
        pytest.param({"cause": "weather", "because": "rain"}, "weather", id="one that nobody knows"),
    ],
)
def test_a_strange_cause_is_told(body: dict[str, str], words: str) -> None:
    told = because(checks.retraining_happens_when_it_is_needed, {r.Ledger: {"entries": (retraining(**body),)}})
    assert told == f"retraining for no known cause: {words}"
