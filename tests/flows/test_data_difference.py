"""Each data version is held against the one accepted before it, and DVC has nothing to do afterwards."""

import contextlib
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from config.errors import GateRefused
from config.load import load
from config.settings import Settings
from flows import data_preparation
from tasks import files, versioning
from tasks.ledger import Ledger

DIFFERENCE, SOURCE = Path("data/prepared/difference.json"), Path("proving/sample/flights.parquet")
OCTOBER, SEPTEMBER = date(2013, 10, 1), pd.Timestamp("2013-09-01", tz="UTC")


def run(settings: Settings, until: date | None = None) -> dict[str, Any]:
    """Land, prepare and record, as the lifecycle does; give the difference."""
    data_preparation.land_snapshot(settings, until)
    data_preparation.prepare(settings)
    versioning.record_stage("prepare")
    return files.read_json(DIFFERENCE)


@pytest.fixture(scope="module")
def first(project_template: Path, tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Path:
    """A project whose first data, January to August, is published and recorded."""
    root = tmp_path_factory.mktemp("first") / "project"
    shutil.copytree(project_template, root, symlinks=True)
    with contextlib.chdir(root):
        assert run(load(root))["against"] is None
    return root


@pytest.fixture
def settings(first: Path, project: Path) -> Settings:
    """A copy of it, current directory until the test ends."""
    shutil.copytree(first, project, symlinks=True, dirs_exist_ok=True)
    return load(project)


def newest(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Change the source's rows from September on, as a supplier would who delivers them otherwise."""
    rows = pd.read_parquet(SOURCE)
    new = rows["time_hour"] >= SEPTEMBER
    pd.concat([rows[~new], change(rows[new])]).to_parquet(SOURCE)


def test_an_honest_month_is_accepted_and_nothing_is_left_to_do(settings: Settings) -> None:
    before = files.read_json("data/landed/manifest.json")["sha256"]
    seen = run(settings, OCTOBER)
    assert (seen["against"], seen["rows"]["arrived"]) == (before, 1926)
    assert seen["columns"]["temp"]["arrived_psi"] > 2, "only its allowance lets the season pass"
    others = [c["arrived_psi"] for name, c in seen["columns"].items() if name != "temp"]
    assert max(others) < 0.25 < settings.policy.bounds.data_difference
    assert "prepare" not in versioning.status()
    data_preparation.land_snapshot(settings)
    assert versioning.stage_is_current("prepare"), "the version landed again is not compared with itself"


def test_kilometres_within_the_range_of_miles_are_refused_until_they_are_allowed(
    settings: Settings, configure: Callable[..., Settings]
) -> None:
    published = {path.name: files.sha256_file(path) for path in Path("data/prepared").glob("*")}
    newest(lambda new: new.assign(distance=new["distance"] * 1.609))
    with pytest.raises(GateRefused, match="distance lies far from the version before"):
        run(settings, OCTOBER)
    assert {path.name: files.sha256_file(path) for path in Path("data/prepared").glob("*")} == published
    refused = Ledger(Path("ledger")).entries()[-1].body["blocking"]
    assert {reason["bound"] for reason in refused} == {"data difference"}
    allowed = configure("data", "difference_allowances:\n", "difference_allowances:\n  distance: now in kilometres\n")
    assert run(allowed, OCTOBER)["columns"]["distance"]["arrived_psi"] > 0.5
