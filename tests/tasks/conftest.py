"""Fixtures of the release room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.load import load
from config.settings import Settings
from tests.tasks.release_world import World

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shipped() -> Settings:
    return load(ROOT / "proving" / "sample")


@pytest.fixture
def world(tmp_path: Path, mlflow_template: Path, shipped: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    yield World(tmp_path, mlflow_template, shipped)
    import mlflow

    mlflow.set_tracking_uri(None)
