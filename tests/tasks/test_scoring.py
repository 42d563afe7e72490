"""Rows take one way to the model: strict in, the same answers out, for every kind of problem."""

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor

from config.settings import Column, ColumnType, Data, Role, Source
from tasks import files, scoring
from tasks.scoring import BadRows, ColumnContract, Contract, Golden

KINDS = {"n": "number", "i": "integer", "c": "category", "b": "boolean", "t": "timestamp"}
COLUMNS = tuple(ColumnContract(name, kind, nullable=False) for name, kind in KINDS.items())
GOOD = {"n": 1.5, "i": 3, "c": "JFK", "b": True, "t": "2013-01-01T05:00:00+00:00"}


def contract(problem: str = "binary", labels: tuple[str, ...] = ("0", "1"), threshold: float | None = 0.5) -> Contract:
    return Contract("m", "run", problem, labels, threshold, COLUMNS)


def test_records_get_the_types_of_the_data_contract() -> None:
    frame = scoring.to_frame([GOOD], contract())
    assert list(frame.columns) == list(KINDS)
    assert [frame[name].dtype == float for name in "nib"] == [True, True, True]
    assert frame["c"][0] == "JFK" and frame["t"][0] == pd.Timestamp("2013-01-01 05:00", tz="UTC")


@pytest.mark.parametrize(
    "change",
    [
        {"n": "1.5"},
        {"n": True},
        {"n": math.inf},
        {"n": None},
        {"i": 1.5},
        {"i": True},
        {"i": 2**60},
        {"c": 1},
        {"c": "x" * 10_001},
        {"b": 1},
        {"b": "true"},
        {"t": 0},
        {"t": "yesterday"},
        {"more": 1},
    ],
    ids=lambda change: str(change)[:20],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRows):
        scoring.to_frame([GOOD | change], contract())


@pytest.mark.parametrize("records", [[], [GOOD] * 1001, [1], {"n": 1}, None, [{}]], ids=lambda r: str(r)[:20])
def test_what_is_no_table_is_refused(records: Any) -> None:
    with pytest.raises(BadRows):
        scoring.to_frame(records, contract())


def test_missing_values_pass_where_the_data_may_miss_them() -> None:
    columns = tuple(ColumnContract(name, kind, nullable=True) for name, kind in KINDS.items())
    frame = scoring.to_frame([dict.fromkeys(KINDS), GOOD], Contract("m", "r", "binary", (), None, columns))
    assert frame.iloc[0].isna().all() and not frame.iloc[1].isna().any()


def test_a_row_of_data_comes_through_json_as_it_was() -> None:
    rows = pd.DataFrame(
        {
            "n": [1.25], "i": np.array([3], dtype=np.int32), "c": ["JFK"], "b": [True],
            "t": [pd.Timestamp("2013-01-01 05:00", tz="UTC")],
        }
    )  # fmt: skip
    records = json.loads(json.dumps(scoring.to_records(rows, contract())))
    assert records == [GOOD | {"n": 1.25}]
    pd.testing.assert_frame_equal(
        scoring.to_frame(records, contract()), scoring.typed_frame(rows, KINDS), check_dtype=False
    )


def test_each_kind_of_problem_answers_in_its_own_shape() -> None:
    rows = scoring.to_frame([GOOD], contract())
    labels = np.array(["a", "b", "c"])
    many = DummyClassifier(strategy="prior").fit(np.zeros((4, 1)), labels[[0, 1, 1, 2]])
    two = DummyClassifier(strategy="prior").fit(np.zeros((4, 1)), [0, 0, 0, 1])
    value = DummyRegressor().fit(np.zeros((2, 1)), [1.0, 2.0])
    assert scoring.score(two, rows, contract(threshold=0.2)) == [{"positive": True, "probability": 0.25}]
    assert scoring.score(two, rows, contract(threshold=0.3)) == [{"positive": False, "probability": 0.25}]
    assert scoring.score(value, rows, contract("regression")) == [{"value": 1.5}]
    assert scoring.score(many, rows, contract("multiclass", tuple(labels))) == [
        {"label": "b", "probabilities": {"a": 0.25, "b": 0.5, "c": 0.25}}
    ]


@pytest.mark.parametrize(
    ("a", "b", "difference"),
    [
        ([{"v": 1.0}], [{"v": 1.0}], 0.0),
        ([{"v": 1.0}], [{"v": 1.5}], 0.5),
        ([{"v": 1.0}], [], math.inf),
        ([], [], math.inf),
        ([{"v": 1.0}], [{"w": 1.0}], math.inf),
        ([{"v": 1.0}], [{"v": math.nan}], math.inf),
        ([{"l": "a"}], [{"l": "b"}], math.inf),
        ([{"l": True}], [{"l": 1}], math.inf),
        ([{"p": {"a": 0.5}}], [{"p": {"a": 0.25}}], 0.25),
    ],
)
def test_differences_of_answers(a: Any, b: Any, difference: float) -> None:
    assert scoring.largest_difference(a, b) == difference


def test_contract_and_golden_rows_come_back_from_json() -> None:
    two = DummyClassifier(strategy="prior").fit(np.zeros((4, 1)), [0, 0, 0, 1])
    rows = pd.DataFrame([GOOD]).assign(t=pd.Timestamp("2013-01-01 05:00", tz="UTC"))
    golden = scoring.make_golden(two, rows, contract())
    assert Golden.read(files.parse_json(files.pretty(golden))) == golden
    assert Contract.read(files.parse_json(files.pretty(contract()))) == contract()


def test_the_contract_is_that_of_the_data() -> None:
    source = Source(reader="csv", path="x", licence="l", purpose="p", owner="o")
    columns = {
        "n": Column(type=ColumnType.NUMBER, max_missing=0.1),
        "late": Column(type=ColumnType.NUMBER, known_at_prediction=False),
        "y": Column(type=ColumnType.BOOLEAN, role=Role.TARGET),
    }
    data = Data(source=source, target="y", columns=columns)
    made = scoring.contract_of(data, model="m", run_id="r", problem="binary", labels=("0", "1"), threshold=None)
    assert made.columns == (ColumnContract("n", "number", nullable=True),)
