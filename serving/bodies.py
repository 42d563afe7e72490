"""The bodies of MLflow's scoring protocol, JSON and CSV, as columns that the contract's checks have let through."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from serving.refusals import Refusal, bad_json, bad_rows
from tasks.files import parse_json
from tasks.scoring import BadRows
from tasks.strict import Checker

SHAPES = "dataframe_split, dataframe_records, instances or inputs, and nothing beside it"
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
TRUTHS = {"true": True, "false": False, "1": True, "0": False}
JSON, CSV = "application/json", "text/csv"


def read_columns(body: bytes, kind: str, checker: Checker) -> dict[str, Any]:
    """Give the checked columns of a request's body (Refusal)."""
    try:
        return _of_csv(body, checker) if kind == CSV else _of_json(read_json(body), checker)
    except BadRows as bad:
        raise bad_rows(bad.seen, bad.expected) from None


def content_kind(content_type: bytes, encoding: bytes) -> str:
    """Say which kind of body is announced; JSON where nothing is (Refusal)."""
    name, _, rest = content_type.decode("latin-1").lower().partition(";")
    charset = rest.strip().removeprefix("charset=").strip('"')
    kind = name.strip() or JSON
    if kind in (JSON, CSV) and charset in ("", "utf-8", "header=present", "header=present; charset=utf-8"):
        if encoding.lower() in (b"", b"identity"):
            return kind
        raise Refusal(415, "wrong_content", "the body is compressed", "a body as it is")
    raise Refusal(415, "wrong_content", "the body is of another kind", f"{JSON} or {CSV}, in UTF-8")


def read_json(body: bytes) -> Any:
    """Read strict JSON (Refusal)."""
    try:
        body.decode("utf-8")  # json would guess UTF-16 and UTF-32 too
        if body[:1] in b"\xef\x00":
            raise ValueError("a mark of byte order, or another encoding")
        return parse_json(body)
    except ValueError:
        raise bad_json("the body is not JSON as expected: broken, too deep, a key twice, NaN or Infinity") from None


def _of_json(value: Any, checker: Checker) -> dict[str, Any]:
    if type(value) is not dict or len(value) != 1:
        raise bad_rows("the body has another shape", f"one object with {SHAPES}")
    match value:
        case {"dataframe_split": dict(split)}:
            return _of_split(split, checker)
        case {"dataframe_records": list(records)} | {"instances": list(records)} | {"inputs": list(records)}:
            return checker.of_records(records)
        case {"inputs": dict(columns)} | {"instances": dict(columns)}:
            return checker.of_columns(columns)
    raise bad_rows("the body has another shape", f"one object with {SHAPES}")


def _of_split(split: dict[str, Any], checker: Checker) -> dict[str, Any]:
    """MLflow's client sends the index of a frame beside it; it says nothing to the model, and is counted only."""
    index, rows = split.get("index"), split.get("data")
    if not {"columns", "data"} <= split.keys() <= {"columns", "data", "index"}:
        raise bad_rows("dataframe_split has other keys", "columns, data and perhaps index")
    if "index" in split and not (type(index) is list and type(rows) is list and len(index) == len(rows)):
        raise bad_rows("index has another length than data", "one value a row, or no index")
    return checker.of_rows(split["columns"], rows)


def _of_csv(body: bytes, checker: Checker) -> dict[str, Any]:
    try:
        text = body.decode("utf-8")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (ValueError, csv.Error):
        raise Refusal(400, "bad_csv", "the body is not CSV", "a header and rows, separated by commas, UTF-8") from None
    names, rows = (lines[0], lines[1:]) if lines else ([], [])
    kinds = {column.name: _FROM_TEXT.get(column.type, _text) for column in checker.columns}
    if "\x00" in text or len(rows) > checker.most_rows:
        raise bad_rows("too many rows, or a NUL", f"at most {checker.most_rows} rows")
    readers = [kinds.get(name, _text) for name in names]
    typed = [[read(cell) for read, cell in zip(readers, row, strict=False)] + row[len(readers) :] for row in rows]
    return checker.of_rows(names, typed)


def _text(cell: str) -> Any:
    return cell or None


def _truth(cell: str) -> Any:
    return TRUTHS.get(cell.lower(), cell) if cell else None


def _number(cell: str) -> Any:
    return float(cell) if NUMBER.fullmatch(cell) else _text(cell)


def _whole(cell: str) -> Any:
    return int(cell) if re.fullmatch(r"[+-]?\d{1,20}", cell, re.ASCII) else _text(cell)


_FROM_TEXT: dict[str, Callable[[str], Any]] = {"boolean": _truth, "number": _number, "integer": _whole}
