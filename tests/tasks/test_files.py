"""Files are whole or absent; digests speak of every byte."""

import dataclasses
import math
import os
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import Risk
from tasks import files


@dataclasses.dataclass(frozen=True)
class Point:
    x: float
    when: datetime


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"b": 1, "a": 2}, b'{"a":2,"b":1}', id="keys are sorted"),
        pytest.param(
            Point(1.5, datetime(2026, 1, 2, tzinfo=UTC)),
            b'{"when":"2026-01-02T00:00:00+00:00","x":1.5}',
            id="a dataclass is its fields",
        ),
        pytest.param([np.float64(0.5), np.int64(3), np.bool_(True)], b"[0.5,3,true]", id="numpy scalars are numbers"),
        pytest.param({Risk.HIGH: date(2026, 1, 2)}, b'{"high":"2026-01-02"}', id="enums and dates are words"),
        pytest.param({"b", "a"}, b'["a","b"]', id="a set is sorted"),
        pytest.param("é", '"é"'.encode(), id="text stays as it is"),
    ],
)
def test_canonical_form(value: object, expected: bytes) -> None:
    assert files.canonical(value) == expected


@pytest.mark.parametrize("bad", [math.nan, math.inf, datetime(2026, 1, 1)], ids=["nan", "infinity", "no time zone"])  # noqa: DTZ001
def test_what_json_does_not_know_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        files.canonical({"x": bad})


@pytest.mark.parametrize(
    "data",
    [b'{"a":1,"a":2}', b'{"a":NaN}', b"[1]", b"", b'{"a":', b'{"a":' * 100_000, b"\xff"],
    ids=["duplicate key", "NaN", "a list", "empty", "cut", "too deep", "not text"],
)
def test_a_broken_file_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.json").write_bytes(data)
    with pytest.raises(LifecycleError, match=r"x\.json"):
        files.read_json(tmp_path / "x.json")


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(LifecycleError, match="is not there"):
        files.read_json(tmp_path / "none.json")


def test_writing_replaces_and_leaves_no_leftovers(tmp_path: Path) -> None:
    for value in ({"a": 1}, {"a": 2}):
        files.write_json(tmp_path / "deep" / "x.json", value)
    assert files.read_json(tmp_path / "deep" / "x.json") == {"a": 2}
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["x.json"]


def test_a_value_that_cannot_be_written_leaves_the_old_content(tmp_path: Path) -> None:
    files.write_json(tmp_path / "x.json", {"a": 1})
    with pytest.raises(ValueError, match="JSON"):
        files.write_json(tmp_path / "x.json", {"a": math.nan})
    assert files.read_json(tmp_path / "x.json") == {"a": 1}


def test_the_tree_digest_speaks_of_every_byte_and_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_bytes(b"1")
    first = files.tree_digest(tmp_path)
    (tmp_path / "sub" / "a").rename(tmp_path / "sub" / "b")
    second = files.tree_digest(tmp_path)
    (tmp_path / "sub" / "b").write_bytes(b"2")
    third = files.tree_digest(tmp_path)
    (tmp_path / "extra").write_bytes(b"")
    assert len({first, second, third, files.tree_digest(tmp_path)}) == 4
    assert files.tree_digest(tmp_path, ignore=("extra",)) == third


def test_a_link_in_a_tree_is_an_alarm(tmp_path: Path) -> None:
    os.symlink("/etc/passwd", tmp_path / "model")
    with pytest.raises(IntegrityAlarm, match="link"):
        files.tree_digest(tmp_path)


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LifecycleError, match="could not be written"):
        files.write_json(tmp_path / "file" / "x.json", {})
