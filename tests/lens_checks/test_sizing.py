"""What a load says of the size of a service, figure by figure."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Usage
from lens_checks import sizing
from lens_checks.evidence import records as r
from tests.lens_checks.served import FOUR, MANY, ONE, USAGE, WHY, step

BATCH = {"kind": "batch", "rows_per_request": 10, "levels": {"error_rate": USAGE["levels"]["error_rate"]}}


def usage(**change: Any) -> Usage:
    return Usage.model_validate(USAGE | change)


def curve(*steps: r.LoadStep) -> r.LoadCurve:
    return r.LoadCurve(rows_per_request=1, request_kib=0.3, processors=2, steps=steps)


def of(peak: float, usual: float) -> dict[str, Any]:
    return {"peak": {"figure": peak, "reason": WHY}, "usual": {"figure": usual, "reason": WHY}}


@pytest.mark.parametrize(
    ("change", "given", "expected"),
    [
        pytest.param({}, ONE, 100.0, id="requests a second"),
        pytest.param({}, replace(ONE, errors=10), 90.0, id="a failure is no answer"),
        pytest.param({}, replace(ONE, seconds=0.5), 200.0, id="of half a second"),
        pytest.param({}, replace(ONE, seconds=0.0), 0.0, id="no time at all"),
        pytest.param(BATCH, ONE, 1000.0, id="rows a second, of a batch"),
        pytest.param({"rows_per_request": 10}, ONE, 100.0, id="requests, however many rows they have"),
    ],
)
def test_rate(change: dict[str, Any], given: r.LoadStep, expected: float) -> None:
    assert sizing.rate(given, usage(**change)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(ONE, [], id="all is kept"),
        pytest.param(step(1, 20, 50.0), [], id="as slow as agreed, as few as tell"),
        pytest.param(step(1, 19, 8.0), ["19 requests tell no percentile"], id="too few"),
        pytest.param(step(1, 100, 50.1, p95_ms=1.0, p99_ms=1.0), ["p50_ms is 50.1, 50 was agreed"], id="a slow median"),
        pytest.param(replace(ONE, p95_ms=None), ["p95_ms is None, 100 was agreed"], id="a percentile that is not told"),
        pytest.param(replace(ONE, p99_ms=201.0), ["p99_ms is 201.0, 200 was agreed"], id="a slow tail"),
        pytest.param(replace(ONE, errors=1), [], id="as many failures as agreed"),
        pytest.param(replace(ONE, errors=2), ["0.02 of requests fail, 0.01 was agreed"], id="more failures"),
        pytest.param(
            step(1, 0, 1.0), ["0 requests tell no percentile", "1 of requests fail, 0.01 was agreed"], id="no request"
        ),
    ],
)
def test_levels_that_a_step_does_not_keep(given: r.LoadStep, expected: list[str]) -> None:
    assert sizing.broken(given, usage()) == expected


@pytest.mark.parametrize(
    ("change", "steps", "expected"),
    [
        pytest.param(of(100, 20), (ONE, FOUR, MANY), (150.0, 1, 1, 2, 0.4, 1), id="one worker bears the peak"),
        pytest.param(of(100.1, 100.1), (ONE, FOUR), (150.0, 2, 2, 3, 0.2002, 1), id="a little more, and two do"),
        pytest.param(of(150, 1), (ONE, FOUR), (150.0, 1, 2, 3, 0.3, 1), id="the first step that bears it counts"),
        pytest.param(
            of(100, 1), (step(1, 40, 8.0), FOUR), (150.0, 1, 1, 2, 0.4, 4), id="not one that bears too little"
        ),
        pytest.param(of(100, 1), (replace(ONE, seconds=0.5),), (200.0, 1, 1, 2, 0.4, 1), id="of half a second"),
        pytest.param(of(100, 1) | {"headroom": 1}, (FOUR, ONE), (150.0, 1, 1, 2, 0.4, 4), id="steps as they come"),
        pytest.param(of(99, 1), (replace(ONE, p99_ms=999.0), FOUR), (150.0, 1, 1, 2, 0.396, 4), id="not one too slow"),
        pytest.param(of(100, 1) | {"spare": {"figure": 0}}, (ONE, FOUR), (150.0, 1, 1, 1, 0.4, 1), id="none to spare"),
        pytest.param(of(100, 1) | {"spare": {"figure": 3}}, (ONE, FOUR), (150.0, 1, 1, 4, 0.4, 1), id="three to spare"),
        pytest.param(of(0.25, 0.25), (step(1, 20, 8.0, seconds=40.0),), (0.5, 1, 1, 2, 0.005, 1), id="less than one"),
        pytest.param(
            of(485.7142857142858, 1) | {"headroom": 1}, (step(1, 20, 8.0, seconds=0.7), step(4, 20, 8.0)),
            (20 / 0.7, 1, 17, 18, 0.4 / 0.7, 1), id="the best, where rounding leaves none",
        ),
    ],
)  # fmt: skip
def test_size(change: dict[str, Any], steps: tuple[r.LoadStep, ...], expected: tuple[float, ...]) -> None:
    found = sizing.size(usage(**change), curve(*steps))
    assert found is not None
    told = (found.capacity, found.at_usual, found.at_peak, found.most, found.busy, found.step.connections)
    assert told == pytest.approx(expected)


def test_where_no_step_keeps_the_levels_there_is_no_size() -> None:
    assert sizing.size(usage(), curve(MANY, replace(ONE, seconds=0.0))) is None


@pytest.mark.parametrize(
    ("steps", "workers", "words"),
    [
        pytest.param((ONE, MANY), 1, "", id="it is reached before the levels are left"),
        pytest.param((step(1, 50, 8.0), MANY), 2, "", id="each of two bears its half"),
        pytest.param((step(1, 49, 8.0), MANY), 2, "with 16 connections p50_ms is 90.0", id="levels are left before it"),
        pytest.param((step(1, 49, 8.0),), 2, "the load ended at 49 a second, a worker's share is 50", id="too early"),
    ],
)
def test_whether_the_peak_is_reached_within_the_levels(steps: tuple[r.LoadStep, ...], workers: int, words: str) -> None:
    told = sizing.up_to_peak(usage(), curve(*steps), workers)
    assert told == [] if not words else told[0].startswith(words)
