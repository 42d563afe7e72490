"""Fingerprints of rows: equal rows have equal ones, on every machine and however a column is stored."""

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SECOND_KEY = "6543210987654321"  # sixteen characters, as the hash takes


def row_hashes(rows: pd.DataFrame, *, seed: int = 0) -> NDArray[np.uint64]:
    """Give each row a 64-bit fingerprint of its values; equal rows have equal ones, on every machine."""
    return _mixed(_hashes(rows), seed) if _has_cells(rows) else np.zeros(len(rows), dtype=np.uint64)


def rows_sha256(rows: pd.DataFrame) -> str:
    """Digest rows as a set that counts repetitions: the same rows in any order, columns in any order, one digest."""
    ordered = rows[sorted(rows.columns)]
    marks = np.zeros((len(rows), 2), dtype=np.uint64)
    if _has_cells(rows):
        marks = np.column_stack([_hashes(ordered), _hashes(ordered, key=SECOND_KEY)])
    marks = marks[np.lexsort((marks[:, 1], marks[:, 0]))]
    digest = hashlib.sha256("\n".join(map(str, ordered.columns)).encode())
    digest.update(marks.astype("<u8").tobytes())
    return digest.hexdigest()


def _has_cells(rows: pd.DataFrame) -> bool:
    return not rows.empty and bool(len(rows.columns))


def _hashes(rows: pd.DataFrame, *, key: str = "0123456789123456") -> NDArray[np.uint64]:
    plain = pd.DataFrame({str(n): _hashable(rows[n]) for n in rows.columns}, index=rows.index)
    return np.asarray(pd.util.hash_pandas_object(plain, index=False, hash_key=key), dtype=np.uint64)


def _hashable(values: pd.Series) -> pd.Series:
    """Give equal values the same form, whatever the column is stored as: -0.0 is 0.0, true is 1."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.dt.tz_convert("UTC").dt.as_unit("us").astype("int64")
    if pd.api.types.is_string_dtype(values.dtype):
        return values.fillna("")
    return values.astype("float64") + 0.0


def _mixed(hashes: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Stir the seed in (splitmix64), so that another seed gives other parts."""
    with np.errstate(over="ignore"):
        z = hashes + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        stirred: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return stirred
