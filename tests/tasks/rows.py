"""Hand-made rows for the tests of the data room."""

import numpy as np
import pandas as pd

from config.settings import Column, ColumnType, Data, Role, Source
from tasks.splitting import Parts

N = 400
SOURCE = Source(
    reader="csv", path="data/rows.csv", incoming="data/incoming", licence="CC0-1.0", purpose="tests", owner="tests"
)


def columns(**changes: Column) -> dict[str, Column]:
    """Six columns: a key, a time, a number, an integer, a category, a target."""
    plain = {
        "id": Column(role=Role.KEY, type=ColumnType.CATEGORY),
        "when": Column(role=Role.TIME, type=ColumnType.TIMESTAMP),
        "size": Column(type=ColumnType.NUMBER, minimum=-100, maximum=100, max_missing=0.1),
        "count": Column(type=ColumnType.INTEGER, minimum=0, maximum=50),
        "place": Column(type=ColumnType.CATEGORY, allowed=("north", "south")),
        "late": Column(role=Role.TARGET, type=ColumnType.BOOLEAN),
    }
    return plain | changes


def data(**changes: object) -> Data:
    """The declaration of the rows."""
    plain: dict[str, object] = {"source": SOURCE, "columns": columns(), "target": "late", "minimum_rows": 100}
    return Data(**(plain | changes))  # type: ignore[arg-type]


def rows(n: int = N) -> pd.DataFrame:
    """Rows that keep the contract, the same ones each time."""
    random = np.random.default_rng(0)
    size = random.normal(0, 10, n).round(3)
    return pd.DataFrame(
        {
            "id": [f"r{i}" for i in range(n)],
            "when": pd.date_range("2020-01-01", periods=n, freq="h", tz="UTC").as_unit("us"),
            "size": size,
            "count": random.integers(0, 50, n),
            "place": random.choice(["north", "south"], n),
            "late": size + random.normal(0, 10, n) > 0,
        }
    )


def cut(frame: pd.DataFrame, tune: int = 20, promotion: int = 40) -> Parts:
    """Part rows as they come: tune begins at one row, promotion at another."""
    return Parts("time", frame.iloc[:tune], frame.iloc[tune:promotion], frame.iloc[promotion:])
