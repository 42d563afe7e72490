"""Intervals of paired differences cover the truth as often as they say, over a thousand made-up promotion sets each."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from scipy.special import ndtr

from config.settings import Comparison
from tasks.intervals import Units, distributions, interval, stratified, value_of
from tasks.metrics import METRICS
from tasks.paired import Sides, differences
from tasks.statistics import Prediction, Statistic

SETS, RESAMPLES = 1000, 400
RULES = Comparison(resamples=1000, slice_minimum_rows=60)
Made = tuple[Statistic, Statistic, Units]


def said(probability: np.ndarray) -> Prediction:
    both = np.column_stack([1 - probability, probability])
    return Prediction((probability > 0.5).astype(int), both, np.array([0, 1]))


def scores(rng: np.random.Generator, y: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give two scores that share most of their noise, part of it by day; cases lie 1.2 and 1.0 deviations higher."""
    shared = rng.normal(size=day.max() + 1)[day] * 0.3 + rng.normal(size=len(y)) * np.sqrt(0.71)
    return tuple(ndtr(lift * y + shared + rng.normal(size=len(y)) * np.sqrt(0.2)) for lift in (1.2, 1.0))  # type: ignore[return-value]


def by_class(rng: np.random.Generator) -> Made:
    """Make 150 rows, a third of them cases, resampled by class."""
    y = (np.arange(150) % 3 == 0).astype(int)
    new, old = scores(rng, y, np.arange(150))
    one = METRICS["roc_auc"]
    return one.statistic(y, said(new)), one.statistic(y, said(old)), stratified(Units("row", np.arange(150)), y)


def by_day(rng: np.random.Generator, *, days: int, rows: int) -> Made:
    """Make days whose rows share most of their errors; those of the old model are a tenth larger."""
    day = np.repeat(np.arange(days), rows)
    mine, own = (rng.normal(size=days)[day] * 0.8 + 0.6 * rng.normal(size=len(day)) for _ in range(2))
    new, old = Prediction(mine), Prediction(1.1 * (0.9 * mine + np.sqrt(0.19) * own))
    zero, one = np.zeros(len(day)), METRICS["mae"]
    return one.statistic(zero, old), one.statistic(zero, new), Units("day", day)


@pytest.mark.parametrize(
    ("make", "truth"),
    [
        pytest.param(by_class, ndtr(1.2 / np.sqrt(2.4)) - ndtr(1 / np.sqrt(2.4)), id="rows by class, area under curve"),
        pytest.param(partial(by_day, days=20, rows=6), 0.1 * np.sqrt(2 / np.pi), id="twenty days, mean absolute error"),
        pytest.param(partial(by_day, days=60, rows=4), 0.1 * np.sqrt(2 / np.pi), id="sixty days, mean absolute error"),
    ],
)
def test_nineteen_of_twenty_intervals_hold_the_truth(make: Callable[[np.random.Generator], Made], truth: float) -> None:
    covered = 0
    for seed in range(SETS):
        new, old, of = make(np.random.default_rng(seed))
        drawn = distributions({"new": new, "old": old}, of, resamples=RESAMPLES, seed=seed)
        value = value_of(new, len(of.codes)) - value_of(old, len(of.codes))
        seen = interval(value, drawn["new"] - drawn["old"], confidence=0.95, units=of.count)
        assert seen.low is not None and seen.high is not None
        covered += seen.low <= truth <= seen.high
    assert 0.93 <= covered / SETS <= 0.97


def test_all_slices_hold_the_truth_together() -> None:
    """Each of five intervals alone would miss in one set of twenty, and one of five in nearly one set of four."""
    truth, sets, covered = 0.2 * np.sqrt(2 / np.pi), 300, 0
    segments = {("size", str(n)): np.arange(n * 60, (n + 1) * 60) for n in range(5)}
    for seed in range(sets):
        rng = np.random.default_rng(seed)
        new = rng.normal(size=300)
        old = 1.2 * (0.9 * new + np.sqrt(0.19) * rng.normal(size=300))
        sides = Sides(np.zeros(300), Prediction(new), Prediction(old), Units("row", np.arange(300)), segments)
        told = differences(sides, metrics={"mae": METRICS["mae"]}, acting=None, rules=RULES, confidence=0.95, seed=seed)
        covered += all(one.low <= truth <= one.high for one in told.slices.values())  # type: ignore[operator]
    assert 0.93 <= covered / sets <= 0.99
