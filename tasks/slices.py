"""How the primary metric stands in each segment of the rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Settings
from tasks.intervals import Interval, on_rows
from tasks.metrics import Metric
from tasks.statistics import Prediction, Statistic


@dataclass(frozen=True)
class Slice:
    """The primary metric on the rows of one value; none where they are too few, or it is not defined."""

    rows: int
    primary: float | None
    low: float | None
    high: float | None


def slice_statistics(
    rows: pd.DataFrame, y: NDArray[np.generic], said: Prediction, primary: Metric, *, settings: Settings
) -> dict[Any, Statistic]:
    """Make the primary metric's statistic for each slice that is large enough."""
    found: dict[Any, Statistic] = {}
    for (column, value), index in segments(rows, settings.params.slices).items():
        if len(index) >= settings.charter.fairness.minimum_group:
            found[column, value, "slice"] = on_rows(primary.statistic(y[index], said.take(index)), index)
    return found


def segments(rows: pd.DataFrame, columns: Iterable[str]) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Give the rows of each value of each column; missing is a value too."""
    found: dict[tuple[str, str], NDArray[np.int64]] = {}
    for column in columns:
        labels = rows[column].astype("str").fillna("missing").to_numpy(dtype=object)
        found |= {(column, str(value)): np.flatnonzero(labels == value) for value in sorted(set(labels))}
    return found


def slices_of(rows: pd.DataFrame, told: Mapping[Any, Interval], *, settings: Settings) -> dict[str, dict[str, Slice]]:
    """Bring the intervals of the slices together by column and value; those too small to be told stay empty."""
    slices: dict[str, dict[str, Slice]] = {column: {} for column in settings.params.slices}
    nothing = Interval(None, None, None)
    for (column, value), index in segments(rows, settings.params.slices).items():
        seen = told.get((column, value, "slice"), nothing)
        slices[column][value] = Slice(len(index), seen.value, seen.low, seen.high)
    return slices
