"""The registry of features names owner, version and readers of each, and those that tell the same as another."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from config.load import load
from config.settings import Column, Data
from tasks import feature_registry, files

SETTINGS = load(Path(__file__).parents[2] / "proving" / "sample")
DATA, CODE = SETTINGS.data, {"tasks/parsing.py": "1"}
ROWS = 400
DRAWN = np.random.default_rng(0)
FREE = DRAWN.normal(size=ROWS)
WEEKDAY = DRAWN.integers(0, 7, size=ROWS)
NAMES = np.array(["mo", "tu", "we", "th", "fr", "sa", "su"])
GAPS = np.where(np.arange(ROWS) % 10 == 0, np.nan, FREE)


def found(**columns: Any) -> list[tuple[tuple[str, str], str]]:
    """Look for twins among columns, whose types their values tell."""
    rows = pd.DataFrame(columns)
    kinds = {n: Column(type="number" if rows[n].dtype.kind in "fi" else "category") for n in rows}
    return [(pair.features, pair.alike) for pair in feature_registry.twins(rows, Data.model_construct(columns=kinds))]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        pytest.param(FREE, FREE, "order", id="the same values"),
        pytest.param(FREE, 1.8 * FREE + 32, "order", id="another unit"),
        pytest.param(FREE, -FREE, "order", id="turned round"),
        pytest.param(FREE, np.exp(FREE), "order", id="bent, in the same order"),
        pytest.param(GAPS, GAPS * 2, "order", id="missing in the same rows"),
        pytest.param(NAMES[WEEKDAY], np.char.upper(NAMES)[WEEKDAY], "groups", id="other words for the same"),
        pytest.param(WEEKDAY, NAMES[WEEKDAY], "groups", id="a number and its word"),
        pytest.param(WEEKDAY > 2, WEEKDAY <= 2, "groups", id="a yes that is the other's no"),
    ],
)
def test_twins_are_found(one: Any, other: Any, alike: str) -> None:
    assert found(one=one, free=DRAWN.normal(size=ROWS), other=other) == [(("one", "other"), alike)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(FREE, DRAWN.normal(size=ROWS), id="independent"),
        pytest.param(FREE, FREE + DRAWN.normal(scale=0.2, size=ROWS), id="close, and not the same"),
        pytest.param(WEEKDAY, np.minimum(WEEKDAY, 5), id="one coarser than the other"),
        pytest.param(np.arange(ROWS).astype(str), DRAWN.permutation(ROWS).astype(str), id="names of single rows"),
        pytest.param(np.ones(ROWS), np.zeros(ROWS), id="constants"),
        pytest.param(np.full(ROWS, np.nan), np.full(ROWS, np.nan), id="nothing but gaps"),
    ],
)
def test_what_differs_is_no_twin(one: Any, other: Any) -> None:
    assert found(one=one, other=other) == []


def test_words_alone_have_no_order_to_share() -> None:
    assert found(one=NAMES[WEEKDAY], other=DRAWN.permutation(NAMES[WEEKDAY])) == []


def test_rows_are_sampled_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_registry, "COMPARED_ROWS", 4)
    assert list(feature_registry.sampled(pd.DataFrame({"a": range(9)}))["a"]) == [0, 3, 6]
    assert feature_registry.sampled(pd.DataFrame({"a": []})).empty


def test_a_version_follows_definition_and_code() -> None:
    def version(data: Data, code: dict[str, str]) -> str:
        return feature_registry.described(data, SETTINGS.charter, code=code, consumers={})[0].version

    carrier = DATA.columns["carrier"].model_copy(update={"description": "airline"})
    other = DATA.model_copy(update={"columns": DATA.columns | {"carrier": carrier}})
    assert version(DATA, CODE) == version(DATA, dict(CODE))
    assert len({version(DATA, CODE), version(other, CODE), version(DATA, {"tasks/parsing.py": "2"})}) == 3


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Register the features of version 3, beside a champion of the same features and a staging version of others."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / feature_registry.PREPARED).mkdir(parents=True)
    rows = pd.read_parquet(Path(__file__).parents[2] / "proving/sample/flights.parquet").head(50)
    rows.to_parquet(feature_registry.PREPARED / "train.parquet")
    versions = {
        n: SimpleNamespace(number=n, digest="d", tags={feature_registry.SCHEMA_TAG: schema})
        for n, schema in ((1, "same"), (2, "other"), (3, "same"))
    }
    registry = SimpleNamespace(
        model="flights", aliases=lambda: {"champion": 1, "staging": 2, "candidate": 3}, version=versions.__getitem__
    )
    training = {"pipeline": {"reads": ["carrier", "dep_delay"]}, "features": list(DATA.features)}
    path = feature_registry.write(
        versions[3], training, SETTINGS, code=CODE, registry=registry, reports=tmp_path
    )  # type: ignore[arg-type]  # fmt: skip
    return files.read_json(path)


def test_every_feature_has_its_entry(written: dict[str, Any]) -> None:
    assert [entry["name"] for entry in written["features"]] == list(DATA.features)
    assert all(entry["description"] and entry["owner"] == SETTINGS.charter.owners.data for entry in written["features"])
    assert (written["version"], written["digest"], written["code"]) == (3, "d", CODE)


def test_the_readers_of_a_feature_are_the_versions_that_read_it(written: dict[str, Any]) -> None:
    readers = {entry["name"]: entry["consumers"] for entry in written["features"]}
    assert readers["carrier"] == ["flights version 1", "flights version 3"]
    assert readers["distance"] == []


def test_the_rows_that_were_compared_are_told(written: dict[str, Any]) -> None:
    rows = feature_registry.PREPARED / "train.parquet"
    assert (written["compared_rows"], written["train_sha256"]) == (50, files.sha256_file(rows))
