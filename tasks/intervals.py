"""How sure a figure is: bootstrap intervals that resample whole days or groups where rows hang together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Data, Role
from tasks.statistics import Floats, Statistic

LEAST_UNITS = 20  # with fewer days or groups than this, rows are resampled one by one
CHUNK = 2_000_000  # weights held at a time


@dataclass(frozen=True)
class Interval:
    """A value and the bounds of its interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Units:
    """What is resampled: the name of the unit, and for each row the number of its unit."""

    name: str
    codes: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Number of units."""
        return int(self.codes.max()) + 1 if len(self.codes) else 0


def units(rows: pd.DataFrame, data: Data) -> Units:
    """Choose what to resample: groups, else days, else rows. Rows of one day or group share their errors."""
    group = next((n for n, c in data.columns.items() if c.role is Role.GROUP), None)
    named = [("group", rows[group])] if group in rows else []
    if data.time_column in rows:
        named.append(("day", pd.to_datetime(rows[data.time_column], utc=True).dt.floor("D")))
    for name, values in named:
        codes = pd.factorize(values, use_na_sentinel=False)[0].astype(np.int64)
        if Units(name, codes).count >= LEAST_UNITS:
            return Units(name, codes)
    return Units("row", np.arange(len(rows), dtype=np.int64))


def weights(of: Units, *, resamples: int, seed: int) -> Iterator[Floats]:
    """Draw units with replacement; yield how often each row came, shape (some of the resamples, rows)."""
    rng = np.random.default_rng(seed)
    step = max(1, CHUNK // max(len(of.codes), 1))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = rng.integers(0, of.count, size=(size, of.count)) + np.arange(size)[:, None] * of.count
        counts = np.bincount(drawn.ravel(), minlength=size * of.count).reshape(size, of.count)
        yield counts.astype(float)[:, of.codes]


def distributions(statistics: Mapping[str, Statistic], of: Units, *, resamples: int, seed: int) -> dict[str, Floats]:
    """Give each statistic's values over the same resamples, so that differences of two are paired."""
    collected: dict[str, list[Floats]] = {name: [] for name in statistics}
    for drawn in weights(of, resamples=resamples, seed=seed):
        for name, statistic in statistics.items():
            collected[name].append(statistic(drawn))
    return {name: np.concatenate(values) for name, values in collected.items()}


def on_rows(statistic: Statistic, index: NDArray[np.int64]) -> Statistic:
    """Restrict weights of all rows to those that a statistic of some rows was made for."""
    return lambda drawn: statistic(drawn[:, index])


def value_of(statistic: Statistic, rows: int) -> float:
    """Give a statistic's value on the rows as they are."""
    return float(statistic(np.ones((1, rows)))[0])


def interval(value: float, values: Floats, *, confidence: float) -> Interval:
    """Make a percentile interval; undefined where the value, or more than one in twenty resamples, is not finite."""
    if not np.isfinite(value):
        return Interval(None, None, None)
    finite = values[np.isfinite(values)]
    if len(finite) < 0.95 * len(values):
        return Interval(value, None, None)
    low, high = np.quantile(finite, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(value, float(low), float(high))
