"""The preprocessing of a fitted pipeline on plain arrays: what it learned is asked of it, and no frame is built."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from config.errors import LifecycleError
from tasks.features import CalendarParts

Matrix = NDArray[np.float64]
Columns = Mapping[str, Any]  # a column's name -> its values: a list, an array, or a pandas.Categorical
STRANGE = "\x00 no category is called so"
MONDAY = 3  # the first of January 1970 was a Thursday


class NoArrayForm(LifecycleError):
    """The preprocessing has a step that has no form on plain arrays; the pipeline itself answers."""


@dataclass(frozen=True, eq=False)
class Categories:
    """A column of categories: the matrix rows of each known one, of any other, and of a missing one."""

    column: str
    rows: Mapping[Any, int]  # category, or None where it is missing
    table: Matrix  # (known + 2, width)

    @property
    def width(self) -> int:
        """How many columns of the matrix it fills."""
        return int(self.table.shape[1])

    def encode(self, columns: Columns) -> Matrix:
        """Look the values up, shape (rows, width)."""
        values, strange = columns[self.column], len(self.table) - 2
        if isinstance(values, pd.Categorical):
            known = [self.rows.get(value, strange) for value in values.categories]
            return self.table[np.array([*known, len(self.table) - 1])[values.codes]]  # the code of a missing one is -1
        return self.table[[self.rows.get(value, strange) for value in values]]


@dataclass(frozen=True, eq=False)
class Scale:
    """How numbers are filled where they are missing, then moved and scaled; each of shape (columns,)."""

    fill: Matrix
    mean: Matrix
    by: Matrix

    def apply(self, block: Matrix) -> Matrix:
        """Give the same numbers as SimpleImputer and StandardScaler, in their order of operations."""
        return (np.where(np.isnan(block), self.fill, block) - self.mean) / self.by


@dataclass(frozen=True, eq=False)
class Numbers:
    """Columns of numbers, as they are or scaled."""

    columns: tuple[str, ...]
    scale: Scale | None

    @property
    def width(self) -> int:
        """How many columns of the matrix they fill."""
        return len(self.columns)

    def encode(self, columns: Columns) -> Matrix:
        """Give the values, None as NaN, shape (rows, columns)."""
        block = np.array([columns[name] for name in self.columns], dtype=np.float64).T
        return block if self.scale is None else self.scale.apply(block)


@dataclass(frozen=True, eq=False)
class Times:
    """Columns of times as hour, weekday and month."""

    columns: tuple[str, ...]
    scale: Scale | None

    @property
    def width(self) -> int:
        """How many columns of the matrix they fill."""
        return 3 * len(self.columns)

    def encode(self, columns: Columns) -> Matrix:
        """Give what CalendarParts gives, shape (rows, 3 × columns)."""
        block = np.column_stack([part for name in self.columns for part in _calendar(columns[name])])
        return block if self.scale is None else self.scale.apply(block)


@dataclass(frozen=True, eq=False)
class Encoder:
    """All columns of the matrix that the final estimator reads, in order."""

    parts: tuple[Categories | Numbers | Times, ...]

    @property
    def width(self) -> int:
        """How many columns the matrix has."""
        return sum(part.width for part in self.parts)

    def encode(self, columns: Columns) -> Matrix:
        """Give the matrix of rows, shape (rows, width), bit for bit that of the pipeline."""
        return np.ascontiguousarray(np.hstack([part.encode(columns) for part in self.parts]))


def encoder_of(pipeline: Any) -> Encoder:
    """Make the encoder of a fitted pipeline by asking it about every category that it knows (NoArrayForm)."""
    steps: Any = getattr(pipeline, "steps", ())
    if len(steps) != 2 or not isinstance(steps[0][1], ColumnTransformer):
        raise NoArrayForm("the pipeline is not a ColumnTransformer and an estimator")
    groups = [(step, list(columns)) for _, step, columns in steps[0][1].transformers_ if _is_used(step, columns)]
    _categories_first(steps[1][1], groups)
    parts: list[Categories | Numbers | Times] = []
    for step, columns in groups:
        parts += _parts(step, columns, pipeline, groups, begin=sum(part.width for part in parts))
    return Encoder(tuple(parts))


def matrix_of(pipeline: Any, frame: pd.DataFrame) -> Matrix:
    """Give the matrix that the trees or weights of a fitted pipeline read, by the pipeline's own way."""
    features, model = pipeline.steps[0][1], pipeline.steps[1][1]
    matrix = features.transform(frame)
    matrix = matrix.toarray() if hasattr(matrix, "toarray") else np.asarray(matrix)
    if getattr(model, "_preprocessor", None) is not None:  # histogram gradient boosting encodes categories once more
        matrix = model._preprocessor.transform(matrix)
    return np.asarray(matrix, dtype=np.float64)


def columns_of_frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Give the columns of a typed frame (tasks.features.typed_frame) as an encoder reads them."""
    return {str(name): _values(frame[name]) for name in frame.columns}


def _values(column: "pd.Series") -> Any:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    return column.to_numpy(dtype=np.float64) if pd.api.types.is_float_dtype(column) else pd.Categorical(column)


def _is_used(step: Any, columns: Sequence[Any]) -> bool:
    return not (isinstance(step, str) and step == "drop") and len(columns) > 0


def _categories_first(model: Any, groups: list[tuple[Any, list[str]]]) -> None:
    """Histogram gradient boosting moves its categories to the front: they must stand there already (NoArrayForm)."""
    marked = getattr(model, "is_categorical_", None)
    if marked is None:
        return
    leading = [isinstance(step, OrdinalEncoder) for step, columns in groups for _ in columns]
    if list(marked[: sum(marked)]) != leading[: sum(marked)] or not all(marked[: sum(marked)]):
        raise NoArrayForm("the estimator's categories are not the first columns of its matrix")


def _parts(
    step: Any, columns: list[str], pipeline: Any, groups: list[tuple[Any, list[str]]], *, begin: int
) -> list[Categories | Numbers | Times]:
    match step:
        case OrdinalEncoder() | OneHotEncoder():
            return _ask_categories(step, columns, pipeline, groups, begin)
        case FunctionTransformer(func=None) | "passthrough":
            return [Numbers(tuple(columns), None)]
        case CalendarParts():
            return [Times(tuple(columns), None)]
        case Pipeline(steps=[(_, CalendarParts()), (_, Pipeline() as numbers)]):
            return [Times(tuple(columns), _scale(numbers))]
        case Pipeline():
            return [Numbers(tuple(columns), _scale(step))]
    raise NoArrayForm(f"{type(step).__name__} of {', '.join(columns[:5])} has no form on plain arrays")


def _scale(numbers: Pipeline) -> Scale:
    match [step for _, step in numbers.steps]:
        case [SimpleImputer() as fill, StandardScaler(with_mean=True, with_std=True) as scale]:
            return Scale(np.asarray(fill.statistics_, float), np.asarray(scale.mean_), np.asarray(scale.scale_))
    raise NoArrayForm("numbers go through other steps than SimpleImputer and StandardScaler")


def _ask_categories(
    step: Any, columns: list[str], pipeline: Any, groups: list[tuple[Any, list[str]]], begin: int
) -> list[Categories | Numbers | Times]:
    found: list[Categories | Numbers | Times] = []
    base = {name: _base_value(its) for its, names in groups for name in names}
    for number, name in enumerate(columns):
        known = [str(value) for value in step.categories_[number] if isinstance(value, str)]
        asked = [*known, STRANGE, None]
        frame = pd.DataFrame({n: pd.Series([v] * len(asked), dtype=_dtype(v)) for n, v in base.items()})
        frame[name] = pd.Series(asked, dtype="str")
        width = 1 if isinstance(step, OrdinalEncoder) else _width(step, number)
        table = matrix_of(pipeline, frame)[:, begin : begin + width]
        found.append(Categories(name, {v: row for row, v in enumerate(asked) if v != STRANGE}, table))
        begin += width
    return found


def _base_value(step: BaseEstimator | str) -> Any:
    """Give a value that a group of columns takes while another column is asked about."""
    if isinstance(step, OrdinalEncoder | OneHotEncoder):
        return STRANGE
    timely = isinstance(step, CalendarParts) or (
        isinstance(step, Pipeline) and isinstance(step.steps[0][1], CalendarParts)
    )
    return pd.Timestamp("2000-01-01", tz="UTC") if timely else 0.0


def _dtype(value: Any) -> str:
    return {str: "str", float: "float64"}.get(type(value), "datetime64[us, UTC]")


def _width(step: OneHotEncoder, number: int) -> int:
    rare = step.infrequent_categories_[number]
    return len(step.categories_[number]) - (0 if rare is None else len(rare) - 1)


def _calendar(values: Any) -> list[Matrix]:
    times = np.asarray(values)
    if times.dtype.kind != "M":
        read = pd.to_datetime(pd.Series(list(values), dtype="object"), utc=True)
        times = read.dt.tz_localize(None).to_numpy()
    minutes = times.astype("datetime64[m]").astype(np.int64)
    months = times.astype("datetime64[M]").astype(np.int64)
    parts = [minutes // 60 % 24 + minutes % 60 / 60, (minutes // 1440 + MONDAY) % 7, months % 12 + 1]
    missing: Callable[[Any], Matrix] = lambda part: np.where(np.isnat(times), np.nan, part)  # noqa: E731
    return [missing(part) for part in parts]
