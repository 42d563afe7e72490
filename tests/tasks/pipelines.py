"""Fitted pipelines of each family and problem, with a category and a time among their features; made once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from config.settings import ProblemType
from tasks.estimators import family
from tasks.features import feature_schema, target_values, typed_frame
from tasks.scoring import ColumnContract, Contract
from tests.tasks.problems import parts_of, settings_of


@dataclass(frozen=True, eq=False)
class Made:
    """A fitted pipeline, typed rows that it has not seen, some of them odd, and its contract."""

    pipeline: Any
    rows: pd.DataFrame
    contract: Contract


@lru_cache(maxsize=16)
def made(name: str, problem: ProblemType) -> Made:
    """Fit a family on a problem."""
    one, data, parts = family(name), settings_of(problem).data, parts_of(problem)
    schema = feature_schema(data) | {"seen_at": "timestamp"}
    pipeline = one.build(schema, one.defaults, problem=problem, seed=0)
    pipeline.fit(typed_frame(parts["train"], schema), target_values(parts["train"], data, problem))
    columns = tuple(ColumnContract(column, kind, True) for column, kind in schema.items())
    labels = tuple(str(label) for label in getattr(pipeline, "classes_", ()))
    contract = Contract("model", "run", problem.value, labels, 0.5 if problem is ProblemType.BINARY else None, columns)
    return Made(pipeline, _with_odd_rows(typed_frame(parts["tune"], schema), schema), contract)


def _with_odd_rows(rows: pd.DataFrame, schema: dict[str, str]) -> pd.DataFrame:
    """Put a missing number, an unknown and a missing category, and an infinite value of a kind into the first rows."""
    odd = rows.reset_index(drop=True).copy()
    for name, kind in schema.items():
        if kind == "category":
            odd.loc[0, name], odd.loc[1, name] = "never seen", None
        elif kind == "number":
            odd.loc[2, name], odd.loc[3, name] = np.nan, 1e300
    return odd
