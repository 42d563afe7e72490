"""A batch's rows are held against the contract by the column: what fits is kept, what does not is named."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from config.errors import LifecycleError
from tasks.conformity import check


def column(kind: str, *, nullable: bool = False, **bounds: Any) -> Any:
    told = {"minimum": None, "maximum": None, "allowed": None} | bounds
    return SimpleNamespace(name="c", type=kind, nullable=nullable, **told)


def contract(*columns: Any) -> Any:
    return SimpleNamespace(columns=columns, names=[one.name for one in columns])


NUMBER, WHOLE, TRUTH, TEXT, TIME = (column(kind) for kind in ("number", "integer", "boolean", "category", "timestamp"))
BOUND = column("number", minimum=0, maximum=10)
GOOD: list[Any] = [
    pytest.param(NUMBER, [1.5, -2.0], id="numbers"),
    pytest.param(NUMBER, ["1.5", "1e3"], id="numbers as text"),
    pytest.param(WHOLE, [1, 2], id="whole numbers"),
    pytest.param(WHOLE, ["1", "2.0"], id="whole numbers as text"),
    pytest.param(TRUTH, [True, False], id="truths"),
    pytest.param(TRUTH, ["true", "0"], id="truths as text"),
    pytest.param(TEXT, ["NA", ""], id="text that is no missing value"),
    pytest.param(TEXT, [7, 8], id="numbers that are names"),
    pytest.param(column("category", allowed=("a",)), ["a"], id="an allowed category"),
    pytest.param(TIME, ["2013-09-01T12:00:00Z", "2013-09-01"], id="times as text"),
    pytest.param(BOUND, [0, 10.0], id="at the bounds"),
    pytest.param(column("number", nullable=True), [None, 1.0], id="a missing value where there may be one"),
]


@pytest.mark.parametrize(("its", "values"), GOOD)
def test_what_fits_is_kept(its: Any, values: list[Any]) -> None:
    found = check(pa.table({"c": pa.array(values)}), contract(its))
    assert (found.faults, found.fits.all(), len(found.columns["c"])) == ((), True, len(values))


BAD: list[Any] = [
    pytest.param(NUMBER, ["1", "one"], "not a number", id="a word"),
    pytest.param(NUMBER, ["1", "nan"], "not a number", id="the word nan"),
    pytest.param(NUMBER, ["1", " 1"], "not a number", id="a space before it"),
    pytest.param(NUMBER, ["1", "inf"], "not a finite number", id="the word inf"),
    pytest.param(NUMBER, [1.0, np.inf], "not a finite number", id="infinity"),
    pytest.param(NUMBER, [1.0, None], "missing", id="a missing number"),
    pytest.param(NUMBER, [1.0, np.nan], "missing", id="a number that is none"),
    pytest.param(WHOLE, [1.0, 1.5], "not a whole number", id="half a number"),
    pytest.param(WHOLE, [1, 2**60], "beyond", id="a number that floats do not hold"),
    pytest.param(TRUTH, ["true", "maybe"], "neither", id="neither true nor false"),
    pytest.param(TEXT, ["a", None], "missing", id="a missing category"),
    pytest.param(TEXT, ["a", "a" * 10_001], "characters", id="a very long text"),
    pytest.param(column("category", allowed=("a",)), ["a", "b"], "categories", id="a category that is not allowed"),
    pytest.param(TIME, ["2013-09-01", "yesterday"], "ISO 8601", id="no time"),
    pytest.param(TIME, ["2013-09-01", "1500-01-01"], "a year|ISO 8601", id="a time too far away"),
    pytest.param(BOUND, [0, -0.1], "outside 0 to 10", id="below the bounds"),
    pytest.param(BOUND, [0, 10.1], "outside 0 to 10", id="above the bounds"),
]


@pytest.mark.parametrize(("its", "values", "words"), BAD)
def test_the_second_row_is_refused(its: Any, values: list[Any], words: str) -> None:
    found = check(pa.table({"c": pa.array(values)}), contract(its))
    assert [(fault.row, fault.column) for fault in found.faults] == [(1, "c")]
    assert any(word in found.faults[0].reason for word in words.split("|"))
    assert (found.fits.tolist(), len(found.columns["c"])) == ([True, False], 1)


def test_a_row_with_two_faults_is_named_twice_and_counted_once() -> None:
    other = SimpleNamespace(**{**vars(NUMBER), "name": "d"})
    found = check(pa.table({"c": ["x", "1"], "d": ["y", "1"]}), contract(NUMBER, other))
    assert [fault.column for fault in found.faults] == ["c", "d"]
    assert found.fits.tolist() == [False, True]


def test_a_missing_column_refuses_the_input() -> None:
    with pytest.raises(LifecycleError, match="1 of 1 columns are not in the input: c"):
        check(pa.table({"other": [1]}), contract(NUMBER))


UNREADABLE: list[Any] = [
    pytest.param(NUMBER, pa.array([[1.0], [2.0]]), "list<item: double>, which cannot be read as number", id="lists"),
    pytest.param(NUMBER, pa.array([0, 1], pa.timestamp("s")), "timestamp", id="times for numbers"),
    pytest.param(TEXT, pa.array([b"\xff", b"a"]), "binary", id="bytes that are no text"),
    pytest.param(TIME, pa.array([b"\xff", b"a"]), "binary", id="bytes that are no time"),
    pytest.param(TRUTH, pa.array([{"a": 1}]), "struct", id="structures"),
    pytest.param(
        TEXT, pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a", "a"])), "dictionary", id="a word twice"
    ),
]


@pytest.mark.parametrize(("its", "values", "words"), UNREADABLE)
def test_a_column_that_cannot_be_read_at_all_refuses_the_input(its: Any, values: pa.Array, words: str) -> None:
    with pytest.raises(LifecycleError, match=words) as caught:
        check(pa.table({"c": values}), contract(its))
    assert caught.value.expected and caught.value.next_step


def test_times_in_another_zone_are_the_same_instant() -> None:
    typed = pa.array([datetime(2013, 9, 1, 12, tzinfo=UTC)], pa.timestamp("us", tz="America/New_York"))
    found = check(pa.table({"c": typed}), contract(TIME)).columns["c"]
    assert found[0] == np.datetime64("2013-09-01T12:00:00")
