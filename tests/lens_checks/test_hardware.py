"""Threads and forms are weighed by what was measured; what two measurements may differ by decides nothing."""

from dataclasses import replace
from math import inf, nan, sqrt
from typing import Any

import pytest

from config.settings import Charter, Policy
from lens_checks import hardware
from lens_checks.check import Missing
from lens_checks.evidence import records as r
from lens_checks.hardware import Measured
from tests.lens_checks.guarded import fit
from tests.lens_checks.made import backend
from tests.lens_checks.world import GOOD

CHARTER, POLICY, RELEASE = GOOD.get(Charter), GOOD.get(Policy), GOOD.get(r.Release)
BUDGET, SHARE = CHARTER.budget, POLICY.bounds.material_cost
MINE = backend("onnx", 1, 0.01, chosen=True)


def way(**change: Any) -> r.Backend:
    return replace(MINE, **change)


def released(*ways: r.Backend) -> r.Release:
    return replace(RELEASE, backends=ways)


def test_what_answers_is_of_the_form_that_serves() -> None:
    assert hardware.chosen((MINE,), RELEASE) == MINE
    assert hardware.chosen((way(form="native"),), RELEASE) is None
    assert hardware.chosen((way(chosen=False),), RELEASE) is None


@pytest.mark.parametrize("side", ["kwh_per_1k", "kwh_error", "p95_ms"])
def test_energy_that_was_not_measured_is_missing(side: str) -> None:
    with pytest.raises(Missing, match="energy of 1,000 predictions, or latency, of onnx with 1"):
        hardware.of_energy((way(**{side: None}),), BUDGET)


@pytest.mark.parametrize(
    ("times", "error", "follows"),
    [
        pytest.param(1.0, 0.0, True, id="just so, and sure"),
        pytest.param(1 + 9e-7, 0.5, True, id="rounded up"),
        pytest.param(1 - 9e-7, 0.5, True, id="rounded down"),
        pytest.param(1 + 2e-6, 0.5, False, id="more than rounding"),
        pytest.param(1 - 2e-6, 0.5, False, id="less than rounding"),
        pytest.param(nan, 0.5, False, id="no number"),
        pytest.param(inf, 0.5, False, id="without end"),
        pytest.param(1.0, -0.5, False, id="an error below nothing"),
        pytest.param(1.0, nan, False, id="an error that is no number"),
    ],
)
def test_energy_follows_from_the_time_of_the_processor(times: float, error: float, follows: bool) -> None:
    kwh = 0.01 * BUDGET.watts_per_cpu * BUDGET.power_overhead / 3_600_000
    told = hardware.of_energy((way(kwh_per_1k=kwh * times, kwh_error=error),), BUDGET)
    assert told == ([] if follows else ["the energy of onnx with 1 is no figure that follows from its CPU seconds"])


@pytest.mark.parametrize(
    ("energy", "change", "found"),
    [
        pytest.param(10.0, {}, False, id="less by as much as both can err"),
        pytest.param(10.1, {}, True, id="less by more"),
        pytest.param(10.1, {"p95_ms": 20.0}, True, id="just quick enough"),
        pytest.param(10.1, {"p95_ms": 20.1}, False, id="not quick enough"),
        pytest.param(10.1, {"largest_difference": 1e-6}, True, id="just exact enough"),
        pytest.param(10.1, {"largest_difference": 2e-6}, False, id="not exact enough"),
    ],
)
def test_a_way_that_takes_evidently_less_energy_is_found(energy: float, change: dict[str, float], found: bool) -> None:
    mine, less = way(kwh_per_1k=energy, kwh_error=3.0), way(kwh_per_1k=0.0, kwh_error=4.0, **change)
    more = way(kwh_per_1k=1.0, kwh_error=0.0)
    seen = hardware.frugal((more, less) if found else (less,), mine, quick_ms=20.0, exact=1e-6)
    assert seen == (less if found else None)


def test_where_no_way_is_good_enough_none_is_better() -> None:
    assert hardware.frugal((), MINE, quick_ms=20.0, exact=1e-6) is None


@pytest.mark.parametrize("side", ["kwh_per_1k", "kwh_error"])
def test_energy_that_is_weighed_must_be_told(side: str) -> None:
    with pytest.raises(Missing, match="energy"):
        hardware.frugal((way(**{side: None}),), MINE, quick_ms=20.0, exact=1e-6)


@pytest.mark.parametrize(
    ("kwh", "error", "seconds"),
    [
        pytest.param(0.5, 0.25, 0.005, id="by half"),
        pytest.param(0.5, 0.0, 0.0, id="sure"),
        pytest.param(0.0, 0.25, 0.0, id="no energy"),
        pytest.param(-0.5, 0.25, 0.0, id="energy below nothing"),
        pytest.param(0.5, -0.25, 0.0, id="an error below nothing"),
        pytest.param(None, 0.25, 0.0, id="energy not told"),
        pytest.param(0.5, None, 0.0, id="error not told"),
        pytest.param(inf, 0.25, 0.0, id="energy without end"),
        pytest.param(0.5, inf, 0.0, id="error without end"),
        pytest.param(nan, 0.25, 0.0, id="energy that is no number"),
        pytest.param(0.5, nan, 0.0, id="error that is no number"),
    ],
)
def test_the_time_of_the_processor_errs_as_its_energy_does(
    kwh: float | None, error: float | None, seconds: float
) -> None:
    assert hardware.cpu_error(way(kwh_per_1k=kwh, kwh_error=error)) == pytest.approx(seconds, abs=0)


def setting(*sides: float, **change: Any) -> Measured:
    """Give a setting of which 1, 10 and 100 matter."""
    whole = {"name": "a", "chosen": False, "sides": sides, "matters": (1.0, 10.0, 100.0), "busy": 0.5}
    return Measured(**whole | change)


@pytest.mark.parametrize(
    ("sides", "better"),
    [
        pytest.param((4.0, 50.0, 500.0), False, id="better by just what matters"),
        pytest.param((3.9, 50.0, 500.0), True, id="better by more, on one side"),
        pytest.param((3.9, 60.0, 600.0), True, id="and worse by just what matters on the others"),
        pytest.param((3.9, 60.1, 500.0), False, id="and worse by more"),
        pytest.param((5.0, 50.0, 500.0), False, id="the same"),
        pytest.param((5.0, 50.0, 399.0), True, id="better on the last side"),
    ],
)
def test_a_setting_beats_another_on_one_side_and_loses_on_none(sides: tuple[float, ...], better: bool) -> None:
    assert setting(*sides).beats(setting(5.0, 50.0, 500.0)) is better


def test_of_training_what_is_too_small_to_choose_by_does_not_matter() -> None:
    benchmark = replace(GOOD.get(r.Benchmark), hardware=(fit(2),))
    (one,) = hardware.of_training(benchmark, CHARTER, POLICY)
    seconds = SHARE * BUDGET.training_cpu_hours * 3600
    assert one == Measured(
        "training with 2", True, (100.0, 50.0, 192.0), (seconds, SHARE * BUDGET.memory_mib, seconds), 0.9
    )


def test_of_answers_those_of_the_form_that_serves_are_weighed() -> None:
    other = way(threads=2, form="native", chosen=False)
    rough = way(threads=3, chosen=False, largest_difference=1.0)
    two = way(threads=2, chosen=False, kwh_per_1k=0.5, kwh_error=0.25)
    found = hardware.of_answering(released(MINE, other, rough, two), CHARTER, POLICY)
    assert [one.name for one in found] == ["answering with 1", "answering with 2"]
    assert found[1].sides == (two.p95_ms, two.peak_rss_mib, two.cpu_seconds_per_1k)
    assert found[1].matters == pytest.approx(
        (SHARE * BUDGET.latency_p95_ms, SHARE * BUDGET.memory_mib, 2 * sqrt(2) * 0.005)
    )
    assert (found[0].chosen, found[1].chosen, found[1].busy) == (True, False, two.busy)


@pytest.mark.parametrize("side", ["p95_ms", "peak_rss_mib", "busy", "kwh_error"])
def test_an_answer_that_was_measured_in_part_is_missing(side: str) -> None:
    with pytest.raises(Missing, match="latency, memory, energy or busy threads of onnx with 2"):
        hardware.of_answering(released(MINE, way(threads=2, chosen=False, **{side: None})), CHARTER, POLICY)
