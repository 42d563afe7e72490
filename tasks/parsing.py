"""Turns what files hold into typed columns, and leaves a column that does not fit its type as it came."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api import types

from config.errors import LifecycleError
from config.settings import Column, ColumnType

if TYPE_CHECKING:
    from pyarrow.csv import ParseOptions

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})  # how text says that a value is missing
BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False, "1.0": True, "0.0": False}
LARGEST = 2.0**63  # integers from here on do not fit 64 bits


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV file, plain or compressed, every cell as text; a broken one is refused (LifecycleError)."""
    import pyarrow as pa
    from pyarrow import csv

    names, delimiter = _header(path)
    convert = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    try:
        table = csv.read_csv(path, parse_options=parse, convert_options=convert)
    except pa.ArrowInvalid as error:
        raise LifecycleError(
            f"{path} cannot be read as CSV: {_row_of(str(error), path, parse)[:300]}",
            expected="UTF-8 text, the same number of cells in every row",
            next_step="repair or remove the file, then run `lifecycle run` again",
        ) from error
    rows = table.to_pandas()
    for name in rows.columns:
        if len(odd := np.flatnonzero(rows[name].str.contains("\0", regex=False).to_numpy(dtype=bool, na_value=False))):
            raise LifecycleError(
                f"{path} holds a NUL byte in row {odd[0]}, column {name}",
                expected="text: a NUL byte is a sign of a torn or binary file",
                next_step="repair or remove the file, then run `lifecycle run` again",
            )
    return rows


def _row_of(message: str, path: Path, parse: "ParseOptions") -> str:
    """Add the number of the row that broke the reading, which only a reader with one thread can count."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        csv.read_csv(path, parse_options=parse, read_options=csv.ReadOptions(use_threads=False))
    except pa.ArrowInvalid as error:
        if found := re.search(r"Row #(\d+): ", str(error)):
            return f"row {int(found[1]) - 2}: {str(error).replace(found[0], '')}"  # ours begin after the header, with 0
    return message


def _header(path: Path) -> tuple[list[str], str]:
    """Read the names in the first line and what separates them; an empty file or a double name is refused."""
    import csv

    import pyarrow as pa

    with pa.input_stream(str(path)) as stream:
        line = stream.read(1 << 20).split(b"\n", 1)[0].decode("utf-8-sig", errors="replace").strip("\r")
    delimiter = max(",;\t", key=line.count)
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise LifecycleError(f"{path} does not begin with column names: {error}", expected="CSV, as text") from error
    if not names:
        raise LifecycleError(
            f"{path} is empty", expected="column names, then rows", next_step="fill or remove the file"
        )
    refuse_doubles(names, str(path))
    return names, delimiter


def refuse_doubles(names: list[str], where: str) -> None:
    """Refuse columns whose names are the same, or look the same (LifecycleError)."""
    normal = [unicodedata.normalize("NFC", name) for name in names]
    doubles = sorted({name for name in normal if normal.count(name) > 1})
    if doubles:
        raise LifecycleError(
            f"{where} names {', '.join(doubles[:5])} more than once",
            expected="one column for each name",
            next_step="rename or remove the doubles",
        )


def conform(rows: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Give declared columns their declared order and type; what does not fit, or is not declared, stays as it came."""
    rows = rows.rename(columns={name: unicodedata.normalize("NFC", str(name)) for name in rows.columns})
    refuse_doubles(list(rows.columns), "the data")
    known = [name for name in columns if name in rows.columns]
    others = [name for name in rows.columns if name not in columns]
    typed = {name: _typed(rows[name], columns[name].type) for name in known}
    return pd.DataFrame({**typed, **{name: _storable(rows[name]) for name in others}}, index=rows.index)


def infer(rows: pd.DataFrame) -> pd.DataFrame:
    """Give text columns the narrowest type that all their values fit: integer, number, timestamp, truth value."""
    return pd.DataFrame({name: _inferred(rows[name]) for name in rows.columns}, index=rows.index)


def misfits(values: pd.Series, kind: ColumnType) -> pd.Series:
    """Mark the values that are there and cannot be read as the type."""
    return _present(values, kind) & CASTS[kind](values).isna()


def is_stored_as(values: pd.Series, kind: ColumnType) -> bool:
    """Tell whether the column's storage is that of the type."""
    return STORED[kind](values)


def _typed(values: pd.Series, kind: ColumnType) -> pd.Series:
    parsed = CASTS[kind](values)
    if bool((_present(values, kind) & parsed.isna()).any()):
        return _storable(values)
    return parsed


def _inferred(values: pd.Series) -> pd.Series:
    if not types.is_string_dtype(values.dtype) or not values.notna().any():
        return _storable(values)
    words = set(values.dropna().unique()[:50])
    kinds = [ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.TIMESTAMP]
    if {word.lower() for word in words} <= {"true", "false"}:
        kinds = [ColumnType.BOOLEAN]
    return next((_typed(values, kind) for kind in kinds if _fits_wholly(values, kind)), values)


def _fits_wholly(values: pd.Series, kind: ColumnType) -> bool:
    return bool(_present(values, kind).any()) and not bool(misfits(values, kind).any())


def _storable(values: pd.Series) -> pd.Series:
    """Turn a column of mixed Python values into text, which a file can hold."""
    return values.astype("str") if values.dtype == object else values


def _present(values: pd.Series, kind: ColumnType) -> pd.Series:
    if kind is ColumnType.CATEGORY or not _is_text(values):
        return values.notna()
    return values.notna() & ~_lower(values).isin(MISSING)


def _is_text(values: pd.Series) -> bool:
    return values.dtype == object or types.is_string_dtype(values.dtype)


def _lower(values: pd.Series) -> pd.Series:
    return values.astype("str").str.strip().str.lower()


def _number(values: pd.Series) -> pd.Series:
    if types.is_datetime64_any_dtype(values.dtype):
        return pd.Series(np.nan, index=values.index)
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _integer(values: pd.Series) -> pd.Series:
    if types.is_integer_dtype(values.dtype) and not values.hasnans:
        return values.astype("int64") if values.max() < LARGEST else values.astype("float64").where(values < LARGEST)
    parsed = _number(values)
    parsed = parsed.where((parsed == parsed.round()) & (parsed.abs() < LARGEST))
    return parsed if parsed.hasnans else parsed.astype("int64")


def _timestamp(values: pd.Series) -> pd.Series:
    if types.is_datetime64_any_dtype(values.dtype):
        aware = values if getattr(values.dt, "tz", None) is not None else values.dt.tz_localize("UTC")
        return aware.dt.tz_convert("UTC").dt.as_unit("us")
    if not _is_text(values):
        return pd.Series(pd.NaT, index=values.index).dt.tz_localize("UTC")
    zoned = values.astype("str").str.contains(r"(?:[Zz]|[+-]\d{2}:?\d{2})$", regex=True).to_numpy(dtype=bool)
    times = pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601").dt.as_unit("us")
    timed = values.astype("str").str.contains(":", regex=False).to_numpy(dtype=bool)
    local = timed & ~zoned  # which zone a time without one is in cannot be told where others name theirs
    return times.mask(local) if zoned.any() and local.any() else times


def _boolean(values: pd.Series) -> pd.Series:
    if values.dtype == bool:
        return values
    known = _lower(values).map(BOOLEANS).where(values.notna())
    return known.astype("boolean") if known.isna().any() else known.astype(bool)


def _category(values: pd.Series) -> pd.Series:
    if types.is_float_dtype(values.dtype) and bool((values.dropna() == values.dropna().round()).all()):
        values = values.astype("Int64")
    return values.astype("str").where(values.notna(), None).astype("str")


CASTS: dict[ColumnType, Callable[[pd.Series], pd.Series]] = {
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.CATEGORY: _category,
    ColumnType.TIMESTAMP: _timestamp,
    ColumnType.BOOLEAN: _boolean,
}

STORED: dict[ColumnType, Callable[[pd.Series], bool]] = {
    ColumnType.INTEGER: lambda values: types.is_integer_dtype(values.dtype) or types.is_float_dtype(values.dtype),
    ColumnType.NUMBER: lambda values: types.is_float_dtype(values.dtype),
    ColumnType.CATEGORY: lambda values: types.is_string_dtype(values.dtype),
    ColumnType.TIMESTAMP: lambda values: isinstance(values.dtype, pd.DatetimeTZDtype),
    ColumnType.BOOLEAN: lambda values: types.is_bool_dtype(values.dtype),
}
