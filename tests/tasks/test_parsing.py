"""Cells become typed columns, and a column that does not fit stays as it came."""

from pathlib import Path

import pandas as pd
import pytest

from config.errors import LifecycleError
from config.settings import Column, ColumnType
from tasks import parsing


@pytest.mark.parametrize(
    ("kind", "cells", "dtype", "misfits"),
    [
        pytest.param("integer", ["1", "2"], "int64", [], id="whole numbers"),
        pytest.param("integer", ["1", None], "float64", [], id="whole numbers with a hole are floats"),
        pytest.param("integer", ["1", "2.5"], "str", ["2.5"], id="a fraction is no integer"),
        pytest.param("integer", ["1", "99999999999999999999"], "str", ["99999999999999999999"], id="beyond 64 bits"),
        pytest.param("number", ["1.5", "NA", "-"], "str", ["-"], id="NA is missing, a dash is not"),
        pytest.param("number", ["1.5", "nan", "inf"], "float64", [], id="infinity is a number to the parser"),
        pytest.param("number", ["1,5", "2"], "str", ["1,5"], id="a decimal comma"),
        pytest.param("category", ["NA", "n/a"], "str", [], id="NA is a country where categories are"),
        pytest.param("timestamp", ["2020-01-01T00:00:00Z", "2020-01-02"], "datetime64[us, UTC]", [], id="ISO times"),
        pytest.param("timestamp", ["2020-13-01"], "str", ["2020-13-01"], id="month thirteen"),
        pytest.param("boolean", ["yes", "NO", "1"], "bool", [], id="words for true and false"),
        pytest.param("boolean", ["yes", "perhaps"], "str", ["perhaps"], id="neither true nor false"),
    ],
)
def test_a_column_is_cast_if_all_of_it_fits(kind: str, cells: list[str], dtype: str, misfits: list[str]) -> None:
    raw = pd.DataFrame({"x": pd.Series(cells, dtype="str")})
    typed = parsing.conform(raw, {"x": Column(type=ColumnType(kind))})["x"]
    assert str(typed.dtype) == dtype
    assert list(typed[parsing.misfits(typed, ColumnType(kind))]) == misfits


def test_columns_come_in_declared_order_and_others_stay() -> None:
    declared = {name: Column(type=ColumnType.CATEGORY) for name in ("a", "é")}
    typed = parsing.conform(pd.DataFrame({"more": ["x"], "e\u0301": ["y"], "a": ["z"]}), declared)
    assert list(typed.columns) == ["a", "é", "more"]


def test_what_nobody_declared_is_inferred() -> None:
    cells = {"i": ["1", "2"], "f": ["1", "NA"], "t": ["2020-01-01", None], "b": ["true", "False"], "s": ["1", "x"]}
    raw = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in cells.items()})
    kinds = {name: str(kind) for name, kind in parsing.infer(raw).dtypes.items()}
    assert kinds == {"i": "int64", "f": "float64", "t": "datetime64[us, UTC]", "b": "bool", "s": "str"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "is empty", id="empty file"),
        pytest.param(b"a,a\n1,2\n", "names a more than once", id="double name"),
        pytest.param("é,e\u0301\n1,2\n".encode(), "more than once", id="names that look the same"),
        pytest.param(b"a,b\n1,2\n3\n", "Expected 2 columns, got 1", id="short row"),
        pytest.param(b"a,b\n1,\xff\n", "UTF8", id="not UTF-8"),
    ],
)
def test_a_broken_file_is_refused_in_words(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(LifecycleError, match=words) as refused:
        parsing.read_csv(path)
    assert refused.value.expected and refused.value.next_step


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa;b\n1;x\n", b"a\tb\r\n1\tx\r\n", b'a,b\n1,"x"\n'])
def test_byte_order_mark_and_other_separators_are_understood(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    assert parsing.read_csv(path).to_dict("list") == {"a": ["1"], "b": ["x"]}
