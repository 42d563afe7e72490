"""Parts rows into train, tune and promotion: by time, by entity, or by row fingerprint."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.errors import ConfigError
from config.settings import ColumnType, Data, Role, Split
from tasks.distributions import BINS, distribution, psi

NAMES = ("train", "tune", "promotion")
ROWS_PER_BIN = 10  # fewer rows a bin than this, and effects would tell of chance
NOISE = 3.0  # standard errors
LISTED = 50  # values of a segment that are counted apart


@dataclass(frozen=True, eq=False)
class Parts:
    """The three parts, in the same columns; every row of the input is in exactly one."""

    strategy: str
    train: pd.DataFrame
    tune: pd.DataFrame
    promotion: pd.DataFrame

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Give the names and the parts, train first."""
        return iter((name, getattr(self, name)) for name in NAMES)


def split(rows: pd.DataFrame, data: Data, params: Split) -> Parts:
    """Part rows; the same rows, in whatever order, give the same parts, rows in the same order.

    By time, the newest rows are the promotion set and no instant lies in two parts. By group or fingerprint, a row's
    part follows from its entity or its features alone: it stays where it is when rows are added, and rows with the same
    features are never parted. Ask `weaknesses` before the parts are used.
    """
    rows = _ordered(rows, data)
    match params.strategy:
        case "time":
            codes = _by_time(rows, _column_of(data, Role.TIME, params), params)
        case "group":
            codes = _by_hash(rows[[_column_of(data, Role.GROUP, params)]], params)
        case "fingerprint":
            codes = _by_hash(rows[list(data.features)], params)
    return Parts(params.strategy, *(rows[codes == number].reset_index(drop=True) for number in range(3)))


def weaknesses(parts: Parts, data: Data) -> list[str]:
    """Say which parts are empty, lack a class of the target, or miss more values than the contract allows overall."""
    classes = data.columns[data.target].type in (ColumnType.BOOLEAN, ColumnType.CATEGORY)
    known = set().union(*(part[data.target].unique() for _, part in parts)) if classes else set()
    told = []
    for name, part in parts:
        lacking = sorted(str(value) for value in known - set(part[data.target].unique()))
        if part.empty or lacking:
            without = f", none of class {', '.join(lacking[:5])}" if lacking else ""
            told.append(f"the {name} part has {len(part):,} rows{without}")
        told += [f"the {name} part {holes}" for holes in _holes(part, data)]
    return told


def _holes(part: pd.DataFrame, data: Data) -> list[str]:
    """Find columns whose missing values gather in one part, where the whole still looks good; chance is let pass."""
    told = []
    for feature in data.features:
        share, allowed = float(part[feature].isna().mean()), data.columns[feature].max_missing
        if share > allowed + NOISE * np.sqrt(allowed * (1 - allowed) / max(len(part), 1)):
            told.append(f"misses {share:.1%} of {feature}, {allowed:.1%} are allowed")
    return told


def effects(parts: Parts, data: Data) -> dict[str, dict[str, float]]:
    """Measure how far each feature and the target of tune and promotion lie from train, as PSI."""
    smallest = min(len(part) for _, part in parts)
    bins = int(np.clip(smallest // ROWS_PER_BIN, 2, BINS))
    found: dict[str, dict[str, float]] = {}
    for name in (*data.features, data.target):
        reference = distribution(parts.train[name], data.columns[name].type, bins=bins)
        found[name] = {"tune": psi(reference, parts.tune[name]), "promotion": psi(reference, parts.promotion[name])}
    return found


def segments(parts: Parts, columns: tuple[str, ...]) -> dict[str, dict[str, dict[str, int]]]:
    """Count the rows of each part by the values of columns, the most frequent ones."""
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for column in columns:
        counts = {name: part[column].astype("str").value_counts() for name, part in parts}
        values = sorted(str(value) for value in counts["train"].index[:LISTED])
        counted[column] = {v: {name: int(counts[name].get(v, 0)) for name in NAMES} for v in values}
    return counted


def row_hashes(rows: pd.DataFrame, *, seed: int = 0) -> NDArray[np.uint64]:
    """Give each row a 64-bit fingerprint of its values; equal rows have equal ones, on every machine."""
    if rows.empty or not len(rows.columns):
        return np.zeros(len(rows), dtype=np.uint64)
    plain = pd.DataFrame({str(n): _hashable(rows[n]) for n in rows.columns}, index=rows.index)
    hashes = np.asarray(pd.util.hash_pandas_object(plain, index=False), dtype=np.uint64)
    return _mixed(hashes, seed)


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


def _ordered(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Bring rows into an order that does not depend on how they came: by time, then by fingerprint."""
    last = row_hashes(rows)
    first = rows[data.time_column].to_numpy(dtype="datetime64[us]") if data.time_column else np.zeros(len(rows))
    return rows.iloc[np.lexsort((last, first))].reset_index(drop=True)


def _by_time(rows: pd.DataFrame, column: str, params: Split) -> NDArray[np.int64]:
    """Cut at the instants nearest to the shares asked for; rows of one instant stay together."""
    times = rows[column]
    starts = [
        times.iloc[int(len(rows) * share)] for share in (1 - params.tune - params.promotion, 1 - params.promotion)
    ]
    return (times >= starts[0]).to_numpy().astype("int64") + (times >= starts[1]).to_numpy().astype("int64")


def _by_hash(values: pd.DataFrame, params: Split) -> NDArray[np.int64]:
    """Place each row by its fingerprint, as by a fair die of the shares asked for."""
    place = row_hashes(values, seed=params.seed).astype("float64") / 2.0**64
    return (place < params.tune + params.promotion).astype("int64") + (place < params.promotion).astype("int64")


def _column_of(data: Data, role: Role, params: Split) -> str:
    found = next((name for name, column in data.columns.items() if column.role is role), None)
    if found is None:
        raise ConfigError(
            f"config/params.yaml: split.strategy: saw '{params.strategy}', but no column has role '{role}'",
            expected=f"a column with role '{role}' in config/data.yaml, or strategy 'fingerprint'",
        )
    return found
