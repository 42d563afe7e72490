"""Which way of hosting a profile asks for, which are possible, and what each costs."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Charter, Mode, Usage
from lens_checks import hosting, sizing
from lens_checks.evidence import records as r
from tests.lens_checks.frugal import CASE
from tests.lens_checks.served import ONE, USAGE, WHY, curve, step
from tests.lens_checks.world import GOOD

MINUTE, QUARTER, MIB = 60_000, 15 * 60_000, 1024
BATCH = {"kind": "batch", "levels": {"error_rate": USAGE["levels"]["error_rate"]}}


def usage(**change: Any) -> Usage:
    return Usage.model_validate(USAGE | change)


def patient(milliseconds: float, **change: Any) -> Usage:
    """Let the slowest answer be due within a time."""
    return usage(levels=USAGE["levels"] | {"p99_ms": {"figure": milliseconds, "reason": WHY}}, **change)


def release(*steps: r.LoadStep, **change: Any) -> r.Release:
    """Give a release whose load came out so; its server starts in 2 seconds."""
    return replace(GOOD.get(r.Release), **curve(*steps, **change)[r.Release])


@pytest.mark.parametrize(
    ("asked", "seen", "expected"),
    [
        pytest.param(usage(), release(), Mode.REAL_TIME, id="somebody waits"),
        pytest.param(usage(**BATCH), release(), Mode.BATCH, id="nobody does"),
        pytest.param(patient(QUARTER, traffic="scheduled"), release(), Mode.BATCH, id="known times, and time enough"),
        pytest.param(patient(QUARTER - 1, traffic="scheduled"), release(), Mode.REAL_TIME, id="known times, too soon"),
        pytest.param(patient(QUARTER), release(), Mode.REAL_TIME, id="time enough, all day"),
        pytest.param(usage(), release(request_kib=6.0 * MIB), Mode.REAL_TIME, id="as large as is taken"),
        pytest.param(usage(), release(request_kib=6.0 * MIB + 1), Mode.ASYNCHRONOUS, id="too large"),
        pytest.param(usage(), release(step(1, 9, 1, p99_ms=MINUTE)), Mode.REAL_TIME, id="as long as is waited"),
        pytest.param(usage(), release(ONE, step(1, 9, 1, p99_ms=MINUTE + 1)), Mode.ASYNCHRONOUS, id="too long"),
        pytest.param(usage(), release(step(1, 9, 1, p99_ms=None)), Mode.REAL_TIME, id="a time that is not told"),
        pytest.param(patient(2000, traffic="spiky"), release(), Mode.SERVERLESS, id="bursts, and a start in time"),
        pytest.param(patient(1999, traffic="spiky"), release(), Mode.REAL_TIME, id="bursts, and a start too late"),
    ],
)
def test_what_a_profile_asks_for(asked: Usage, seen: r.Release, expected: Mode) -> None:
    assert hosting.asked_for(asked, seen)[0] is expected


@pytest.mark.parametrize(
    ("mode", "asked", "seen", "words"),
    [
        pytest.param(Mode.REAL_TIME, usage(), release(request_kib=6.0 * MIB), "", id="as large as is taken"),
        pytest.param(
            Mode.REAL_TIME, usage(), release(request_kib=6145.0), "a request has 6.14e+03 KiB", id="too large"
        ),
        pytest.param(Mode.SERVERLESS, patient(2000), release(), "", id="a start in time"),
        pytest.param(Mode.SERVERLESS, patient(1999), release(), "a start takes 2000 ms", id="a start too late"),
        pytest.param(
            Mode.SERVERLESS, patient(2000), release(request_kib=6145.0), "a request has", id="in time, too large"
        ),
        pytest.param(Mode.ASYNCHRONOUS, patient(MINUTE), release(), "", id="a minute to fetch it"),
        pytest.param(Mode.ASYNCHRONOUS, patient(MINUTE - 1), release(), "answers are due", id="less than a minute"),
        pytest.param(Mode.BATCH, patient(QUARTER), release(), "", id="a quarter of an hour"),
        pytest.param(Mode.BATCH, patient(QUARTER - 1), release(), "answers are due", id="less than that"),
        pytest.param(Mode.BATCH, usage(**BATCH), release(), "", id="a batch has time"),
        pytest.param(Mode.BATCH, patient(5, kind="batch"), release(), "", id="a batch, whatever was agreed for it"),
    ],
)
def test_what_is_possible(mode: Mode, asked: Usage, seen: r.Release, words: str) -> None:
    told = hosting.cannot(mode, asked, seen)
    assert told == "" if not words else told.startswith(words)


@pytest.mark.parametrize(
    ("usual", "traffic", "odd"),
    [(2.0, "steady", False), (100 / 51, "steady", True), (1.0, "spiky", False), (1.0, "scheduled", False)],
)
def test_a_peak_of_more_than_fifty_times_the_usual_is_not_steady(usual: float, traffic: str, odd: bool) -> None:
    assert bool(hosting.is_odd(usage(usual={"figure": usual, "reason": WHY}, traffic=traffic))) is odd


def costs(asked: Usage, *steps: r.LoadStep) -> dict[Mode, float]:
    seen = release(*steps)
    charter = GOOD.get(Charter).model_copy(update={"usage": asked})
    found = sizing.size(asked, sizing.measured(seen, asked))
    assert found is not None
    return hosting.costs(charter, seen, found)


@pytest.mark.parametrize(
    ("asked", "standing"),
    [
        pytest.param(usage(prices={}), 730 * 0.05, id="one worker, at the charter's price"),
        pytest.param(usage(prices={"real-time": 0.1}), 730 * 0.1, id="at a price of its own"),
        pytest.param(usage(usual={"figure": 100, "reason": WHY}, headroom=2), 2 * 730 * 0.05, id="two workers"),
    ],
)
def test_workers_that_stand_ready_are_paid_by_the_hour(asked: Usage, standing: float) -> None:
    assert costs(asked, replace(ONE, errors=0))[Mode.REAL_TIME] == pytest.approx(standing)


@pytest.mark.parametrize("seconds", [1.0, 0.5])
def test_what_starts_when_it_is_asked_is_paid_by_the_cpu_it_takes(seconds: float) -> None:
    told = costs(usage(prices={"serverless": 0.25}), replace(ONE, seconds=seconds))
    hours = CASE["requests_per_month"] * 0.4 / 100 / 3600
    assert {mode: told[mode] for mode in (Mode.BATCH, Mode.SERVERLESS)} == pytest.approx(
        {Mode.BATCH: hours * 0.05, Mode.SERVERLESS: hours * 0.25}
    )
    assert Mode.ASYNCHRONOUS not in told
