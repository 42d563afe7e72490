"""How it answers, how it is hosted and by how many workers is chosen by what each costs."""

import math
from dataclasses import replace
from typing import Any

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import deployment as checks
from lens_checks.evidence import records as r
from lens_checks.runner import ask
from tests.lens_checks.made import backend
from tests.lens_checks.served import FOUR, MANY, ONE, USAGE, WHY, curve, profile, step, workers
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

NATIVE, ONNX, *_ = GOOD.get(r.Release).backends
CHEAP = backend("native", 1, 0.00015, chosen=False)
UNSURE = replace(CHEAP, kwh_error=(CHEAP.kwh_per_1k or 0.0) / 5)


def ways(*found: r.Backend) -> dict[type, dict[str, Any]]:
    """Let other ways to answer have been measured."""
    return {r.Release: {"backends": found}}


BATCH = {"kind": "batch", "mode": "batch", "levels": {"error_rate": USAGE["levels"]["error_rate"]}}
PATIENT = {**USAGE["levels"], "p99_ms": {"figure": 2000, "reason": WHY}}  # as long as the server takes to start


def busy(cpu: float) -> dict[type, dict[str, Any]]:
    """Let requests take so much CPU that one worker of the three is this busy at the peak."""
    return curve(step(1, 60, 8.0, cpu_seconds=cpu)) | workers(1, 4)


VERDICTS = {
    checks.the_fleet_is_as_large_as_the_load_asks_for: {
        "one worker, and one to spare": (MET, {}),
        "as many more as the peak asks for": (MET, profile(peak={"figure": 201, "reason": WHY}) | workers(1, 4)),
        "more workers than the usual load asks for": (NOT_MET, workers(2, 2)),
        "fewer workers than the peak asks for": (NOT_MET, workers(1, 1)),
        "more workers than the peak asks for": (NOT_MET, workers(1, 3)),
        "none to spare": (MET, profile(spare={"figure": 0}) | workers(1, 1)),
        "a usual load of two workers": (
            MET, profile(usual={"figure": 101, "reason": WHY}, peak={"figure": 200, "reason": WHY}) | workers(2, 3),
        ),
        "what lies beyond the levels is no capacity": (NOT_MET, curve(step(1, 60, 8.0), replace(MANY, p50_ms=60.0))),
        "as busy as may be": (MET, busy(0.7 * 60 * 3 / 100)),
        "busier than may be": (NOT_MET, busy(0.71 * 60 * 3 / 100)),
        "busy by no figure": (NOT_MET, busy(math.nan)),
        "as idle as may be": (MET, busy(0.2 * 60 * 3 / 100)),
        "two workers that idle at the peak": (
            NOT_MET, curve(step(1, 110, 8.0, cpu_seconds=0.3)) | workers(1, 3),
        ),
        "workers that idle at the peak": (NOT_MET, busy(0.19 * 60 * 3 / 100)),
        "one worker that idles": (MET, curve(replace(ONE, cpu_seconds=0.01), replace(FOUR, cpu_seconds=0.01))),
        "nothing is kept under load": (NOT_MET, curve(step(1, 100, 51.0))),
        "too few requests tell nothing": (NOT_MET, curve(step(1, 19, 8.0))),
        "errors are no answers": (NOT_MET, curve(replace(ONE, errors=2))),
        "a batch has no fleet": (DERIVED, profile(**BATCH)),
        "without a profile": (UNKNOWN, {Charter: {"usage": None}}),
        "without a load": (UNKNOWN, {r.Release: {"load": None}}),
        "a load of no step": (UNKNOWN, {r.Release: {"load": {"steps": ()}}}),
    },
    checks.the_way_of_hosting_is_worth_its_price: {
        "the only way that is in time": (MET, {}),
        "a batch is answered by use": (MET, profile(**BATCH)),
        "a batch on a server that stands ready": (NOT_MET, profile(**BATCH | {"mode": "real-time"})),
        "the same, with a reason": (MET, profile(**BATCH | {"mode": "real-time", "reason": WHY})),
        "a cheaper way is in time": (NOT_MET, profile(levels=PATIENT)),
        "a cheaper way is in time, and there is a reason": (MET, profile(levels=PATIENT, reason=WHY)),
        "the cheaper way is not on offer": (MET, profile(levels=PATIENT, prices={})),
        "the cheaper way is little cheaper": (
            MET, profile(levels=PATIENT, prices={"serverless": 36.5 / (30_000 * 0.004 / 3600) / 1.2}),
        ),
        "the cheaper way is too much cheaper": (
            NOT_MET, profile(levels=PATIENT, prices={"serverless": 36.5 / (30_000 * 0.004 / 3600) / 1.21}),
        ),
        "a way that is too slow": (NOT_MET, profile(mode="serverless", reason=WHY)),
        "a way that is not on offer": (NOT_MET, profile(mode="asynchronous", reason=WHY)),
        "a request that takes no figure": (NOT_MET, curve(replace(ONE, cpu_seconds=math.nan))),
        "a request that takes less than nothing": (NOT_MET, curve(replace(ONE, cpu_seconds=-0.4))),
        "a request that takes nothing": (MET, curve(replace(ONE, cpu_seconds=0.0))),
        "a batch that takes no figure": (NOT_MET, profile(**BATCH) | curve(replace(ONE, cpu_seconds=math.nan))),
        "requests that are too large for it": (NOT_MET, curve(request_kib=6145.0)),
        "nothing is kept under load": (NOT_MET, curve(step(1, 100, 51.0))),
        "without a business case": (UNKNOWN, {Charter: {"business_case": None}}),
        "without a profile": (UNKNOWN, {Charter: {"usage": None}}),
        "without a start that was timed": (UNKNOWN, {r.Release: {"server": {"seconds_to_ready": None}}}),
    },
    checks.the_cheapest_exact_way_to_answer_serves: {
        "the cheapest exact way serves": (MET, {}),
        "twice the cheapest is accepted": (MET, ways(backend("native", 1, 0.0002, chosen=False), ONNX)),
        "a much cheaper way that is inexact does not count": (
            MET, ways(backend("native", 1, 0.0001, chosen=False, apart=0.01), ONNX),
        ),
        "twice the cheapest just so, where nothing can err": (
            MET, ways(replace(backend("native", 1, 0.0002, chosen=False), kwh_error=0.0), replace(ONNX, kwh_error=0.0)),
        ),
        "two numbers of threads for one form are a choice": (MET, ways(ONNX, replace(ONNX, threads=9, chosen=False))),
        "one way is no choice": (NOT_MET, ways(ONNX)),
        "a much cheaper exact way is refused": (NOT_MET, ways(backend("native", 1, 0.0001, chosen=False), ONNX)),
        "one that may be as dear, as far as the measurement tells, is not": (
            MET, ways(UNSURE, ONNX),
        ),
        "one that is cheaper by more than the measurement can err is refused": (
            NOT_MET, ways(replace(UNSURE, kwh_error=(UNSURE.kwh_per_1k or 0) / 20), ONNX),
        ),
        "an error that is no number excuses nothing": (
            NOT_MET, ways(replace(UNSURE, kwh_error=float("nan")), ONNX),
        ),
        "a form that was not measured is refused": (NOT_MET, {r.Release: {"parity": {"served": "encoded"}}}),
        "a choice that is not recorded is refused": (NOT_MET, ways(NATIVE, replace(ONNX, chosen=False))),
        "a cost that is no number is refused": (NOT_MET, ways(replace(NATIVE, cost_per_1k=float("nan")), ONNX)),
        "a cost without an end is refused": (NOT_MET, ways(replace(NATIVE, cost_per_1k=float("inf")), ONNX)),
        "a cost below nothing is refused": (NOT_MET, ways(replace(NATIVE, cost_per_1k=-1e-9), ONNX)),
        "a processor that costs nothing": (MET, ways(replace(NATIVE, cost_per_1k=0.0), ONNX)),
        "a way that was asked nothing is refused": (NOT_MET, ways(replace(NATIVE, requests=0), ONNX)),
        "a way that was asked once": (MET, ways(replace(NATIVE, requests=1), ONNX)),
        "a way that serves and is inexact is refused": (NOT_MET, ways(NATIVE, replace(ONNX, largest_difference=1e-5))),
        "without a benchmark nothing is known": (UNKNOWN, {r.Release: {"backends": ()}}),
        "without a proof nothing is known": (UNKNOWN, {r.Release: {"parity": None}}),
    },
}  # fmt: skip


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


def test_the_price_of_each_way_is_told() -> None:
    told = ask(checks.the_way_of_hosting_is_worth_its_price, GOOD).because
    assert told.startswith("real-time is chosen; a month of each in EUR: real-time 36.5, batch 0.00167 (")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(profile(levels=PATIENT, reason=WHY), True, id="a cheaper way was left for a reason"),
        pytest.param(profile(reason=WHY), False, id="it is the cheapest, whatever is said of it"),
    ],
)
def test_the_reason_is_told_where_one_was_needed(changes: Changes, told: bool) -> None:
    because = ask(checks.the_way_of_hosting_is_worth_its_price, GOOD.but(changes)).because
    assert because.endswith(f"; chosen all the same: {WHY}") is told


def test_nothing_is_told_of_a_reason_where_none_was_given_and_a_cheaper_way_is_near() -> None:
    near = profile(levels=PATIENT, prices={"serverless": 36.5 / (30_000 * 0.004 / 3600) / 1.1})
    assert "all the same" not in ask(checks.the_way_of_hosting_is_worth_its_price, GOOD.but(near)).because
