"""The sums that statistics rest on, added up unit by unit once, so that all resamples are one matrix product."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.ranking import Ranked
from tasks.statistics import Floats, MeanOf, OnRows, Statistic, Summed

Index = NDArray[np.int64]
# Takes the sums, shape (sums, resamples), and how often each unit was drawn, shape (units, resamples).
Reader = Callable[[Floats, Floats], Floats]


class Table:
    """Sums by unit, shape (sums, units); each column that several statistics share is there once."""

    def __init__(self, codes: Index, units: int) -> None:
        self.codes, self.units, self.height = codes, units, 0
        self.weighs_rows = False  # some statistic wants a weight for each row
        self._known: dict[bytes, int] = {}
        self._cells: list[tuple[Floats, Index, Index]] = []  # value, sum, unit

    def reader(self, statistic: Statistic, index: Index | None = None) -> Reader:
        """Take up what a statistic sums, and give the function that reads its values off the sums."""
        match statistic:
            case OnRows(inner, rows):
                return self.reader(inner, rows if index is None else index[rows])
            case MeanOf(parts):
                readers = [self.reader(part, index) for part in parts]
                return lambda sums, drawn: np.mean([read(sums, drawn) for read in readers], axis=0)
            case Summed(columns, finish):
                where = [self._column(column, index) for column in columns]
                return lambda sums, _: finish(sums[where].astype(float))
            case Ranked():
                return self._ranked(statistic, index)
        self.weighs_rows = True
        chosen = self.codes if index is None else self.codes[index]
        return lambda _, drawn: statistic(np.ascontiguousarray(drawn[chosen].T, dtype=float))

    def sparse(self, kind: type) -> Any:
        """Give the sums by unit as a sparse matrix."""
        from scipy.sparse import coo_array

        values, sums, units = (np.concatenate(part) for part in zip(*self._cells, strict=True)) if self._cells else (
            np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        )  # fmt: skip
        return coo_array((values.astype(kind), (sums, units)), shape=(self.height, self.units)).tocsr()

    def _column(self, column: Floats, index: Index | None) -> int:
        codes = self.codes if index is None else self.codes[index]
        some = np.flatnonzero(column)
        return self._take(column[some], np.zeros(len(some), dtype=np.int64), codes[some], 1)

    def _ranked(self, statistic: Ranked, index: Index | None) -> Reader:
        """Count by level; the spread is centred on the value that no merging of levels has touched."""
        codes, count = statistic.coarse
        hit = statistic.is_class != 0
        units = self.codes if index is None else self.codes[index]
        first = self._take(np.ones(len(codes)), np.where(hit, codes, codes + count), units, 2 * count)
        shift = 0.0
        if count < statistic.levels[1]:
            members = (part.astype(float) for part in (hit, ~hit))
            hits, alarms = (np.bincount(codes, part, count).astype(float)[:, None] for part in members)
            shift = float(statistic(np.ones((1, len(codes))))[0] - statistic.of_levels(hits, alarms)[0])

        def read(sums: Floats, _: Floats) -> Floats:
            hits, alarms = sums[first : first + count], sums[first + count : first + 2 * count]
            return statistic.of_levels(hits, alarms) + shift

        return read

    def _take(self, values: Floats, sums: Index, units: Index, height: int) -> int:
        """Add sums unless they are there already, and give the number of the first."""
        parts = (values, sums, units, np.array([height]))
        key = hashlib.sha256(b"|".join(np.ascontiguousarray(part).tobytes() for part in parts)).digest()
        if key not in self._known:
            self._known[key] = self.height
            self._cells.append((values, sums + self.height, units))
            self.height += height
        return self._known[key]
