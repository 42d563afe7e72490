"""Latency and memory against the budget; the way of hosting against the profile."""

import math

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.performance_efficiency import deployment as checks
from lens_checks.runner import ask
from tests.lens_checks.served import ONE, USAGE, WHY, curve, profile, step
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

SLOW = {**USAGE["levels"], "p99_ms": {"figure": 2000, "reason": WHY}}  # as long as the server takes to start
WEEKLY = {**USAGE["levels"], "p99_ms": {"figure": 900_000, "reason": WHY}}
LARGE, LONG = curve(request_kib=6145.0), curve(ONE, step(4, 150, 20.0, p99_ms=60_001.0))
BATCH = {"kind": "batch", "levels": {"error_rate": USAGE["levels"]["error_rate"]}}

VERDICTS = {
    checks.the_way_of_hosting_follows_from_the_profile: {
        "somebody waits, all day": (MET, {}),
        "a batch that a server answers": (NOT_MET, profile(**BATCH)),
        "a batch that is one": (MET, profile(mode="batch", **BATCH)),
        "known times, and time enough": (MET, profile(traffic="scheduled", levels=WEEKLY, mode="batch")),
        "known times, and no time": (MET, profile(traffic="scheduled")),
        "bursts that a cold start is in time for": (NOT_MET, profile(traffic="spiky", levels=SLOW)),
        "the same, served so": (MET, profile(traffic="spiky", levels=SLOW, mode="serverless")),
        "the same, with a reason for a server": (MET, profile(traffic="spiky", levels=SLOW, reason=WHY)),
        "a blank is no reason": (NOT_MET, profile(traffic="spiky", levels=SLOW, reason="  ")),
        "bursts that no cold start is in time for": (MET, profile(traffic="spiky")),
        "requests that are too large at once": (NOT_MET, LARGE),
        "large requests that wait their turn": (MET, LARGE | profile(mode="asynchronous")),
        "answers that take too long": (NOT_MET, LONG),
        "a peak that is no steady traffic's": (NOT_MET, profile(usual={"figure": 1.9, "reason": WHY})),
        "a peak of fifty times the usual": (MET, profile(usual={"figure": 2, "reason": WHY})),
        "bursts far above the usual": (MET, profile(traffic="spiky", usual={"figure": 1, "reason": WHY})),
        "a server that did not start": (NOT_MET, {r.Release: {"server": {"started": False}}}),
        "a batch waits for no server": (
            MET,
            profile(mode="batch", **BATCH) | {r.Release: {"server": {"started": False}}},
        ),
        "a worker that is too busy at the peak": (NOT_MET, curve(step(1, 100, 8.0, cpu_seconds=1.5))),
        "a worker that is busy by no figure": (NOT_MET, curve(step(1, 100, 8.0, cpu_seconds=math.nan))),
        "a worker as busy as may be": (MET, curve(step(1, 100, 8.0, cpu_seconds=1.4))),
        "nothing is kept under load": (NOT_MET, curve(step(1, 100, 51.0))),
        "without a profile": (UNKNOWN, {Charter: {"usage": None}}),
        "without a load": (UNKNOWN, {r.Release: {"load": None}}),
        "without a start that was timed": (UNKNOWN, {r.Release: {"server": {"seconds_to_ready": None}}}),
    },
    checks.the_model_fits_where_it_is_to_run: {
        "quick and small enough": (MET, {}),
        "slower than the budget is refused": (NOT_MET, {Charter: {"budget": {"latency_p95_ms": 5}}}),
        "larger than the budget is refused": (NOT_MET, {Charter: {"budget": {"memory_mib": 100}}}),
        "a latency that is not known is refused": (NOT_MET, {r.Release: {"server": {"p95_ms": None}}}),
        "a server that answered one request": (MET, {r.Release: {"server": {"requests": 1}}}),
        "a server that did not start is refused": (NOT_MET, {r.Release: {"server": {"started": False}}}),
        "as quick and as large as may be": (MET, {Charter: {"budget": {"latency_p95_ms": 9, "memory_mib": 300}}}),
        "a server that answered nothing is refused": (NOT_MET, {r.Release: {"server": {"requests": 0}}}),
        "without a release nothing can be told": (UNKNOWN, {r.Release: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(curve(step(1, 100, 51.0)), "no step of its load keeps the levels", id="no step keeps them"),
        pytest.param(curve(step(1, 100, 8.0, cpu_seconds=1.5)), "a worker is 75% busy at the peak", id="too busy"),
    ],
)
def test_what_the_load_broke_is_told(changes: Changes, told: str) -> None:
    because = ask(checks.the_way_of_hosting_follows_from_the_profile, GOOD.but(changes)).because
    assert because == f"real-time does not bear the load: {told}"


def test_the_size_is_told() -> None:
    assert ask(checks.the_model_fits_where_it_is_to_run, GOOD).because.startswith("1 MiB on disk, p95 9 ms")
