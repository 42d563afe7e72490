"""Rows of a batch held against the model's contract, a column at a time: what fits is scored, what does not is named.

The rules are those of the server (tasks/strict.py), on Arrow arrays. The types of files are wider than those of JSON:
numbers may stand as text, as in CSV, and whole numbers as floats.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from config.errors import LifecycleError
from config.settings import ColumnType

if TYPE_CHECKING:
    from tasks.scoring import ColumnContract, Contract

EXACT = 2**53  # up to here a float holds every whole number
MOST_TEXT = 10_000  # characters of one value
TRUTHS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}
YEARS = (pd.Timestamp("1678-01-01").to_datetime64(), pd.Timestamp("2262-01-01").to_datetime64())
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Fault:
    """Why a row is not scored: its place in the chunk, the column and the reason, without the value."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, eq=False)
class Checked:
    """Columns as the encoder reads them, of the rows that fit; which rows those are; the faults of the others."""

    columns: dict[str, Any]
    fits: Mask
    faults: tuple[Fault, ...]


class _Reading:
    """One column while it is read: values, where they are missing, and the faults so far."""

    def __init__(self, values: Any, missing: Mask) -> None:
        self.values, self.missing = values, missing
        self.faults: list[tuple[Mask, str]] = []

    def refuse(self, where: Mask, reason: str) -> None:
        """Refuse rows, those that were not refused for another reason before."""
        for before, _ in self.faults:
            where = where & ~before
        if where.any():
            self.faults.append((where, reason))


def check(table: pa.Table, contract: "Contract") -> Checked:
    """Check a chunk of rows; a column that is missing altogether, or cannot be read at all, is a LifecycleError."""
    if absent := [name for name in contract.names if name not in table.column_names]:
        raise LifecycleError(
            f"{len(absent)} of {len(contract.names)} columns are not in the input: {', '.join(absent[:5])}",
            expected=f"the columns that the model reads: {', '.join(contract.names[:10])}",
            next_step="correct the input, or name its columns as config/data.yaml does",
        )
    readings = {column.name: _read(table[column.name], column) for column in contract.columns}
    fits = np.ones(len(table), dtype=bool)
    for reading in readings.values():
        for where, _ in reading.faults:
            fits &= ~where
    return Checked({n: _kept(r.values, fits) for n, r in readings.items()}, fits, tuple(_faults(readings)))


def _faults(readings: dict[str, _Reading]) -> list[Fault]:
    found = [
        Fault(int(row), name, reason)
        for name, reading in readings.items()
        for where, reason in reading.faults
        for row in np.flatnonzero(where)
    ]
    return sorted(found, key=lambda fault: fault.row)


def _kept(values: Any, fits: Mask) -> Any:
    return values if fits.all() else values[fits]


def _read(array: pa.ChunkedArray, column: "ColumnContract") -> _Reading:
    try:
        reading = READERS[ColumnType(column.type)](array.combine_chunks(), column)
    except (pa.ArrowException, ValueError) as error:  # of lists, of bytes that are no text, of times as numbers
        raise LifecycleError(
            f"column {column.name} holds {str(array.type)[:100]}, which cannot be read as {column.type}",
            expected=f"a {column.type} in each row, or text that says one",
            next_step="correct the input, then run the same command again",
        ) from error
    if not column.nullable:
        reading.refuse(reading.missing, "missing, where a value is needed")
    return reading


def _numbers(array: pa.Array, column: "ColumnContract") -> _Reading:
    values, missing, unread = _floats(array)
    reading = _Reading(values, missing)
    reading.refuse(unread, "not a number")
    reading.refuse(np.isinf(values), "not a finite number")
    _hold_bounds(reading, column.minimum, column.maximum)
    return reading


def _integers(array: pa.Array, column: "ColumnContract") -> _Reading:
    reading = _numbers(array, column)
    present = ~reading.missing & np.isfinite(reading.values)
    reading.refuse(present & (np.abs(reading.values) > EXACT), f"beyond {EXACT}")
    reading.refuse(present & (np.floor(reading.values) != reading.values), "not a whole number")
    return reading


def _booleans(array: pa.Array, column: "ColumnContract") -> _Reading:
    if pa.types.is_boolean(array.type):
        missing = _nulls(array)
        return _Reading(np.where(missing, np.nan, _plain(pc.fill_null(array, False)).astype(float)), missing)
    coded = _coded(array)
    told = [TRUTHS.get(str(value).lower(), np.inf) for value in coded.categories]
    values = np.array([*told, np.nan])[coded.codes]
    reading = _Reading(values, coded.codes == -1)
    reading.refuse(np.isinf(values), "neither true nor false")
    return reading


def _texts(array: pa.Array, column: "ColumnContract") -> _Reading:
    if pa.types.is_floating(array.type):
        reading = _Reading(pd.Categorical(_plain(array).astype(object)), _nulls(array))
        reading.refuse(~reading.missing, "not text")
        return reading
    coded = _coded(array)
    reading = _Reading(coded, coded.codes == -1)
    allowed = None if column.allowed is None else frozenset(column.allowed)
    _refuse_categories(reading, coded, lambda v: len(v) > MOST_TEXT, f"more than {MOST_TEXT} characters")
    if allowed is not None:
        _refuse_categories(reading, coded, lambda v: v not in allowed, "none of the categories that are allowed")
    return reading


def _refuse_categories(reading: _Reading, coded: pd.Categorical, bad: Callable[[str], bool], reason: str) -> None:
    wrong = np.array([*(bad(value) for value in coded.categories), False])
    if wrong.any():
        reading.refuse(wrong[coded.codes], reason)


def _times(array: pa.Array, column: "ColumnContract") -> _Reading:
    missing = _nulls(array)
    if pa.types.is_timestamp(array.type):
        plain = pc.cast(array, pa.timestamp("us", tz="UTC" if array.type.tz else None), safe=False)
        values = plain.to_numpy(zero_copy_only=False).astype("datetime64[us]")
        unread = np.zeros(len(values), dtype=bool)
    else:
        text = pd.Series(array.to_pandas().astype("str").to_numpy(dtype=object))
        found = pd.to_datetime(text.where(~missing), utc=True, format="ISO8601", errors="coerce")
        values = found.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
        unread = np.isnat(values) & ~missing
    reading = _Reading(values, missing)
    reading.refuse(unread, "no time in ISO 8601")
    reading.refuse(~missing & ((values < YEARS[0]) | (values >= YEARS[1])), "a year that is not kept")
    return reading


READERS: dict[ColumnType, Callable[[pa.Array, "ColumnContract"], _Reading]] = {
    ColumnType.NUMBER: _numbers,
    ColumnType.INTEGER: _integers,
    ColumnType.BOOLEAN: _booleans,
    ColumnType.CATEGORY: _texts,
    ColumnType.TIMESTAMP: _times,
}


def _hold_bounds(reading: _Reading, least: float | None, most: float | None) -> None:
    with np.errstate(invalid="ignore"):
        for bound, wrong in ((least, np.less), (most, np.greater)):
            if bound is not None:
                low, high = -np.inf if least is None else least, np.inf if most is None else most
                reading.refuse(wrong(reading.values, bound), f"outside {low:g} to {high:g}")


def _floats(array: pa.Array) -> tuple[NDArray[np.float64], Mask, Mask]:
    """Give values as floats, where they are missing, and where they are no numbers."""
    missing = _nulls(array)
    if pa.types.is_boolean(array.type):  # pandas writes whole numbers and truths apart, and so do people
        return np.full(len(array), np.nan), missing, ~missing
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type) or pa.types.is_dictionary(array.type):
        return _read_text(array, missing)
    try:
        values = _plain(pc.cast(array, pa.float64(), safe=False)).astype(np.float64)
    except pa.ArrowInvalid:
        return np.full(len(array), np.nan), missing, ~missing
    return values, missing | np.isnan(values), np.zeros(len(array), dtype=bool)


def _read_text(array: pa.Array, missing: Mask) -> tuple[NDArray[np.float64], Mask, Mask]:
    text = pc.cast(array, pa.string())
    try:
        values = _plain(pc.cast(text, pa.float64()))
        unread = np.isnan(values) & ~missing  # the word nan is no number
    except pa.ArrowInvalid:
        values = np.array([_number(value) for value in text.to_pylist()], dtype=np.float64)
        unread = np.isnan(values) & ~missing
    return values, missing, unread


def _number(text: str | None) -> float:
    try:
        return float("nan") if text is None or text != text.strip() or "_" in text else float(text)
    except ValueError:
        return float("nan")


def _coded(array: pa.Array) -> pd.Categorical:
    """Give text, or what is written as text, as codes of its distinct values; the code of a missing one is -1."""
    coded = array if pa.types.is_dictionary(array.type) else pc.cast(array, pa.string()).dictionary_encode()
    codes = pc.fill_null(pc.cast(coded.indices, pa.int64()), -1).to_numpy(zero_copy_only=False)
    words = [None if word is None else str(word) for word in coded.dictionary.to_pylist()]
    return pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype=object))


def _nulls(array: pa.Array) -> Mask:
    return _plain(pc.is_null(array, nan_is_null=pa.types.is_floating(array.type))).astype(bool)


def _plain(array: pa.Array) -> Any:
    return array.to_numpy(zero_copy_only=False)
