"""How sure a figure is: bootstrap intervals that resample whole days or groups where rows hang together."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import factorial
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Data, Role
from tasks.statistics import Floats, OnRows, Statistic
from tasks.sums import Table

K = TypeVar("K", bound=Hashable)
LEAST_UNITS = 20  # with fewer days or groups than this, rows are resampled one by one
HELD = 8_000_000  # numbers held at a time
MANY = 20_000  # from as many units on, how often each is drawn is told by a Poisson law
BLOCK = 2_000  # units drawn at a time, so that they stay in the processor's cache


@dataclass(frozen=True)
class Interval:
    """A value and the bounds of its interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Units:
    """What is resampled: its name, the number of each row's unit, and the stratum of each unit, if there are any."""

    name: str
    codes: NDArray[np.int64]
    strata: NDArray[np.int64] | None = None

    @property
    def count(self) -> int:
        """Number of units."""
        return int(self.codes.max()) + 1 if len(self.codes) else 0

    @property
    def members(self) -> list[NDArray[np.int64]]:
        """The units of each stratum; without strata, all of them."""
        if self.strata is None:
            return [np.arange(self.count)]
        return [np.flatnonzero(self.strata == stratum) for stratum in np.unique(self.strata)]

    @property
    def by_stratum(self) -> NDArray[np.int64]:
        """For each row the place of its unit when units stand in the order of their strata."""
        return np.argsort(np.concatenate(self.members), kind="stable")[self.codes]

    @property
    def number(self) -> type:
        """How counts and sums are held: in half the space where there are many."""
        return np.float32 if self.count >= MANY else np.float64


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


def stratified(of: Units, classes: NDArray[np.generic]) -> Units:
    """Let every resample of rows have as many of each class as there are; whole days and groups stay as they are."""
    if of.name != "row":
        return of
    return replace(of, strata=np.unique(classes, return_inverse=True)[1].astype(np.int64))


def draws(of: Units, *, resamples: int, seed: int, size: int) -> Iterator[Floats]:
    """Draw units with replacement; yield how often each came, shape (units by stratum, some of the resamples)."""
    rng, ends = np.random.default_rng(seed), np.cumsum([len(some) for some in of.members])
    for start in range(0, resamples, size):
        some = min(size, resamples - start)
        drawn: Floats = np.empty((of.count, some), dtype=of.number)
        for part in np.split(drawn, ends[:-1]):
            _draw(rng, part)
        yield drawn


def _draw(rng: np.random.Generator, counts: Floats) -> None:
    """Draw as many units as there are, into counts of shape (units, resamples).

    Of many units each comes by a Poisson law of its own, brought to the right sum (Chamandy et al. 2012, "Estimating
    uncertainty for massive data streams"): as good there, and quicker by half than the law of drawing with replacement.
    """
    units, resamples = counts.shape
    if units < MANY:
        chosen = rng.integers(0, units, size=(resamples, units)) + np.arange(resamples)[:, None] * units
        counts[:] = np.bincount(chosen.ravel(), minlength=units * resamples).reshape(resamples, units).T
        return
    for first in range(0, units, BLOCK):
        block = counts[first : first + BLOCK]
        block[:] = POISSON[rng.integers(0, 1 << 16, size=block.shape, dtype=np.uint16)]
    counts *= (units / counts.sum(axis=0)).astype(counts.dtype)


def _poisson() -> NDArray[np.float32]:
    """Lay out a Poisson law of mean one over the numbers of sixteen bits."""
    share = np.cumsum([np.exp(-1.0) / factorial(k) for k in range(9)])
    share[-1] = 1.0
    times = np.diff(np.rint(share * (1 << 16)), prepend=0).astype(int)
    return np.repeat(np.arange(9, dtype=np.float32), times)


POISSON = _poisson()


def distributions(statistics: Mapping[K, Statistic], of: Units, *, resamples: int, seed: int) -> dict[K, Floats]:
    """Give each statistic's values over the same resamples, so that differences of two are paired."""
    table = Table(of.by_stratum, of.count)
    readers = {name: table.reader(statistic) for name, statistic in statistics.items()}
    sums = table.sparse(of.number)
    held = max(of.count + table.height, len(of.codes) if table.weighs_rows else 1)
    collected: dict[K, list[Floats]] = {name: [] for name in statistics}
    for drawn in draws(of, resamples=resamples, seed=seed, size=max(1, HELD // held)):
        added = sums @ drawn
        for name, read in readers.items():
            collected[name].append(read(added, drawn))
    return {name: np.concatenate(values) for name, values in collected.items()}


def on_rows(statistic: Statistic, index: NDArray[np.int64]) -> Statistic:
    """Restrict weights of all rows to those that a statistic of some rows was made for."""
    return OnRows(statistic, index)


def value_of(statistic: Statistic, rows: int) -> float:
    """Give a statistic's value on the rows as they are."""
    return float(statistic(np.ones((1, rows)))[0])


def interval(value: float, values: Floats, *, confidence: float, units: int | None = None) -> Interval:
    """Make a percentile interval; undefined where the value, or more than one in twenty resamples, is not finite.

    Told how many units were resampled, it is widened for their small number: the expanded percentile interval of
    Hesterberg (2015), "What Teachers Should Know About the Bootstrap", section 3.4.
    """
    if not np.isfinite(value):
        return Interval(None, None, None)
    finite = values[np.isfinite(values)]
    if len(finite) < 0.95 * len(values):
        return Interval(value, None, None)
    tail = (1 - confidence) / 2 if units is None else expanded((1 - confidence) / 2, units)
    low, high = np.quantile(finite, [tail, 1 - tail])
    return Interval(value, float(low), float(high))


def expanded(tail: float, units: int) -> float:
    """Give the share to cut off at an end so that few units, whose bootstrap spread is too small, cover as said."""
    from scipy.special import ndtr, stdtrit

    if units < 2:
        return 0.0
    return float(ndtr(stdtrit(units - 1, tail) * np.sqrt(units / (units - 1))))
