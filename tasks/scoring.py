"""Rows in, answers out: the one definition that training's golden rows, the server and batch scoring share."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Column, ColumnType, Data
from tasks.features import TRUTHS, feature_schema, typed_frame
from tasks.strict import BadRows, Checker, checker_of

__all__ = [
    "Answer",
    "BadRows",
    "ColumnContract",
    "Contract",
    "Golden",
    "answers",
    "contract_of",
    "frame_of",
    "largest_difference",
    "make_golden",
    "row_checker",
    "score",
    "to_frame",
    "to_records",
    "typed_frame",
]  # fmt: skip

MOST_ROWS = 1_000
TOLERANCE = 1e-9  # the same sums in another order differ in their last digits
Answer = dict[str, Any]


@dataclass(frozen=True)
class ColumnContract:
    """A column of a request: its name, its type in the data contract, whether it may be missing, and its bounds."""

    name: str
    type: str
    nullable: bool
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] | None = None

    @classmethod
    def read(cls, value: dict[str, Any]) -> "ColumnContract":
        """Rebuild a column from its JSON."""
        allowed = value.get("allowed")
        return cls(**{**value, "allowed": None if allowed is None else tuple(allowed)})


@dataclass(frozen=True)
class Contract:
    """What a packaged model takes and gives."""

    model: str
    run_id: str
    problem: str
    labels: tuple[str, ...]
    threshold: float | None
    columns: tuple[ColumnContract, ...]
    schema: int = 1

    @classmethod
    def read(cls, value: dict[str, Any]) -> "Contract":
        """Rebuild a contract from its JSON."""
        columns = tuple(ColumnContract.read(column) for column in value["columns"])
        return cls(**{**value, "columns": columns, "labels": tuple(value["labels"])})

    @property
    def names(self) -> list[str]:
        """The columns, in the model's order."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class Golden:
    """Rows with the answers that the model gave when it was packaged."""

    columns: tuple[str, ...]
    data: tuple[tuple[Any, ...], ...]
    expected: tuple[Answer, ...]
    tolerance: float = TOLERANCE
    schema: int = 1

    @classmethod
    def read(cls, value: dict[str, Any]) -> "Golden":
        """Rebuild golden rows from their JSON."""
        rows = tuple(tuple(row) for row in value["data"])
        tolerance = float(value.get("tolerance", TOLERANCE))
        return cls(tuple(value["columns"]), rows, tuple(value["expected"]), tolerance, value["schema"])

    @property
    def records(self) -> list[dict[str, Any]]:
        """The rows as a request carries them."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.data]


def contract_of(data: Data, **about: Any) -> Contract:
    """Describe what a model of these columns takes: the features of the data contract."""
    columns = tuple(_column(name, kind, data.columns[name]) for name, kind in feature_schema(data).items())
    return Contract(columns=columns, **about)


def _column(name: str, kind: str, its: Column) -> ColumnContract:
    return ColumnContract(name, kind, its.max_missing > 0, its.minimum, its.maximum, its.allowed)


def to_records(rows: pd.DataFrame, contract: Contract) -> list[dict[str, Any]]:
    """Turn rows of data into the JSON records of a request: missing values are null, times are ISO text."""
    kinds = [ColumnType(column.type) for column in contract.columns]
    return [
        {name: _to_json(value, kind) for name, kind, value in zip(contract.names, kinds, row, strict=True)}
        for row in rows[contract.names].itertuples(index=False, name=None)
    ]


def _to_json(value: Any, kind: ColumnType) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    match kind:
        case ColumnType.TIMESTAMP:
            return pd.Timestamp(value).isoformat()
        case ColumnType.BOOLEAN:
            return TRUTHS[str(value).lower()] == 1.0
        case ColumnType.INTEGER | ColumnType.NUMBER:
            return int(value) if kind is ColumnType.INTEGER else float(value)
        case _:
            return str(value)


def to_frame(records: Any, contract: Contract) -> pd.DataFrame:
    """Check records strictly and give them the types that the model knows (BadRows)."""
    return frame_of(row_checker(contract).of_records(records), contract)


def frame_of(columns: dict[str, Any], contract: Contract) -> pd.DataFrame:
    """Give checked columns the types that the model knows, as one frame in the model's order."""
    series = {n: pd.Series(values, dtype=getattr(values, "dtype", object)) for n, values in columns.items()}
    return typed_frame(pd.DataFrame(series), {column.name: column.type for column in contract.columns})


@functools.lru_cache(maxsize=8)
def row_checker(contract: Contract, most_rows: int = MOST_ROWS) -> Checker:
    """Give the checks of a contract's columns."""
    return checker_of(contract.columns, most_rows=most_rows)


def score(estimator: Any, rows: pd.DataFrame, contract: Contract) -> list[Answer]:
    """Answer each row: a value; or a label with the probability of each (binary: of the case)."""
    if contract.problem == "regression":
        return answers(np.asarray(estimator.predict(rows), dtype=float).reshape(-1, 1), contract)
    return answers(np.asarray(estimator.predict_proba(rows), dtype=float), contract)


def answers(probabilities: NDArray[np.float64], contract: Contract) -> list[Answer]:
    """Put figures into words: of values, shape (rows, 1), or probabilities, shape (rows, classes)."""
    if contract.problem == "regression":
        return [{"value": value} for value in probabilities[:, 0].tolist()]
    if contract.problem == "binary":
        threshold = 0.5 if contract.threshold is None else contract.threshold
        return [{"positive": p >= threshold, "probability": p} for p in probabilities[:, -1].tolist()]
    return [
        {
            "label": contract.labels[int(row.argmax())],
            "probabilities": dict(zip(contract.labels, map(float, row), strict=True)),
        }
        for row in probabilities
    ]


def make_golden(estimator: Any, rows: pd.DataFrame, contract: Contract, *, tolerance: float = TOLERANCE) -> Golden:
    """Record what the model answers to rows of data, after the way through JSON that a request takes."""
    records = to_records(rows[contract.names], contract)
    expected = score(estimator, to_frame(records, contract), contract)
    return Golden(tuple(contract.names), tuple(tuple(r.values()) for r in records), tuple(expected), tolerance)


def largest_difference(expected: Sequence[Answer], answers: Sequence[Answer]) -> float:
    """Give the largest difference between two lists of answers; another label, shape or NaN is infinite."""
    if len(expected) != len(answers):
        return math.inf
    return max((_difference(a, b) for a, b in zip(expected, answers, strict=True)), default=math.inf)


def _difference(a: Any, b: Any) -> float:
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return max(_difference(a[key], b[key]) for key in a)
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) if math.isfinite(a) and math.isfinite(b) else math.inf
    return 0.0 if type(a) is type(b) and a == b else math.inf
