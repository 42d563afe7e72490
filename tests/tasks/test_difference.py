"""A data version is compared with the one accepted before it, and what it is compared with settles by itself."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from config.settings import Split
from tasks import difference, files
from tasks.difference import Difference
from tasks.splitting import Parts, split
from tests.tasks.rows import data, rows

LANDED, PREPARED = Path("landed"), Path("prepared")
DATA = data()


def parted(frame: pd.DataFrame) -> Parts:
    return split(frame, DATA, Split(strategy="time"))


def later(n: int = 300, changes: Mapping[str, Any] = MappingProxyType({})) -> pd.DataFrame:
    """The rows, and so many hours more, which differ as told."""
    more = rows(400 + n)
    for name, value in changes.items():
        more[name] = np.where(np.arange(len(more)) < 400, more[name], value(more) if callable(value) else value)
    return more.astype(rows(1).dtypes)


def compared(now: pd.DataFrame) -> Difference:
    before = difference.describe(rows(), DATA, data_sha256="a" * 64)
    return difference.compare(now, DATA, before, data_sha256="b" * 64, outliers={})


def test_a_first_version_has_nothing_to_be_compared_with() -> None:
    found = difference.compare(rows(), DATA, None, data_sha256="b" * 64, outliers={})
    assert (found.against, found.columns, found.label) == (None, {}, None)


def test_more_of_the_same_differs_little() -> None:
    found = compared(later())
    assert found.rows == {"before": 400, "now": 700, "arrived": 300}
    assert max(max(c.psi, c.arrived_psi or 0) for c in found.columns.values()) < 0.15
    assert found.label is not None and found.label.largest is not None and found.label.largest < 0.1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("size", lambda frame: frame["size"] * 3, id="another unit"),
        pytest.param("count", 7, id="a constant"),
        pytest.param("place", "north", id="one category"),
        pytest.param("size", float("nan"), id="missing"),
    ],
)
def test_what_arrived_otherwise_is_seen_though_most_rows_are_as_before(column: str, value: object) -> None:
    found = compared(later(changes={column: value})).columns[column]
    assert found.arrived_psi is not None and found.arrived_psi > max(0.5, found.psi)


def test_labels_of_another_kind_are_seen() -> None:
    found = compared(later(changes={"late": True}))
    assert found.label is not None and found.label.largest == found.label.arrived["True"] - found.label.before["True"]
    assert found.label.largest > 0.4


def test_few_rows_that_arrived_are_not_told_apart() -> None:
    found = compared(later(50, {"count": 7}))
    assert found.columns["count"].arrived_psi is None and found.label is not None and found.label.arrived == {}


def test_columns_that_came_and_went_are_named() -> None:
    before = difference.describe(rows(), DATA, data_sha256="a" * 64)
    fewer = DATA.model_copy(update={"columns": {n: c for n, c in DATA.columns.items() if n != "count"}})
    gone = difference.compare(rows(), fewer, before, data_sha256="b" * 64, outliers={})
    assert (gone.added, gone.removed) == ([], ["count"])


def test_values_far_out_are_counted_by_part() -> None:
    frame = rows()
    frame.loc[frame.index[-6:], "size"] = 500.0
    found = difference.outliers(parted(frame), DATA)
    assert found["train"] == {"size": 0.0, "count": 0.0, "any": 0.0}
    assert found["promotion"]["size"] == found["promotion"]["any"] == pytest.approx(0.1)


def test_rain_is_mostly_none_and_no_outlier() -> None:
    frame = rows().assign(size=lambda f: np.where(f.index % 10 == 0, f["count"] / 10.0, 0.0))
    assert difference.outliers(parted(frame), DATA)["train"]["size"] == 0.0


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def publish(sha256: str) -> None:
    """Land rows of a digest, settle what they are compared with, and publish them."""
    files.write_json(LANDED / "manifest.json", {"sha256": sha256})
    difference.settle(LANDED, PREPARED)
    difference.write(parted(rows()), DATA, landed=LANDED, attempt=PREPARED, data_sha256=sha256)


def settled(sha256: str) -> str | None:
    files.write_json(LANDED / "manifest.json", {"sha256": sha256})
    difference.settle(LANDED, PREPARED)
    kept = difference.accepted(LANDED)
    return kept.data_sha256 if kept else None


@pytest.mark.usefixtures("folders")
def test_a_version_is_compared_with_the_one_published_last() -> None:
    assert settled("first") is None
    publish("first")
    assert settled("first") is None, "it is not compared with itself, however often it lands"
    assert settled("refused") == settled("second") == "first", "what was never published is never compared with"
    publish("second")
    assert files.read_json(PREPARED / "difference.json")["against"] == "first"
    assert settled("second") == "first"
    assert settled("third") == "second"


@pytest.mark.usefixtures("folders")
def test_what_was_recorded_stays_when_nothing_is_published() -> None:
    publish("first")
    publish("second")
    (PREPARED / "statistics.json").unlink()
    assert settled("second") == "first"


@pytest.mark.usefixtures("folders")
def test_the_same_input_gives_the_same_bytes() -> None:
    publish("first")
    publish("second")
    once = {path.name: path.read_bytes() for path in PREPARED.iterdir()}
    publish("second")
    assert {path.name: path.read_bytes() for path in PREPARED.iterdir()} == once
