"""Models are made lighter where that is exact, and endpoints are shared."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import deployment as checks
from tests.lens_checks.composed import several, undeclared
from tests.lens_checks.made import backend
from tests.lens_checks.served import WHY, curve, levels, profile, step, workers
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

WAYS = GOOD.get(r.Release).backends
QUICKER = replace(backend("onnx", 4, 0.00039, chosen=False), kwh_error=1e-11)  # by two thirds of what it may err


def parity(**change: Any) -> dict[type, dict[str, Any]]:
    """Let the proof of the fast form have come out otherwise."""
    return {r.Release: {"parity": change}}


def agreement(**change: Any) -> dict[type, dict[str, Any]]:
    """Let the fast form agree otherwise on the promotion rows."""
    return parity(agreements={"promotion": replace(r.Agreement(rows=9, largest=0.0, decided_otherwise=0), **change)})


def served(*others: r.Backend, **change: Any) -> dict[type, dict[str, Any]]:
    """Let the way that serves have come out otherwise, beside others or those that were measured."""
    return {r.Release: {"backends": (*(others or (*WAYS[:1], *WAYS[2:])), replace(WAYS[1], **change))}}


def encoded() -> dict[type, dict[str, Any]]:
    """Let the estimator answer on its encoded matrix."""
    return {r.Release: {"parity": {"served": "encoded", "agreements": None},
                        "backends": (WAYS[0], replace(WAYS[1], form="encoded"))}}  # fmt: skip


VERDICTS = {
    checks.service_levels_are_what_the_business_needs: {
        "each with a reason, kept, and no worker too many": (MET, {}),
        **{
            f"nobody says why {name}": (NOT_MET, levels(**{name: {"figure": 1000, "reason": "fast is good"}}))
            for name in ("p50_ms", "p95_ms", "p99_ms")
        },
        "nobody says why so few may fail": (NOT_MET, levels(error_rate={"figure": 0.01})),
        "nobody says why the peak is so high": (NOT_MET, profile(peak={"figure": 100})),
        "nobody says why so much is usual": (NOT_MET, profile(usual={"figure": 20})),
        "nobody says why one is spare": (NOT_MET, profile(spare={"figure": 1})),
        "none is spare, and nobody needs to say why": (MET, profile(spare={"figure": 0})),
        "four words are a reason": (MET, profile(peak={"figure": 100, "reason": "so many passengers ask"})),
        "the levels are not kept": (NOT_MET, curve(step(1, 100, 51.0))),
        "workers that could be spared": (NOT_MET, workers(2, 2)),
        "workers that are little too many": (MET, workers(2, 2) | profile(generous=15.0)),
        "better than agreed with one worker": (MET, profile(usual={"figure": 2, "reason": WHY})),
        "without a profile": (UNKNOWN, {Charter: {"usage": None}}),
        "without a load": (UNKNOWN, {r.Release: {"load": None}}),
    },
    checks.models_share_an_endpoint: {
        "one model has nothing to share with": (DERIVED, {}),
        "two models share an endpoint": (MET, several()),
        "two endpoints that are both well used": (MET, several(endpoint="http://two", trial={"busy": 0.41})),
        "two endpoints of which one would do": (NOT_MET, several(endpoint="http://two", trial={"busy": 0.4})),
        "a second model that nobody declared": (NOT_MET, undeclared()),
        "an endpoint that is busy for more than all of its CPU": (NOT_MET, several(trial={"busy": 1.1})),
        "an idle endpoint beside a full one": (MET, several(endpoint="http://two", trial={"busy": 0.0}, busy=1.0)),
        "an endpoint that is busy for less than nothing": (
            NOT_MET,
            several(endpoint="http://two", trial={"busy": -0.1}, busy=1.0),
        ),
        "an endpoint that nobody looked at": (UNKNOWN, several() | {r.ComponentTrials: {"of": {}}}),
        "an endpoint whose use nobody measured": (UNKNOWN, several(trial={"busy": None})),
        "an endpoint whose use is no number": (UNKNOWN, several(trial={"busy": float("nan")})),
        "several without a profile of the workload": (
            UNKNOWN,
            {**several(), Charter: {**several()[Charter], "usage": None}},
        ),
        "a released model that is registered nowhere cannot be told": (UNKNOWN, {r.Registry: {"versions": ()}}),
    },
    checks.the_model_is_made_lighter_where_that_is_exact: {
        "a lighter form that is proven and gains serves": (MET, {}),
        "a model without a lighter form says why": (MET, parity(served="native", reason="no converter")),
        "one that does not say why is refused": (NOT_MET, parity(served="native", reason="")),
        "the estimator on an equal encoding is light enough": (MET, encoded()),
        "an encoding that was not shown to be equal is refused": (NOT_MET, parity(encoding_equal=False)),
        "a form that differs is refused": (NOT_MET, agreement(largest=1e-5)),
        "a form that differs by no number is refused": (NOT_MET, agreement(largest=None)),
        "a form that decides otherwise is refused": (NOT_MET, agreement(decided_otherwise=1)),
        "a comparison on one row": (MET, agreement(rows=1)),
        "a comparison on no rows is refused": (NOT_MET, agreement(rows=0)),
        "a form that was never compared is refused": (NOT_MET, parity(agreements=None)),
        "a gain that was not measured beside the model is refused": (NOT_MET, {r.Release: {"backends": WAYS[1:]}}),
        "a gain of another form than serves is refused": (
            NOT_MET,
            {r.Release: {"parity": {"served": "encoded", "agreements": None}}},
        ),
        "a form that gains nothing is refused": (
            NOT_MET,
            {r.Release: {"backends": (backend("native", 1, 1e-4, chosen=False), WAYS[1])}},
        ),
        "without a proof nothing is known": (UNKNOWN, {r.Release: {"parity": None}}),
        "without a measured gain nothing is known": (UNKNOWN, {r.Release: {"backends": ()}}),
    },
    checks.the_setting_that_takes_least_energy_answers: {
        "the setting that takes least answers": (MET, {}),
        "one that takes more, but not evidently": (MET, served(QUICKER, replace(QUICKER, threads=2))),
        "one that evidently takes more is refused": (
            NOT_MET,
            served(replace(QUICKER, kwh_error=1e-12), WAYS[3], kwh_error=1e-12),
        ),
        "a frugal one that differs is no rival": (
            MET,
            served(replace(QUICKER, kwh_error=1e-12, largest_difference=1e-3), WAYS[3], kwh_error=1e-12),
        ),
        "a frugal one that is too slow is no rival": (
            MET,
            served(replace(QUICKER, kwh_error=1e-12, p95_ms=251.0), WAYS[3], kwh_error=1e-12),
        ),
        "one setting of threads is no choice": (NOT_MET, served(WAYS[0])),
        "a form that was measured by another number of threads alone": (NOT_MET, served(WAYS[2])),
        "an answer slower than the budget is refused": (NOT_MET, {Charter: {"budget": {"latency_p95_ms": 0.5}}}),
        "electricity that does not follow from the processor's time is refused": (NOT_MET, served(kwh_per_1k=1e-12)),
        "an error below zero is refused": (NOT_MET, served(kwh_error=-1.0)),
        "a form that was never measured is refused": (NOT_MET, {r.Release: {"backends": WAYS[2:]}}),
        "a setting that none measured the energy of": (UNKNOWN, served(kwh_per_1k=None)),
        "a latency that none measured": (UNKNOWN, served(p95_ms=None)),
        "without a benchmark nothing is known": (UNKNOWN, {r.Release: {"backends": ()}}),
        "without the form that serves nothing is known": (UNKNOWN, {r.Release: {"parity": None}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


CROWDED = profile(generous=2.0, peak={"figure": 101, "reason": WHY})
AT_ONCE = curve(step(1, 100, 0.0, p95_ms=16.0, p99_ms=24.0)) | profile(generous=9.0)
HALF = curve(step(1, 100, 0.5, p95_ms=16.0, p99_ms=24.0)) | profile(generous=9.0)


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        pytest.param({}, "p50_ms 6.25 times, p95_ms 6.25 times, p99_ms 8.33 times", id="all three latencies"),
        pytest.param(profile(generous=6.25), "p99_ms 8.33 times", id="just what is generous is not told"),
        pytest.param(profile(generous=9.0), "", id="none"),
        pytest.param(
            CROWDED,
            "p50_ms 6.25 times, p95_ms 6.25 times, p99_ms 8.33 times, capacity 2.97 times",
            id="two workers for little more than one bears",
        ),
        pytest.param(HALF, "p50_ms 100 times", id="half a millisecond"),
        pytest.param(AT_ONCE, "p50_ms 5e+04 times", id="less than can be measured"),
    ],
)
def test_what_is_better_than_agreed_is_told_with_advice(changes: Changes, advice: str) -> None:
    told = because(checks.service_levels_are_what_the_business_needs, changes)
    wanted = f"; better than agreed: {advice}: let it share its machine, or take a smaller one" if advice else ""
    assert told == f"7 figures, each with its reason, are kept{wanted}"
