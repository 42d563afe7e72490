"""Health under load, exported as agreed, and alarms that are heard."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Charter, Notify, Runtime
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import deployment as checks
from lens_checks.runner import ask
from tests.lens_checks.served import (
    BOUNDS,
    FOUR,
    ONE,
    USAGE,
    alarms,
    curve,
    exported,
    levels,
    profile,
    rehearsal,
    rule,
    ruled,
    step,
)
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

HOOK = {Runtime: {"notify": Notify(webhook="https://chat.example.org/x", command=("page",))}}
BATCH = profile(kind="batch", mode="batch", levels={"error_rate": USAGE["levels"]["error_rate"]})


def told(**change: float | None) -> dict[type, dict[str, object]]:
    """Let the server export something else of the step that bears the peak."""
    return curve(replace(ONE, exported=exported(**change)), FOUR)


def halved(busy: float) -> dict[type, dict[str, Any]]:
    """Let two workers share a peak of 150; the step that counts bears 100, this busy."""
    load = curve(replace(ONE, exported=exported(busy=busy)), FOUR)[r.Release]
    rules = ruled("per_second", bound=150.0)[r.Release]
    return profile(peak={"figure": 150, "reason": "many passengers ask then"}) | {r.Release: load | rules}


VERDICTS = {
    checks.the_health_of_what_serves_is_measured_and_alarms: {
        "all is exported, as agreed, and alarms": (MET, {}),
        "a batch has no latencies": (MET, BATCH),
        **{f"{name} is not exported": (NOT_MET, told(**{name: None})) for name in BOUNDS},
        "the median is later than agreed": (NOT_MET, told(p50_ms=50.1)),
        "the 95th percentile is later than agreed": (NOT_MET, told(p95_ms=100.1)),
        "the 99th percentile is later than agreed": (NOT_MET, told(p99_ms=200.1)),
        "more fail than agreed": (NOT_MET, told(error_rate=0.02)),
        "a figure as agreed": (MET, told(p99_ms=200.0)),
        "a worker holds more than it may": (NOT_MET, told(rss_mib=2048.1)),
        "a worker of two has what it may have to do, at its half of the peak": (MET, halved(0.93)),
        "a worker of two has more to do than it may": (NOT_MET, halved(0.94)),
        "a worker has more to do than it may": (NOT_MET, told(busy=0.71)),
        "the disk is nearly full": (NOT_MET, told(disk_free_mib=199.0)),
        "a figure that is no number": (NOT_MET, told(rss_mib=float("nan"))),
        "more than the peak was borne": (MET, told(per_second=500.0)),
        "the server lost count": (NOT_MET, told(requests=99)),
        "nothing is kept under load": (NOT_MET, curve(step(1, 100, 51.0))),
        "a rule for a figure is missing": (NOT_MET, alarms(rules=rehearsal().rules[1:])),
        "a rule has another bound": (NOT_MET, ruled("p95_ms", bound=300.0)),
        "a rule looks the wrong way": (NOT_MET, ruled("disk_free_mib", at_least=False)),
        "an alarm is never heard": (NOT_MET, ruled("busy", fires_beyond=False)),
        "an alarm rings always": (NOT_MET, ruled("busy", silent_within=False)),
        "more rules than were agreed": (MET, alarms(rules=(*rehearsal().rules, replace(rule("busy"), kpi="queue")))),
        "the test alarm is in no file": (NOT_MET, alarms(kept=False)),
        "the test alarm reached everybody": (
            MET, HOOK | alarms(delivered={"webhook": "HTTP 204", "command": "exit code 0"}),
        ),
        "the test alarm was refused": (
            NOT_MET, HOOK | alarms(delivered={"webhook": "HTTP 404", "command": "exit code 0"}),
        ),
        "the test alarm's program failed": (
            NOT_MET, HOOK | alarms(delivered={"webhook": "HTTP 200", "command": "exit code 1"}),
        ),
        "a way was configured since, and not tried": (NOT_MET, HOOK),
        "levels that were agreed since": (NOT_MET, levels(p99_ms={"figure": 100, "reason": "why"})),
        "another memory that is granted since": (NOT_MET, {Charter: {"budget": {"memory_mib": 1024.0}}}),
        "without a profile": (UNKNOWN, {Charter: {"usage": None}}),
        "without a load": (UNKNOWN, {r.Release: {"load": None}}),
        "a load of other requests": (UNKNOWN, curve(rows_per_request=10)),
        "without a rehearsal": (UNKNOWN, {r.Release: {"alarms": None}}),
        "without a release": (UNKNOWN, {r.Release: None}),
    },
}  # fmt: skip


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        pytest.param({}, "a test alarm reached its file", id="nobody else is told of alarms"),
        pytest.param(
            {Runtime: {"notify": Notify(command=("page",))}} | alarms(delivered={"command": "exit code 0"}),
            "a test alarm reached its file, command", id="a program is told as well",
        ),
    ],
)  # fmt: skip
def test_it_is_told_whom_the_test_alarm_reached(changes: Changes, ends: str) -> None:
    told = ask(checks.the_health_of_what_serves_is_measured_and_alarms, GOOD.but(changes)).because
    assert told.endswith(ends)
