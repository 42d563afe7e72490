"""Values that go missing where training had them all are told; chance, and what training knows, are not."""

import numpy as np
import pandas as pd
import pytest

from config.settings import Column, ColumnType, Data, Role, Source
from tasks.gaps import risen
from tasks.splitting import Parts

DATA = Data(
    source=Source(reader="csv", licence="CC0-1.0", purpose="tests", owner="tests"),
    columns={
        "temp": Column(type=ColumnType.NUMBER, max_missing=0.05),
        "late": Column(type=ColumnType.BOOLEAN, role=Role.TARGET),
    },
    target="late",
)


def part(rows: int, gaps: int) -> pd.DataFrame:
    values = np.arange(rows, dtype="float64")
    values[:gaps] = np.nan
    return pd.DataFrame({"temp": values, "late": True})


def parts(train: pd.DataFrame, tune: pd.DataFrame, promotion: pd.DataFrame) -> Parts:
    return Parts("time", train, tune, promotion, horizon=pd.Timedelta(0))


@pytest.mark.parametrize(
    ("train", "tune", "promotion", "told"),
    [
        pytest.param(0, 0, 40, ["the promotion part misses 4.0% of temp, the train part none"], id="new rows"),
        pytest.param(0, 40, 0, ["the tune part misses 4.0% of temp, the train part none"], id="tune rows"),
        pytest.param(0, 0, 11, ["the promotion part misses 1.1% of temp, the train part none"], id="just enough"),
        pytest.param(0, 0, 10, [], id="a gap too small to matter"),
        pytest.param(1, 0, 40, [], id="train has learned of gaps"),
        pytest.param(0, 0, 0, [], id="nothing is missing"),
    ],
)
def test_gaps_that_train_never_had(train: int, tune: int, promotion: int, told: list[str]) -> None:
    assert risen(parts(part(4000, train), part(1000, tune), part(1000, promotion)), DATA) == told


def test_a_few_gaps_in_a_small_part_may_be_chance() -> None:
    assert risen(parts(part(40, 0), part(10, 0), part(10, 3)), DATA) == []
