"""Rows that lie in two parts of a split: the case that searches for leaks look at, and its searches among rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Bounds, ColumnType, Data, LeakSearch, Role, Sensitivity
from tasks.fingerprints import row_hashes, rows_sha256
from tasks.splitting import NAMES, Parts

EXAMPLES = 5
MORE = 2.0  # times as many as within train are no chance
GRAIN = 100  # near duplicates agree to the hundredth part of a standard deviation
TAIL = 0.01  # share of the rows on either side that may be far out without making all others look alike
PROTECTED = (Sensitivity.PERSONAL, Sensitivity.SPECIAL)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Finding:
    """Something that leaks, or may; `allowed` is the reason in config/data.yaml why it may pass."""

    check: LeakSearch
    columns: list[str]
    share: float | None
    examples: list[str]
    sentence: str
    allowed: str | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """The rows of all parts, train first, the number of the part that each is in, and the rows that were left out."""

    rows: pd.DataFrame
    part: NDArray[np.int64]
    left_out: pd.DataFrame
    horizon: pd.Timedelta
    data: Data
    bounds: Bounds

    @classmethod
    def of(cls, parts: Parts, data: Data, bounds: Bounds) -> "Case":
        """Put the parts under one another."""
        rows = pd.concat([part for _, part in parts], ignore_index=True)
        left = pd.concat([rows.iloc[:0], *parts.left_out.values()], ignore_index=True)
        part = np.repeat(np.arange(3), [len(part) for _, part in parts])
        return cls(rows, part, left, parts.horizon, data, bounds)

    @cached_property
    def train(self) -> pd.DataFrame:
        """The rows of train."""
        return self.rows[self.part == 0]

    @cached_property
    def everything(self) -> pd.DataFrame:
        """The rows of all parts, and after them those that were left out."""
        return pd.concat([self.rows, self.left_out], ignore_index=True) if len(self.left_out) else self.rows

    @cached_property
    def marks(self) -> NDArray[np.uint64]:
        """The fingerprint of what each row is about."""
        return row_hashes(self.rows[self.content])

    def features(self, *kinds: ColumnType) -> list[str]:
        """Name the features of some types."""
        return [name for name in self.data.features if self.data.columns[name].type in kinds]

    @property
    def content(self) -> list[str]:
        """Name the columns that say what a row is about, rather than which it is or when."""
        columns = self.data.columns.items()
        told = [n for n, c in columns if c.role not in (Role.KEY, Role.TIME) and n in self.rows.columns]
        return told or list(self.rows.columns)


def same_parts(case: Case) -> Iterator[Finding]:
    """Find two parts that hold the same rows, in whatever order."""
    digests = [rows_sha256(case.rows.loc[case.part == number, case.content]) for number in range(len(NAMES))]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        if digests[one] == digests[other] and (case.part == one).any():
            told = f"{NAMES[one]} and {NAMES[other]} hold the same rows, perhaps in another order"
            yield Finding(LeakSearch.SAME_PARTS, case.content, 1.0, shown(case, case.part == other), told)


def same_rows(case: Case) -> Iterator[Finding]:
    """Find rows that lie in two parts, all but key and time the same."""
    repeated = overlapping(case)
    if repeated.any():
        told = (
            f"{repeated.sum():,} rows of tune or promotion lie in an earlier part too, but for key and time; "
            "remove them, or add '+fingerprint' to split.strategy in config/params.yaml"
        )
        yield Finding(LeakSearch.SAME_ROWS, case.content, share_of(repeated, case), shown(case, repeated), told)


def near_duplicates(case: Case) -> Iterator[Finding]:
    """Find rows of two parts whose features are all but the same, where that is not so within train as well."""
    rough = case.rows[list(case.data.features)].copy()
    for name in case.features(ColumnType.INTEGER, ColumnType.NUMBER):
        spread = _spread(case.train[name])
        rough[name] = (rough[name] / spread * GRAIN).round() if np.isfinite(spread) else rough[name]
    hashes = row_hashes(rough)
    repeated = _repeated(hashes, case.part)
    share, usual = share_of(repeated, case), _usual(hashes, case.part)
    if share > case.bounds.duplicate_share and share > MORE * usual:
        told = f"{share:.1%} of the rows of tune and promotion have nearly the features of a row in an earlier part"
        yield Finding(LeakSearch.NEAR_DUPLICATES, list(case.data.features), share, shown(case, repeated), told)


def _spread(values: pd.Series) -> float:
    """Give the standard deviation, which the outermost hundredth of the rows on either side does not stretch."""
    low, high = values.quantile(TAIL, interpolation="lower"), values.quantile(1 - TAIL, interpolation="higher")
    return float(values.clip(float(low), float(high)).std()) or float(values.std()) or 1.0


def _usual(hashes: NDArray[np.uint64], part: NDArray[np.int64]) -> float:
    """Estimate the share that the nature of the data explains: that of one half of train in the other, for all rows."""
    train = hashes[part == 0]
    if len(train) < 2:
        return 0.0
    return float(np.isin(train[1::2], train[::2]).mean()) * len(hashes) / len(train[::2])


def future_rows(case: Case) -> Iterator[Finding]:
    """Find rows newer, or with a label known later, than the start of a part that is to test what they taught."""
    if not (name := case.data.time_column):
        return
    known = case.rows[name] + case.horizon
    late = np.zeros(len(case.rows), dtype=bool)
    for number in (1, 2):
        start = case.rows.loc[case.part == number, name].min()
        late |= np.asarray((case.part < number) & ((known > start) | (case.rows[name] >= start)))
    if late.any():
        told = f"{int(late.sum()):,} rows are newer than the start of the part that is to test what they taught"
        yield Finding(LeakSearch.FUTURE_ROWS, [name], share_of(late, case), shown(case, late, name), told)


def shared_entities(case: Case) -> Iterator[Finding]:
    """Find entities whose rows lie in several parts."""
    for name in (n for n, column in case.data.columns.items() if column.role is Role.GROUP and n in case.rows):
        marks = row_hashes(case.rows[[name]])
        again = _repeated(marks, case.part)
        if again.any():
            shared, of = np.unique(marks[again]).size, np.unique(marks).size
            told = f"{shared:,} of {of:,} values of {name} lie in several parts; '+group' in split.strategy parts them"
            yield Finding(LeakSearch.SHARED_ENTITIES, [name], shared / of, shown(case, again, name), told)


def overlapping(case: Case) -> Mask:
    """Mark the rows of tune and promotion that lie in an earlier part too, all but key and time the same."""
    return _repeated(case.marks, case.part)


def _repeated(hashes: NDArray[np.uint64], part: NDArray[np.int64]) -> Mask:
    """Mark the rows of tune and promotion whose like lies in an earlier part."""
    tune = (part == 1) & np.isin(hashes, hashes[part == 0])
    promotion = (part == 2) & np.isin(hashes, hashes[part < 2])
    return np.asarray(tune | promotion)


def share_of(marked: Mask, case: Case) -> float:
    """Give the share among the rows of tune and promotion."""
    return float(marked.sum() / max((case.part > 0).sum(), 1))


def shown(case: Case, rows: "Mask | NDArray[np.int64] | None", *columns: str) -> list[str]:
    """Name the first of some rows by part, place and key, with their values of columns; nothing that is protected."""
    every = np.arange(len(case.rows)) if rows is None else np.flatnonzero(rows) if rows.dtype == bool else rows
    starts = np.searchsorted(case.part, np.arange(len(NAMES)))
    keys = [name for name in case.data.key_columns if is_open(case, name)]
    values = [name for name in dict.fromkeys(columns) if is_open(case, name)]
    told = []
    for position in every[:EXAMPLES]:
        row, part = case.rows.iloc[position], case.part[position]
        key = ", ".join(f"{name}={row[name]}" for name in keys)
        value = ", ".join(f"{name}={row[name]}" for name in values)
        told.append(f"row {position - starts[part]} of {NAMES[part]}{key and f' ({key})'}{value and f': {value}'}")
    return told


def is_open(case: Case, name: str) -> bool:
    """Tell whether anyone may read the values of a column."""
    return name in case.rows.columns and case.data.columns[name].sensitivity not in PROTECTED
