"""The Great Expectations metric behind the contract's rule on types: can each value be read as its declared type?"""

from typing import Any

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)

from config.settings import ColumnType
from tasks.parsing import is_stored_as, misfits

NAME = "column_values.of_declared_type"


class OfDeclaredType(ColumnMapMetricProvider):
    """Marks the values that fit; where all fit and the storage is another all the same, none does."""

    condition_metric_name = NAME
    condition_value_keys = ("kind",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, kind: str, **_: Any) -> pd.Series:  # noqa: N805 (a class method to GX)
        bad = misfits(column, ColumnType(kind))
        return ~bad if bad.any() else ~bad & is_stored_as(column, ColumnType(kind))
