"""Each column is checked by its type and bounds, and what does not fit is named by column, row and reason."""

from typing import Any

import numpy as np
import pytest

from tasks.scoring import ColumnContract
from tasks.strict import BadRows, Checker, checker_of

COLUMNS = (
    ColumnContract("n", "number", True, minimum=-1.0, maximum=10.0),
    ColumnContract("i", "integer", True),
    ColumnContract("c", "category", True, allowed=("a", "ü")),
    ColumnContract("t", "timestamp", True),
    ColumnContract("s", "category", True),
)
EMPTY: dict[str, Any] = dict.fromkeys("nicts")


@pytest.fixture(scope="module")
def checker() -> Checker:
    return checker_of(COLUMNS, most_rows=3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": 10.5}, "column 'n', row 1: outside -1 to 10"),
        ({"n": -2}, "column 'n', row 1: outside -1 to 10"),
        ({"n": float("inf")}, "column 'n', row 1: not a finite number"),
        ({"n": float("nan")}, "column 'n', row 1: not a finite number"),
        ({"n": 10**400}, "column 'n', row 1: not a finite number"),
        ({"i": 2**53 + 1}, "column 'i', row 1: outside"),
        ({"i": 10**400}, "column 'i', row 1: outside"),
        ({"c": "b"}, "column 'c', row 1: none of the categories"),
        ({"s": "\ud800"}, "column 's', row 1: half of a character"),
        ({"t": "2013-02-30"}, "column 't', row 1: no time"),
        ({"t": "0001-01-01"}, "column 't', row 1: no time"),
        ({"t": "9999-12-31T23:59:59-12:00"}, "column 't', row 1: no time"),
        ({"t": "2013-W01-1"}, "column 't', row 1: no time"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_value_that_does_not_fit_is_named(checker: Checker, change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRows) as refused:
        checker.of_records([EMPTY, EMPTY | change])
    assert words in refused.value.seen


@pytest.mark.parametrize("change", [{"n": -1}, {"n": 10.0}, {"i": -(2**53)}, {"c": "ü"}, {"s": "🚀"}], ids=ascii)
def test_a_value_at_its_bound_fits(checker: Checker, change: dict[str, Any]) -> None:
    (name,) = change
    assert checker.of_records([EMPTY | change])[name] == [change[name]]


def test_times_are_told_in_utc(checker: Checker) -> None:
    texts = ["2013-01-01T02:00:00+02:00", "2013-01-01", None]
    found = checker.of_records([EMPTY | {"t": text} for text in texts])["t"]
    np.testing.assert_array_equal(found, np.array(["2013-01-01", "2013-01-01", "NaT"], dtype="datetime64[us]"))


def test_a_refusal_names_five_columns_at_most() -> None:
    columns = tuple(ColumnContract(f"c{number}", "number", False) for number in range(50))
    with pytest.raises(BadRows) as refused:
        checker_of(columns, most_rows=1).of_records([{f"c{number}": "x" for number in range(50)}])
    assert refused.value.seen.startswith("50 columns do not fit") and refused.value.seen.count("column '") == 5


def test_the_three_ways_in_give_the_same_columns(checker: Checker) -> None:
    rows = [EMPTY | {"n": 1.0, "s": "x"}, EMPTY | {"i": 2}]
    names = list("nicts")
    by_record = checker.of_records(rows)
    by_row = checker.of_rows(names, [[row[name] for name in names] for row in rows])
    by_column = checker.of_columns({name: [row[name] for row in rows] for name in names})
    for name in names:
        np.testing.assert_array_equal(by_record[name], by_row[name])
        np.testing.assert_array_equal(by_record[name], by_column[name])
