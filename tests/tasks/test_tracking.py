"""Tests of tasks/tracking.py."""

import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest

from config.errors import LifecycleError
from config.load import load
from config.settings import Settings
from tasks import tracking

ROOT = Path(__file__).parents[2]


def settings(uri: str = "sqlite:///mlflow.db") -> Settings:
    shipped = load(ROOT / "proving" / "sample")
    return shipped.model_copy(update={"runtime": shipped.runtime.model_copy(update={"tracking_uri": uri})})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def test_first_open_makes_database_and_experiment_once(project: Path) -> None:
    first, second = tracking.connect(settings()), tracking.connect(settings())
    assert first.experiment_id == second.experiment_id
    experiment = first.client.get_experiment(first.experiment_id)
    assert experiment.name == "flight-delays"
    assert experiment.artifact_location == (project / "mlartifacts").as_uri()
    assert not list((project / ".lifecycle").glob("mlflow-new-*"))


def test_a_database_held_by_another_process_is_told_in_words(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "LOCK_SECONDS", 0.2)
    Path("mlflow.db").touch()
    holder = sqlite3.connect("mlflow.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LifecycleError, match="database is locked") as caught:
        tracking.connect(settings())
    holder.close()
    assert "runtime.yaml" in caught.value.next_step


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("http://127.0.0.1:9", id="a server that is not there"),
        pytest.param("sqlite:////proc/nowhere/mlflow.db", id="a folder that cannot be made"),
    ],
)
def test_an_unreachable_store_is_told_in_words(project: Path, uri: str) -> None:
    with pytest.raises(LifecycleError, match="MLflow store"):
        tracking.connect(settings(uri))


def test_two_first_opens_at_once_agree(project: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(tracking.connect(settings()).experiment_id)) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and len(set(found)) == 1


@pytest.mark.parametrize(
    ("path", "dirty"),
    [
        pytest.param("tasks.py", True, id="a new source file is a change"),
        pytest.param("dvc.lock", False, id="the lock that a run writes is none"),
        pytest.param("data/landed.dvc", False, id="nor is the pointer of a snapshot"),
        pytest.param("data/.gitignore", False, id="nor what DVC writes beside it"),
    ],
)
def test_dirty_speaks_of_the_source_alone(project: Path, path: str, dirty: bool) -> None:
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "start")
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text("outs: [{md5: abc}]")
    seen = tracking.provenance()
    assert seen.dirty is dirty
    assert seen.commit is not None and len(seen.commit) == 40


def test_a_folder_without_git_is_dirty_and_has_no_commit(project: Path) -> None:
    seen = tracking.provenance()
    assert (seen.commit, seen.dirty, seen.lock_sha256, seen.data_revision) == (None, True, None, None)
    assert seen.tags() == {"lifecycle.dirty": "true"}


def test_the_data_revision_is_the_snapshots(project: Path) -> None:
    Path("data").mkdir()
    Path("data/landed.dvc").write_text("outs:\n- md5: 0123.dir\n  path: landed\n")
    assert tracking.provenance().tags()["lifecycle.data_revision"] == "0123.dir"
