"""Tests of tasks/features.py."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from config.errors import ConfigError, LifecycleError
from config.settings import Column, Data, ProblemType, Role
from tasks import features
from tests.tasks.problems import parts_of, rows_of, settings_of

DATA = settings_of(ProblemType.BINARY).data


def data_with(**changes: object) -> Data:
    return DATA.model_copy(update=changes)


def frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_features_come_in_the_contracts_order_and_types() -> None:
    rows = rows_of(ProblemType.BINARY)
    given = features.feature_frame(rows[rows.columns[::-1]], DATA)
    assert list(given.columns) == list(DATA.features)
    assert {str(kind) for kind in given.dtypes} == {"float64", "str"}


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        pytest.param([True, False], "boolean", [1.0, 0.0], id="booleans are numbers"),
        pytest.param(["true", None], "boolean", [1.0, np.nan], id="booleans as text, with a gap"),
        pytest.param([1, 2], "integer", [1.0, 2.0], id="integers are numbers"),
        pytest.param([1, 2], "category", ["1", "2"], id="a code is text"),
        pytest.param(["a", None], "category", ["a", np.nan], id="a missing category stays missing"),
    ],
)
def test_a_column_is_read_as_its_type(values: list[object], kind: str, expected: list[object]) -> None:
    seen = features.typed_frame(frame(a=values), {"a": kind})["a"].tolist()
    assert [x if x == x else None for x in seen] == [x if x == x else None for x in expected]


@pytest.mark.parametrize(
    ("rows", "schema", "words"),
    [
        pytest.param(frame(b=[1]), {"a": "number"}, "1 of 1 columns are not in the rows: a", id="missing"),
        pytest.param(frame(a=["x"]), {"a": "number"}, "'a' cannot be read as number", id="not a number"),
        pytest.param(frame(a=["x"]), {"a": "timestamp"}, "'a' cannot be read as timestamp", id="not a time"),
    ],
)
def test_a_column_that_cannot_be_read_is_told(rows: pd.DataFrame, schema: dict[str, str], words: str) -> None:
    with pytest.raises(LifecycleError, match=words):
        features.typed_frame(rows, schema)


@pytest.mark.parametrize(
    ("values", "positive", "problem", "expected"),
    [
        pytest.param([True, False], "True", "binary", [1, 0], id="booleans"),
        pytest.param(["no", "yes"], None, "binary", [0, 1], id="the last label is the case"),
        pytest.param(["no", "yes"], "no", "binary", [1, 0], id="unless another is named"),
        pytest.param([1, 3], None, "multiclass", ["1", "3"], id="classes are text"),
        pytest.param([1, 3], None, "regression", [1.0, 3.0], id="numbers"),
    ],
)
def test_the_target_is_encoded(
    values: list[object], positive: str | None, problem: str, expected: list[object]
) -> None:
    seen = features.target_values(frame(target=values), data_with(positive=positive), ProblemType(problem))
    assert seen.tolist() == expected


@pytest.mark.parametrize(
    ("rows", "positive", "error", "words"),
    [
        pytest.param(frame(x=[1]), None, LifecycleError, "no column 'target'", id="no target"),
        pytest.param(frame(target=["a", None]), None, LifecycleError, "1 rows have no target", id="a gap"),
        pytest.param(frame(target=["a", "b", "c"]), None, ConfigError, "holds a, b, c", id="three labels"),
        pytest.param(frame(target=["a", "b"]), "z", ConfigError, "positive is 'z'", id="a case that is not there"),
    ],
)
def test_a_wrong_target_is_told(
    rows: pd.DataFrame, positive: str | None, error: type[LifecycleError], words: str
) -> None:
    with pytest.raises(error, match=words):
        features.target_values(rows, data_with(positive=positive), ProblemType.BINARY)


def test_no_feature_is_a_configuration_error() -> None:
    bare = {n: c.model_copy(update={"role": Role.IGNORED}) for n, c in DATA.columns.items() if n != "target"}
    with pytest.raises(ConfigError, match="no column"):
        features.feature_schema(data_with(columns=bare | {"target": DATA.columns["target"]}))


def test_times_become_what_repeats() -> None:
    times = pd.DataFrame({"at": pd.to_datetime(["2024-02-05T06:30Z", None], utc=True)})
    parts = features.CalendarParts().fit(times)
    assert parts.transform(times)[0].tolist() == [6.5, 0.0, 2.0]
    assert np.isnan(parts.transform(times)[1]).all()
    assert list(parts.get_feature_names_out()) == ["at_hour", "at_weekday", "at_month"]


@pytest.mark.parametrize("kind", ["linear", "tree"])
def test_unseen_and_missing_values_pass_the_preprocessing(kind: str) -> None:
    columns = {**DATA.columns, "seen_at": Column(type="timestamp")}  # type: ignore[arg-type]
    schema = features.feature_schema(data_with(columns=columns))
    train = features.typed_frame(parts_of(ProblemType.BINARY)["train"], schema)
    odd = train.head(3).copy()
    odd["size"] = ["unseen", None, "large"]
    odd.iloc[0, 0] = np.nan
    odd.loc[odd.index[1], "seen_at"] = pd.NaT
    steps = features.preprocessing(schema, kind=kind).fit(train)  # type: ignore[arg-type]
    given = steps.transform(odd)
    assert given.shape == (3, len(steps.get_feature_names_out()))
    assert kind == "tree" or np.isfinite(given).all()


def test_a_fingerprint_follows_the_values_alone() -> None:
    rows, schema = rows_of(ProblemType.BINARY), features.identity_schema(DATA)
    marks = features.row_fingerprints(rows, schema)
    turned = rows[rows.columns[::-1]].iloc[::-1].astype({"size": "category"})
    assert len(set(marks.tolist())) == len(rows)
    assert features.row_fingerprints(turned, schema)[::-1].tolist() == marks.tolist()


def fitted(*steps: object, rows: pd.DataFrame) -> Pipeline:
    named = [(f"step {number}", step) for number, step in enumerate(steps)]
    return Pipeline(named).fit(rows, np.arange(len(rows)))


@pytest.mark.parametrize(
    ("steps", "preprocessing", "reads"),
    [
        pytest.param(
            (features.preprocessing({"a": "number", "c": "category"}, kind="linear"), Ridge()), True, ["a", "c"],
            id="our preprocessing reads its schema, whatever the frame holds",
        ),
        pytest.param(
            (ColumnTransformer([("a", "passthrough", ["a"])], remainder="passthrough"), DummyRegressor()), True,
            ["a", "b", "c"], id="what is passed through is read",
        ),
        pytest.param(
            (ColumnTransformer([("a", StandardScaler(), ["a"]), ("b", "drop", ["b"])]), Ridge()), True, ["a"],
            id="what is dropped is not",
        ),
        pytest.param((DummyRegressor(),), False, [], id="no preprocessing"),
        pytest.param((StandardScaler().set_output(), DummyRegressor()), False, [], id="a step that names no columns"),
    ],
)  # fmt: skip
def test_a_pipeline_says_what_it_reads(steps: tuple, preprocessing: bool, reads: list[str]) -> None:
    rows = frame(a=[1.0, 2.0], b=[3.0, 4.0], c=["x", "y"])
    given = rows[["a", "b"]] if not preprocessing else rows
    seen = features.reading_of(fitted(*steps, rows=given))
    assert (seen.preprocessing, seen.reads, seen.steps[-1]) == (preprocessing, reads, type(steps[-1]).__name__)
