"""Describes rows column by column: what catalogue, monitoring and the reader of a report need to know of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import ColumnType, Data, Sensitivity
from tasks.distributions import Distribution, distribution
from tasks.personal import Sign, scan

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
TOP = 10
PROTECTED = (Sensitivity.PERSONAL, Sensitivity.SPECIAL)


@dataclass(frozen=True)
class ColumnProfile:
    """Statistics of one column; of a protected one only how many values it has."""

    type: str
    role: str
    sensitivity: str
    missing: float
    distinct: int
    mean: float | None = None
    std: float | None = None
    min: float | str | None = None
    max: float | str | None = None
    quantiles: dict[str, float] | None = None
    top: dict[str, float] | None = None


@dataclass(frozen=True)
class Profile:
    """Statistics of every column, and where values look like personal data."""

    data_sha256: str
    rows: int
    columns: dict[str, ColumnProfile]
    personal_data_found: list[Sign]
    schema: int = 1


@dataclass(frozen=True)
class Reference:
    """The distributions of the train part, which monitoring compares with."""

    columns: dict[str, Distribution]
    schema: int = 1


def profile(rows: pd.DataFrame, data: Data, *, data_sha256: str) -> Profile:
    """Describe rows, good or bad, in the columns that are declared, and scan them for personal data."""
    signs = scan(rows)
    found = {sign.column for sign in signs}
    there = [name for name in data.columns if name in rows.columns]
    columns = {name: _describe(rows[name], name, data, hidden=name in found) for name in there}
    return Profile(data_sha256, len(rows), columns, signs)


def reference(train: pd.DataFrame, data: Data) -> Reference:
    """Keep the distribution of each feature and of the target, as the model will have learned them."""
    names = (*data.features, data.target)
    return Reference({name: distribution(train[name], data.columns[name].type) for name in names})


def _describe(values: pd.Series, name: str, data: Data, *, hidden: bool) -> ColumnProfile:
    column = data.columns[name]
    known: dict[str, Any] = {
        "type": column.type.value,
        "role": column.role.value,
        "sensitivity": column.sensitivity.value,
        "missing": float(values.isna().mean()),
        "distinct": int(values.nunique()),
    }
    if hidden or column.sensitivity in PROTECTED or values.dropna().empty:
        return ColumnProfile(**known)
    if column.type is ColumnType.TIMESTAMP and hasattr(values, "dt"):
        return ColumnProfile(**known, min=values.min().isoformat(), max=values.max().isoformat())
    if column.type in (ColumnType.INTEGER, ColumnType.NUMBER):
        return ColumnProfile(**known, **_numbers(np.asarray(pd.to_numeric(values, errors="coerce"), dtype="float64")))
    shares = values.dropna().astype("str").value_counts(normalize=True).head(TOP)
    return ColumnProfile(**known, top={str(k): float(v) for k, v in sorted(shares.items(), key=_frequent)})


def _frequent(pair: tuple[Any, float]) -> tuple[float, str]:
    return -pair[1], str(pair[0])


def _numbers(values: NDArray[np.float64]) -> dict[str, Any]:
    """Describe the finite ones."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return {}
    points = np.quantile(finite, QUANTILES)
    return {
        "mean": float(finite.mean()),
        "std": float(finite.std()),
        "min": float(finite.min()),
        "max": float(finite.max()),
        "quantiles": {f"{q:g}": float(point) for q, point in zip(QUANTILES, points, strict=True)},
    }
