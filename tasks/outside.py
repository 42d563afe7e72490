"""Finds columns on which preprocessing was fitted before rows were parted: scaled, encoded or imputed over all rows.

What was fitted on train alone, or row by row, leaves none of these traces: each is a statistic of rows that include
tune, exact beyond what chance explains. A trace that differs from the exact one by a small part of the standard error
of the statistic is taken for it, so that rounding does not hide one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import ColumnType, LeakSearch
from tasks.overlap import Case, Finding, shown

EXACT = 0.02  # of a standard error
FEWEST = 30  # rows that a trace needs
DISTINCT = 20  # values that a measurement has, and a code has not
COPIES = 5  # rows that hold an imputed constant
SAMPLE = 50_000  # rows that show whether a value repeats
GRID = 100  # hundredths: what people measure and write down

Floats = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True)
class _Column:
    """A numeric column of the rows that a step may have been fitted on, and what train alone has of it."""

    name: str
    rows: str
    all: Floats
    train: Floats

    @property
    def repeats(self) -> bool:
        """Tell whether values come more than once; of very many rows, as far as evenly spaced ones show it."""
        some = self.present[:: max(1, len(self.present) // SAMPLE)]
        return np.unique(some).size < len(some)

    @cached_property
    def present(self) -> Floats:
        """The values that are there."""
        return self.all[np.isfinite(self.all)]

    @cached_property
    def values(self) -> tuple[NDArray[np.int64], Floats]:
        """Which value each row has, -1 where none is there, and the distinct values."""
        codes, found = pd.factorize(np.where(np.isfinite(self.all), self.all, np.nan))
        return codes, np.asarray(found, dtype="float64")


def scaled_outside(case: Case) -> Iterator[Finding]:
    """Find features that were centred, standardised, or brought to [0, 1] over more rows than train."""
    for column, how in _traced(case, lambda column: _standardised(column) or _squeezed(column)):
        told = f"{column.name} {how} over {column.rows}: scale it inside the pipeline, which is fitted on train alone"
        yield Finding(LeakSearch.SCALED_OUTSIDE, [column.name], None, shown(case, None, column.name), told)


def encoded_outside(case: Case) -> Iterator[Finding]:
    """Find features whose values are the mean target of the rows that hold them, smoothed or not."""
    targets = _targets(case)

    def encoded(column: _Column) -> bool:
        return column.repeats and any(_is_mean_target(*column.values, target[: len(column.all)]) for target in targets)

    for column, _ in _traced(case, encoded):
        told = f"{column.name} holds the mean {case.data.target} of {column.rows}: encode it inside the pipeline"
        yield Finding(LeakSearch.ENCODED_OUTSIDE, [column.name], None, shown(case, None, column.name), told)


def imputed_outside(case: Case) -> Iterator[Finding]:
    """Find features in which one value is repeated that is the mean or the median of the others, of all rows."""
    for column, (what, value) in _traced(case, _constant):
        told = f"{column.name} repeats {value:.6g}, the {what} of {column.rows}: fill it inside the pipeline"
        examples = shown(case, np.asarray(case.rows[column.name] == value), column.name)
        yield Finding(LeakSearch.IMPUTED_OUTSIDE, [column.name], None, examples, told)


def _traced(case: Case, look: Callable[[_Column], T | None]) -> Iterator[tuple[_Column, T]]:
    """Look at each numeric feature over all rows, then over train and tune; give what is seen first."""
    seen = int((case.part < 2).sum())
    everything = case.everything
    for name in case.features(ColumnType.NUMBER, ColumnType.INTEGER):
        numbers, train = _numbers(everything[name]), _numbers(case.train[name])
        for rows, part in (("all rows", numbers), ("train and tune", numbers[:seen])):
            column = _Column(name, rows, part, train[np.isfinite(train)])
            if len(column.present) >= FEWEST and np.ptp(column.present) > 0 and (found := look(column)):
                yield column, found
                break


def _standardised(column: _Column) -> str:
    """Tell a mean of zero beside a deviation of one, or a length of one; or one of zero to the last digit."""
    values = column.present
    n = len(values)
    mean, spread = float(values.mean()), float(values.std())
    off = EXACT / np.sqrt(n)
    if abs(mean) > off * spread:
        return _robustly(values)
    units = (spread, spread * np.sqrt(n / (n - 1)), spread * np.sqrt(n))
    if any(abs(unit - 1) <= off for unit in units):
        return "has mean 0 and deviation 1" if abs(units[2] - 1) > off else "has mean 0 and length 1"
    exactly = abs(mean) <= 1e-9 * spread and np.unique(values).size > max(DISTINCT, n // 2)
    return "has mean 0 to the last digit" if exactly else ""


def _robustly(values: Floats) -> str:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    whole = np.array_equal(values, values.round())
    return "has median 0 and quartiles 1 apart" if not whole and abs(middle) < 1e-9 > abs(high - low - 1) else ""


def _squeezed(column: _Column) -> str:
    """Tell 0 and 1 as ends that few rows reach, in a column of fractions finer than people write down."""
    values = column.present
    if values.min() != 0.0 or values.max() != 1.0 or np.unique(values).size <= DISTINCT:
        return ""
    few = max(COPIES, len(values) // 500)
    coarse = np.allclose(values * GRID, (values * GRID).round(), atol=1e-6)
    rare = min((values == 0.0).sum(), (values == 1.0).sum()) <= few
    return "reaches from exactly 0 to exactly 1" if rare and not coarse else ""


def _constant(column: _Column) -> tuple[str, float] | None:
    """Find the most repeated value, where it is a statistic of the others that it would not be of train alone."""
    if not column.repeats:
        return None
    found, counts = np.unique(column.present, return_counts=True)
    top = int(counts.argmax())
    value, others = float(found[top]), column.present[column.present != found[top]]
    lone = len(found) - 1 > len(others) / 2
    if counts[top] < COPIES or len(others) < FEWEST or not (lone or _finer(value, others)):
        return None
    for what in ("mean", "median"):
        if _is(what, value, others) and not _is(what, value, column.train[column.train != value]):
            return what, value
    return None


def _is(what: str, value: float, others: Floats) -> bool:
    """Tell whether a value is the mean, within a small part of its standard error, or among the middle ones."""
    if len(others) < FEWEST:
        return False
    if what == "mean":
        return bool(abs(value - others.mean()) <= EXACT / 4 * others.std() / np.sqrt(len(others)))
    half = len(others) // 2
    low, high = np.partition(others, [half - 2, half + 1])[[half - 2, half + 1]]
    return bool(low <= value <= high)


def _finer(value: float, others: Floats) -> bool:
    """Tell a value with more decimals than all others have."""
    return any(
        np.allclose(others * scale, (others * scale).round(), atol=1e-6)
        and abs(value * scale - round(value * scale)) > 1e-3
        for scale in (1, 10, 100, 1000)
    )


def _targets(case: Case) -> list[Floats]:
    """Give the target as numbers, and for each of a few classes whether it is that one."""
    values = case.everything[case.data.target]
    numeric = case.data.columns[case.data.target].type in (ColumnType.NUMBER, ColumnType.INTEGER)
    words = values.astype("str") if values.nunique() <= DISTINCT else values.iloc[:0].astype("str")
    classes = [np.asarray(words == word, dtype="float64") for word in sorted(words.unique())]
    return [*([_numbers(values)] if numeric else []), *classes]


def _is_mean_target(codes: NDArray[np.int64], found: Floats, target: Floats) -> bool:
    """Tell whether the rows of each value have that value as their mean target, plain or drawn to the overall mean.

    Drawn by a weight of m rows, a value is (n·mean + m·overall) / (n + m), so m = n·(mean - value) / (value - overall)
    is the same for all of them; by the empirical rule of scikit-learn's TargetEncoder m is the variance within by the
    variance overall.
    """
    there = (codes >= 0) & np.isfinite(target)
    codes, y = codes[there], target[there]
    if not (held := np.bincount(codes, minlength=len(found)) > 0).all():
        found, codes = found[held], (held.cumsum() - 1)[codes]
    if not 3 <= len(found) <= len(y) / 2 or y.std() == 0 or np.ptp(found) <= 1e-6 * y.std():
        return False
    rows = np.bincount(codes)
    means = np.bincount(codes, weights=y) / rows
    within = np.bincount(codes, weights=(y - means[codes]) ** 2) / rows
    empirical = _drawn(means, rows, within / y.var(), y.mean())
    if any(rows[np.abs(m - found) <= 1e-4 * y.std()].sum() >= 0.99 * len(y) for m in (means, empirical)):
        return True
    apart = np.abs(found - y.mean()) > 1e-3 * y.std()
    weights = rows[apart] * (means - found)[apart] / (found - y.mean())[apart]
    return len(weights) >= 3 and weights.mean() > 0 and bool(np.ptp(weights) <= 1e-2 * weights.mean())


def _drawn(means: Floats, rows: NDArray[np.int64], weight: Floats, overall: float) -> Floats:
    drawn: Floats = (rows * means + weight * overall) / (rows + weight)
    return drawn


def _numbers(values: pd.Series) -> Floats:
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype="float64")
