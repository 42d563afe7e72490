"""Rows that lie in two parts of a split: the case that searches for leaks look at, and its searches among rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Bounds, ColumnType, Data, Role
from tasks.splitting import Parts, row_hashes

EXAMPLES = 5
MORE = 2.0  # times as many as within train are no chance
GRAIN = 100  # near duplicates agree to the hundredth part of a standard deviation


@dataclass(frozen=True)
class Finding:
    """Something that leaks, or may; `allowed` is the reason in config/data.yaml why it may pass."""

    check: str
    columns: list[str]
    share: float | None
    examples: list[str]
    sentence: str
    allowed: str | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """The rows of all parts, train first, and the number of the part that each is in."""

    rows: pd.DataFrame
    part: NDArray[np.int64]
    strategy: str
    data: Data
    bounds: Bounds

    @classmethod
    def of(cls, parts: Parts, data: Data, bounds: Bounds) -> "Case":
        """Put the parts under one another."""
        rows = pd.concat([part for _, part in parts], ignore_index=True)
        return cls(rows, np.repeat(np.arange(3), [len(part) for _, part in parts]), parts.strategy, data, bounds)

    @property
    def train(self) -> pd.DataFrame:
        """The rows of train."""
        return self.rows[self.part == 0]

    def features(self, *kinds: ColumnType) -> list[str]:
        """Name the features of some types."""
        return [name for name in self.data.features if self.data.columns[name].type in kinds]


def same_rows(case: Case) -> Iterator[Finding]:
    """Find rows that lie in two parts, all but key and time the same."""
    repeated = overlapping(case)
    if repeated.any():
        told = f"{repeated.sum():,} rows of tune or promotion lie in an earlier part too, but for key and time"
        yield Finding("same rows", [], share_of(repeated, case), positions(repeated), told)


def near_duplicates(case: Case) -> Iterator[Finding]:
    """Find rows of two parts whose features are all but the same, where that is not so within train as well."""
    numbers = case.features(ColumnType.INTEGER, ColumnType.NUMBER)
    rough = case.rows[list(case.data.features)].copy()
    for name in numbers:
        spread = float(case.train[name].std()) or 1.0
        rough[name] = (rough[name] / spread * GRAIN).round() if np.isfinite(spread) else rough[name]
    hashes = row_hashes(rough)
    repeated = _repeated(hashes, case.part)
    share, usual = share_of(repeated, case), _usual(hashes, case.part)
    if share > case.bounds.duplicate_share and share > MORE * usual:
        told = f"{share:.1%} of the rows of tune and promotion have nearly the features of a row in an earlier part"
        yield Finding("near duplicates", [], share, positions(repeated), told)


def _usual(hashes: NDArray[np.uint64], part: NDArray[np.int64]) -> float:
    """Estimate the share that the nature of the data explains: that of one half of train in the other, for all rows."""
    train = hashes[part == 0]
    if len(train) < 2:
        return 0.0
    return float(np.isin(train[1::2], train[::2]).mean()) * len(hashes) / len(train[::2])


def future_rows(case: Case) -> Iterator[Finding]:
    """Find rows newer than the start of a part that is to test what they taught."""
    if not (name := case.data.time_column):
        return
    times = case.rows[name]
    starts = [times[case.part == number].min() for number in (1, 2)]
    late = np.asarray(((case.part == 0) & (times >= starts[0])) | ((case.part == 1) & (times >= starts[1])))
    if late.any():
        told = f"{int(late.sum()):,} rows are newer than the start of the part that is to test what they taught"
        yield Finding("future rows", [name], share_of(late, case), some_of(times[late]), told)


def shared_entities(case: Case) -> Iterator[Finding]:
    """Find entities whose rows lie in several parts, unless the split is by time."""
    groups = [name for name, column in case.data.columns.items() if column.role is Role.GROUP]
    for name in groups if case.strategy != "time" else []:
        pairs = pd.DataFrame({name: case.rows[name], "part": case.part}).drop_duplicates()
        in_parts = pairs.groupby(name)["part"].size()
        if len(shared := in_parts[in_parts > 1]):
            told = f"{len(shared):,} of {len(in_parts):,} values of {name} lie in several parts"
            yield Finding("shared entities", [name], len(shared) / len(in_parts), some_of(shared.index), told)


def overlapping(case: Case) -> NDArray[np.bool_]:
    """Mark the rows of tune and promotion that lie in an earlier part too, all but key and time the same."""
    return _repeated(row_hashes(case.rows[_content(case.data, case.rows)]), case.part)


def _content(data: Data, rows: pd.DataFrame) -> list[str]:
    """Name the columns that say what a row is about, rather than which it is or when."""
    told = [n for n, c in data.columns.items() if c.role not in (Role.KEY, Role.TIME) and n in rows.columns]
    return told or list(rows.columns)


def _repeated(hashes: NDArray[np.uint64], part: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the rows of tune and promotion whose like lies in an earlier part."""
    tune = (part == 1) & np.isin(hashes, hashes[part == 0])
    promotion = (part == 2) & np.isin(hashes, hashes[part < 2])
    return np.asarray(tune | promotion)


def share_of(marked: NDArray[np.bool_], case: Case) -> float:
    """Give the share among the rows of tune and promotion."""
    return float(marked.sum() / max((case.part > 0).sum(), 1))


def positions(marked: NDArray[np.bool_]) -> list[str]:
    """Name the first marked rows."""
    return [f"row {position}" for position in np.flatnonzero(marked)[:EXAMPLES]]


def some_of(values: "pd.Series | pd.Index") -> list[str]:
    """Show the first different values."""
    return [str(value) for value in values.unique()[:EXAMPLES]]
