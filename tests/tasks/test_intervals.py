"""Tests of tasks/intervals.py."""

import numpy as np
import pandas as pd
import pytest

from config.settings import ProblemType
from tasks.intervals import Units, distributions, interval, on_rows, units, weights
from tasks.statistics import weighted_mean
from tests.tasks.problems import rows_of, settings_of

DATA = settings_of(ProblemType.REGRESSION).data


@pytest.mark.parametrize(
    ("rows", "columns", "name"),
    [
        pytest.param(400, ["seen_at"], "day", id="rows of many days are resampled by day"),
        pytest.param(20, ["seen_at"], "row", id="a few days are too few to resample"),
        pytest.param(400, ["bmi"], "row", id="without a time, each row by itself"),
    ],
)
def test_what_hangs_together_is_resampled_together(rows: int, columns: list[str], name: str) -> None:
    assert units(rows_of(ProblemType.REGRESSION)[columns].head(rows), DATA).name == name


def test_resamples_keep_units_whole_and_their_number() -> None:
    codes = np.array([0, 0, 1, 2, 2, 2])
    drawn = np.concatenate(list(weights(Units("day", codes), resamples=50, seed=0)))
    assert drawn.shape == (50, 6)
    assert (drawn[:, 0] == drawn[:, 1]).all() and (drawn[:, 3] == drawn[:, 5]).all()
    assert (drawn[:, 0] + drawn[:, 2] + drawn[:, 3] == 3).all()


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng, covered = np.random.default_rng(0), 0
    for seed in range(200):
        sample = rng.normal(size=200)
        values = distributions({"mean": weighted_mean(sample)}, Units("row", np.arange(200)), resamples=300, seed=seed)
        told = interval(float(sample.mean()), values["mean"], confidence=0.9)
        covered += told.low <= 0 <= told.high  # type: ignore[operator]
    assert 165 <= covered <= 195


def test_statistics_share_their_resamples() -> None:
    values = np.random.default_rng(0).normal(size=300)
    pair = {"a": weighted_mean(values), "b": weighted_mean(values + 1)}
    drawn = distributions(pair, Units("row", np.arange(300)), resamples=100, seed=0)
    assert drawn["b"] - drawn["a"] == pytest.approx(np.ones(100))


def test_a_statistic_of_some_rows_takes_their_weights() -> None:
    some = on_rows(weighted_mean(np.array([1.0, 3.0])), np.array([0, 2]))
    assert some(np.array([[1.0, 9.0, 1.0], [0.0, 9.0, 2.0]])) == pytest.approx([2.0, 3.0])


@pytest.mark.parametrize(
    ("value", "values", "told"),
    [
        pytest.param(float("nan"), [1.0, 1.0], (None, None, None), id="no value, no interval"),
        pytest.param(1.0, [np.nan, 1.0], (1.0, None, None), id="too many resamples without a value"),
        pytest.param(1.0, [1.0, 1.0], (1.0, 1.0, 1.0), id="no spread"),
    ],
)
def test_what_is_not_defined_has_no_bounds(value: float, values: list[float], told: tuple[float | None, ...]) -> None:
    seen = interval(value, np.array(values), confidence=0.95)
    assert (seen.value, seen.low, seen.high) == told


def test_missing_groups_are_a_unit_too() -> None:
    frame = pd.DataFrame({"seen_at": [None, *pd.date_range("2024-01-01", periods=30, tz="UTC")]})
    assert units(frame, DATA).count == 31
