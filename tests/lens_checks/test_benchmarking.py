"""A winner is held against other ways to answer only where each was tried, with an interval of the margin."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from lens_checks import benchmarking
from lens_checks.check import Missing
from lens_checks.evidence import records as r
from tests.lens_checks.guarded import WAYS
from tests.lens_checks.world import GOOD

WINNER, LINEAR, FEWER = WAYS
BENCHMARK = replace(GOOD.get(r.Benchmark), rows=WAYS)
TRAINING = GOOD.get(r.Training)


def lead(**change: Any) -> r.Benchmark:
    """Let the winner's margin over the other family be another."""
    margin = r.Margin(**{"value": 0.05, "low": 0.01, "high": 0.09} | change)
    return replace(BENCHMARK, rows=(WINNER, replace(LINEAR, margin=margin), FEWER))


def test_every_fault_of_another_benchmark_is_told() -> None:
    other = replace(BENCHMARK, seed=1, data_sha256={}, rows=(LINEAR, WINNER))
    assert benchmarking.of_the_same(other, TRAINING) == [
        "the benchmark is of other rows",
        "the benchmark goes by seed 1, the training by 0",
        "the benchmark does not begin with the winner",
    ]


def test_no_feature_at_all_is_no_other_set_of_features() -> None:
    two = replace(TRAINING, features=WINNER.features)
    nothing = replace(BENCHMARK, rows=(WINNER, LINEAR, replace(FEWER, features=())))
    assert benchmarking.of_variations(BENCHMARK, two) == []
    assert benchmarking.of_variations(nothing, two) == ["no other set of features was compared with the winner's"]


@pytest.mark.parametrize("part", ["value", "low", "high"])
@pytest.mark.parametrize("figure", [None, nan, inf])
def test_a_margin_that_is_not_known_to_both_ends_is_missing(part: str, figure: float | None) -> None:
    with pytest.raises(Missing, match="the winner's margin over linear on 2 features"):
        benchmarking.of_margins(lead(**{part: figure}))


@pytest.mark.parametrize(
    ("high", "behind"),
    [
        pytest.param(0.0, [], id="it may be as good"),
        pytest.param(-0.001, ["linear on 2 features"], id="it is evidently better"),
    ],
)
def test_a_way_is_evidently_better_by_the_whole_interval(high: float, behind: list[str]) -> None:
    assert benchmarking.of_margins(lead(low=-0.09, high=high)) == behind


def test_every_margin_is_told_with_its_interval() -> None:
    assert benchmarking.margins(BENCHMARK) == [
        "linear on 2 features by 0.05 [0.01, 0.09]",
        "boosting on 1 features by 0 [-0.01, 0.01]",
    ]
