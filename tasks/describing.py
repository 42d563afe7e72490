"""Describes the columns of a file that nobody has declared yet, as a first config/data.yaml to correct."""

import numpy as np
import pandas as pd
from pandas.api import types

from config.errors import ConfigError, LifecycleError
from config.problems import nearest
from config.settings import Column, ColumnType, ProblemType, Role, Sensitivity
from tasks.personal import SPECIAL, scan
from tasks.suspicion import counts_up

CATEGORIES = 20  # a text column of so few values lists them
SLACK = 0.5  # how far beyond the range seen a value may lie, as a share of that range
UNIQUE = 0.9  # text that differs in so many rows names the row
TRUTHS = ({"true", "false"}, {"yes", "no"}, {"0", "1"}, {"0.0", "1.0"})


def describe_columns(rows: pd.DataFrame, target: str, problem: ProblemType) -> dict[str, Column]:
    """Infer type, role, bounds and sensitivity of every column; the target must be among them (ConfigError).

    Bounds are those seen, widened by half their range. What looks personal is dropped. Text, or a counter, that
    differs in every row is its key; text that mostly does, and times, are left to be given a role by hand.
    """
    if target not in rows.columns:
        raise ConfigError(
            f"config/data.yaml: target: saw {target!r}, which is no column of the data",
            expected=nearest(target, [str(name) for name in rows.columns]),
            next_step="correct the target, or the data",
        )
    signs = {sign.column: sign.pattern for sign in scan(rows)}
    described = {str(name): _describe(rows[name], name == target, problem, signs) for name in rows.columns}
    if not any(column.role is Role.FEATURE and column.treatment == "none" for column in described.values()):
        raise LifecycleError("no column is left to learn from", expected="at least one that does not name the row")
    return described


def _describe(values: pd.Series, is_target: bool, problem: ProblemType, signs: dict[str, str]) -> Column:
    name = str(values.name)
    if not values.notna().any():
        raise LifecycleError(
            f"column {name!r} holds no value at all",
            expected="values, at least in some rows",
            next_step="remove the column from the data, then run `lifecycle run` again",
        )
    if is_target:
        return _target(values, problem)
    kind = _kind(values)
    missing = min(1.0, round(float(values.isna().mean()) * 1.5 + 0.01, 3)) if values.isna().any() else 0.0
    if name in signs:
        special = signs[name] == SPECIAL
        sensitivity = Sensitivity.SPECIAL if special else Sensitivity.PERSONAL
        told = f"looks like personal data ({signs[name]}), dropped"
        return Column(
            role=Role.IGNORED, type=kind, sensitivity=sensitivity, treatment="drop", max_missing=missing,
            description=told,
        )  # fmt: skip
    low, high = _bounds(values, kind)
    return Column(role=_role(values, kind), type=kind, minimum=low, maximum=high, max_missing=missing)


def _target(values: pd.Series, problem: ProblemType) -> Column:
    """Describe the target: numbers for a regression, else classes, all of which are listed."""
    if problem is ProblemType.REGRESSION:
        if not types.is_numeric_dtype(values.dtype) or types.is_bool_dtype(values.dtype):
            raise _unfit(values, "numbers, for charter.yaml says problem_type: regression")
        return Column(role=Role.TARGET, type=ColumnType.NUMBER)
    words = set(_words(values))
    if problem is ProblemType.BINARY and len(words) != 2:
        raise _unfit(values, "two different values, for charter.yaml says problem_type: binary")
    if {word.lower() for word in words} in TRUTHS:
        return Column(role=Role.TARGET, type=ColumnType.BOOLEAN)
    if not 2 <= len(words) <= max(CATEGORIES, len(values) // 50):
        raise _unfit(values, "a few different classes")
    return Column(role=Role.TARGET, type=ColumnType.CATEGORY, allowed=tuple(sorted(words)))


def _unfit(values: pd.Series, expected: str) -> LifecycleError:
    some = ", ".join(sorted(set(_words(values)))[:5])
    return LifecycleError(
        f"the target {values.name!r} has {values.nunique()} different values, such as {some}",
        expected=expected,
        next_step="correct `target` in config/data.yaml, or `problem_type` in config/charter.yaml",
    )


def _words(values: pd.Series) -> list[str]:
    """Give the different values as text, whole numbers without their decimal point."""
    present = values.dropna()
    if types.is_float_dtype(present.dtype) and bool((present == present.round()).all()):
        present = present.astype("int64")
    return [str(value) for value in present.unique()]


def _kind(values: pd.Series) -> ColumnType:
    if types.is_bool_dtype(values.dtype):
        return ColumnType.BOOLEAN
    if types.is_datetime64_any_dtype(values.dtype):
        return ColumnType.TIMESTAMP
    if types.is_float_dtype(values.dtype):
        return ColumnType.NUMBER
    return ColumnType.INTEGER if types.is_integer_dtype(values.dtype) else ColumnType.CATEGORY


def _bounds(values: pd.Series, kind: ColumnType) -> tuple[float | None, float | None]:
    """Widen the range seen; what was never negative stays so."""
    if kind not in (ColumnType.INTEGER, ColumnType.NUMBER):
        return None, None
    seen = values[np.isfinite(values.astype("float64"))]
    low, high = float(seen.min()), float(seen.max())
    slack = SLACK * ((high - low) or abs(high) or 1.0)
    lower, upper = low - slack, high + slack
    if kind is ColumnType.INTEGER:
        lower, upper = np.floor(lower), np.ceil(upper)
    return (0.0 if low >= 0 > lower else float(f"{lower:.6g}")), float(f"{upper:.6g}")


def _role(values: pd.Series, kind: ColumnType) -> Role:
    share = values.nunique() / len(values)
    counter = kind is ColumnType.INTEGER and values.is_monotonic_increasing and counts_up(values)
    if share == 1 and (kind is ColumnType.CATEGORY or counter):
        return Role.KEY
    text = kind is ColumnType.CATEGORY and share > UNIQUE
    return Role.IGNORED if text or kind is ColumnType.TIMESTAMP else Role.FEATURE
