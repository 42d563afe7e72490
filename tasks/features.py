"""What a model reads: the contract's columns as one frame, and the preprocessing that goes into its Pipeline.

Everything learned from data lives inside the Pipeline. Add a transformer here; list its type in tasks/estimators.py.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from config.errors import ConfigError, LifecycleError
from config.settings import ColumnType, Data, ProblemType

NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN)
MOST_CATEGORIES = 254  # histogram gradient boosting keeps a bin for missing values
RARE = 20
TRUTHS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}


def feature_schema(data: Data) -> dict[str, str]:
    """Name the features and their types, in the contract's order; ConfigError when there is none."""
    if not data.features:
        raise ConfigError(
            "no column of config/data.yaml is a feature",
            expected="at least one column with role 'feature' that is known at prediction time",
            next_step="mark the columns a model may read with `role: feature`",
        )
    return {name: data.columns[name].type.value for name in data.features}


def feature_frame(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Give the features of rows as a frame in the contract's order and types: float, text or UTC time."""
    return typed_frame(rows, feature_schema(data))


def typed_frame(rows: pd.DataFrame, schema: dict[str, str]) -> pd.DataFrame:
    """Give named columns of rows in the types of a schema; a missing or unreadable column is a LifecycleError."""
    if absent := [name for name in schema if name not in rows.columns]:
        raise LifecycleError(
            f"{len(absent)} of {len(schema)} columns are not in the rows: {', '.join(absent[:5])}",
            expected=f"the columns of config/data.yaml: {', '.join(list(schema)[:5])}…",
            next_step="correct the rows, or config/data.yaml",
        )
    return pd.DataFrame({name: _typed(rows[name], ColumnType(kind)) for name, kind in schema.items()})


def _typed(values: "pd.Series", kind: ColumnType) -> "pd.Series":
    try:
        match kind:
            case ColumnType.CATEGORY:
                return values.astype("str")
            case ColumnType.TIMESTAMP:
                return pd.to_datetime(values, utc=True)
            case ColumnType.BOOLEAN if values.dtype != bool:
                return values.astype("str").str.lower().map(TRUTHS).astype(float)
            case _:
                return values.astype(float)
    except (ValueError, TypeError) as error:
        raise LifecycleError(
            f"column {values.name!r} cannot be read as {kind}: {error}", expected=f"values of type {kind}"
        ) from error


def target_values(rows: pd.DataFrame, data: Data, problem: ProblemType) -> NDArray[np.generic]:
    """Give the target, shape (rows,): 1 for the case and 0 else, the label as text, or the number."""
    if data.target not in rows.columns:
        raise LifecycleError(f"the rows have no column {data.target!r}", expected="the target of config/data.yaml")
    values = rows[data.target]
    if values.isna().any():
        raise LifecycleError(f"{int(values.isna().sum())} rows have no target", expected="a target in every row")
    if problem is ProblemType.REGRESSION:
        return _typed(values, ColumnType.NUMBER).to_numpy(dtype=float)
    labels = values.astype("str").to_numpy(dtype=object)
    if problem is ProblemType.MULTICLASS:
        return labels
    return (labels == positive_label(labels, data)).astype(np.int64)


def positive_label(labels: NDArray[np.generic], data: Data) -> str:
    """Say which label is the case: the configured one, else the last in order ("1", "True", "yes")."""
    seen = sorted({str(label) for label in labels})
    positive = data.positive if data.positive is not None else seen[-1]
    if len(seen) > 2 or len(set(seen) | {positive}) > 2:
        raise ConfigError(
            f"the binary target {data.target!r} holds {', '.join(seen[:5])}; positive is {positive!r}",
            expected="two labels, one of them named as `positive`",
            next_step="correct `positive` in config/data.yaml or `problem_type` in config/charter.yaml",
        )
    return positive


class CalendarParts(TransformerMixin, BaseEstimator):
    """Turn times into hour of day, day of week and month: what repeats, never what only grows."""

    def fit(self, times: pd.DataFrame, y: object = None) -> "CalendarParts":
        """Remember the columns."""
        self.feature_names_in_ = np.asarray(times.columns, dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        return self

    def transform(self, times: pd.DataFrame) -> NDArray[np.float64]:
        """Give three numbers for each time, shape (rows, 3 × columns)."""
        parts = [(t.dt.hour + t.dt.minute / 60, t.dt.weekday, t.dt.month) for _, t in times.items()]
        return np.column_stack([np.asarray(p, dtype=float) for three in parts for p in three])

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Name them."""
        return np.array(
            [f"{n}_{p}" for n in self.feature_names_in_ for p in ("hour", "weekday", "month")], dtype=object
        )


def preprocessing(schema: dict[str, str], *, kind: Literal["linear", "tree"]) -> ColumnTransformer:
    """Make the preprocessing of a family: scaled, filled and one-hot for linear models, ordinal codes for trees."""
    numbers = [n for n, t in schema.items() if t in NUMBERS]
    categories, times = columns_of(schema, "category"), columns_of(schema, "timestamp")
    steps = {"categories": (_categories(kind), categories), "numbers": (_numbers(kind), numbers)}
    steps["times"] = (_times(kind), times)
    return ColumnTransformer(
        [(name, step, columns) for name, (step, columns) in steps.items() if columns], verbose_feature_names_out=False
    )


@dataclass(frozen=True)
class Reading:
    """How a fitted pipeline reads its rows: the types of its steps, and the columns that the first one uses."""

    steps: list[str]
    preprocessing: bool
    reads: list[str]


def reading_of(pipeline: Pipeline) -> Reading:
    """Say whether a pipeline begins with fitted preprocessing, and which columns that one reads."""
    steps = [type(step).__name__ for _, step in pipeline.steps]
    first = pipeline.steps[0][1]
    if not isinstance(first, ColumnTransformer) or len(steps) < 2 or not hasattr(first, "transformers_"):
        return Reading(steps, False, [])
    names = list(getattr(first, "feature_names_in_", range(first.n_features_in_)))
    used = [columns for _, step, columns in first.transformers_ if not (isinstance(step, str) and step == "drop")]
    read = {str(column if isinstance(column, str) else names[column]) for columns in used for column in columns}
    return Reading(steps, True, sorted(read))


def columns_of(schema: dict[str, str], kind: str) -> list[str]:
    """List the columns of one type."""
    return [name for name, its in schema.items() if its == kind]


def _categories(kind: str) -> BaseEstimator:
    if kind == "linear":
        return OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE)
    return OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        max_categories=MOST_CATEGORIES,
    )


def _numbers(kind: str) -> BaseEstimator | str:
    if kind == "tree":
        return "passthrough"
    return Pipeline([("fill", SimpleImputer(strategy="median", keep_empty_features=True)), ("scale", StandardScaler())])


def _times(kind: str) -> BaseEstimator:
    if kind == "tree":
        return CalendarParts()
    return Pipeline([("parts", CalendarParts()), ("numbers", _numbers(kind))])


def row_fingerprints(rows: pd.DataFrame, schema: dict[str, str]) -> NDArray[np.uint64]:
    """Give a 64-bit fingerprint for each row over named columns: the same values, the same fingerprint, any order."""
    frame = typed_frame(rows, schema)
    return np.asarray(pd.util.hash_pandas_object(frame, index=False, categorize=True), dtype=np.uint64)


def identity_schema(data: Data) -> dict[str, str]:
    """Name the columns that tell rows apart: keys, time and features, in order of name."""
    names = {*data.key_columns, *data.features, *((data.time_column,) if data.time_column else ())}
    return {name: data.columns[name].type.value for name in sorted(names)}
