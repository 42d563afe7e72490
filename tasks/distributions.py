"""How the values of a column are distributed, and how far two distributions lie apart (PSI)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import ColumnType

BINS = 10
CATEGORIES = 30
HALF = 0.5  # added to every count, so that an empty bin does not make the effect infinite

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Distribution:
    """Shares of the values present, by bin or category (the last: all others), and the share that is missing.

    `edges` are the inner borders: values below the first fall into the first bin, a border belongs to the bin above.
    """

    kind: str  # numeric | category
    rows: int
    missing: float
    shares: list[float]
    edges: list[float] | None = None
    categories: list[str] | None = None


def distribution(values: pd.Series, kind: ColumnType, *, bins: int = BINS) -> Distribution:
    """Describe values: numbers and times by quantile bins, the rest by the most frequent categories."""
    if kind in (ColumnType.CATEGORY, ColumnType.BOOLEAN):
        counts = values.dropna().astype("str").value_counts()
        names = sorted(str(name) for name in counts.index[:CATEGORIES])
        empty = Distribution("category", len(values), 0.0, [], categories=names)
    else:
        numbers = _numbers(values)
        present = numbers[np.isfinite(numbers)]
        borders = np.unique(np.quantile(present, np.arange(1, bins) / bins)) if len(present) else np.array([])
        empty = Distribution("numeric", len(values), 0.0, [], edges=[float(b) for b in borders])
    found = counts_in(empty, values)
    present_rows = max(int(found[:-1].sum()), 1)
    shares = [float(count / present_rows) for count in found[:-1]]
    missing = float(found[-1] / max(len(values), 1))
    return Distribution(empty.kind, len(values), missing, shares, empty.edges, empty.categories)


def counts_in(reference: Distribution, values: pd.Series) -> Floats:
    """Count values by the bins or categories of a distribution; the last count is of the missing ones."""
    if reference.categories is not None:
        codes = pd.Index(reference.categories).get_indexer(pd.Index(values.astype("str")))
        codes = np.where(codes < 0, len(reference.categories), codes)
        codes = np.where(values.isna().to_numpy(), len(reference.categories) + 1, codes)
        return np.bincount(codes, minlength=len(reference.categories) + 2).astype("float64")
    edges = np.array(reference.edges or [], dtype="float64")
    numbers = _numbers(values)
    codes = np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="right"))
    return np.bincount(codes, minlength=len(edges) + 2).astype("float64")


def psi(reference: Distribution, values: pd.Series) -> float:
    """Measure how far values lie from a distribution: the population stability index, missing values as a bin.

    Sum of (observed - expected) * ln(observed / expected) over the bins, half a row added to each; by convention below
    0.1 is no change, above 0.25 a large one.
    """
    expected = np.array([*(np.array(reference.shares) * (1 - reference.missing)), reference.missing]) * reference.rows
    observed = counts_in(reference, values)
    p, q = _smooth(expected), _smooth(observed)
    return float(((q - p) * np.log(q / p)).sum())


def _smooth(counts: Floats) -> Floats:
    raised: Floats = counts + HALF
    return raised / raised.sum()


def _numbers(values: pd.Series) -> Floats:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        seconds = values.dt.tz_convert("UTC").dt.as_unit("s").astype("int64").astype("float64")
        return np.asarray(seconds.where(values.notna()), dtype="float64")
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype="float64")
