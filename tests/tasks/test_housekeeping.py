"""What nothing names, or is beyond its time, is deleted; all else stays."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import Housekeeping
from tasks import files, housekeeping
from tasks.runlog import LOGS
from tasks.tracking import STATE, Tracking

RULES = Housekeeping()
NAMED, HELD, LOOSE = "1" * 32, "2" * 32, "3" * 32


@pytest.fixture
def store(tmp_path: Path, mlflow_template: Path) -> Iterator[Tracking]:
    import mlflow

    shutil.copy(mlflow_template, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    client = mlflow.MlflowClient(uri, uri)
    yield Tracking(uri, client, client.create_experiment("x", (tmp_path / "artefacts").as_uri()))
    mlflow.set_tracking_uri(None)


def put(path: Path, text: str = "x", *, days: float = 400) -> Path:
    """Write a file and let it, and its folder, be so old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    at = (files.now() - timedelta(days=days)).timestamp()
    for each in (path, path.parent):
        os.utime(each, (at, at))
    return path


def keep(store: Tracking, root: Path) -> housekeeping.Kept:
    return housekeeping.keep_house(RULES, store, flow_run_id="flow", root=root)


def cached(root: Path, digest: str, text: str = "x", *, days: float = 400) -> Path:
    name = digest[2:] + (".dir" if text != "x" else "")
    return put(root / housekeeping.CACHE / digest[:2] / name, text, days=days)


def test_rows_beyond_their_time_are_deleted_where_the_policy_says_so(store: Tracking, tmp_path: Path) -> None:
    old, new = put(tmp_path / "data/quarantine/old.parquet"), put(tmp_path / "data/quarantine/new.parquet", days=1)
    landed = put(tmp_path / "data/landed/rows.parquet", days=9000)
    assert keep(store, tmp_path).removed["rows"] == housekeeping.Removed(1, 1, 0)
    assert (old.exists(), new.exists(), landed.exists()) == (False, True, True)


def test_logs_beyond_their_time_are_deleted(store: Tracking, tmp_path: Path) -> None:
    old, new = put(tmp_path / LOGS / "old.jsonl"), put(tmp_path / LOGS / "new.jsonl", days=1)
    assert keep(store, tmp_path).removed["logs"] == housekeeping.Removed(1, 1, 0)
    assert (old.exists(), new.exists()) == (False, True)


def test_what_killed_downloads_and_comparisons_left_is_deleted(store: Tracking, tmp_path: Path) -> None:
    state = tmp_path / STATE
    left = [put(state / "models/.fetch-one/model/model.skops"), put(state / ".compare-two/model/model.skops")]
    kept = [put(state / "models/1/package/model.skops"), put(state / ".fetch-three/model.skops", days=0.5)]
    for path in left:
        put(path.parents[1] / "last written")
    assert keep(store, tmp_path).removed["workplaces"] == housekeeping.Removed(2, 4, 0)
    assert not any(path.parents[1].exists() for path in left) and all(path.exists() for path in kept)


def test_the_cache_keeps_what_a_lock_or_a_folder_of_it_names(store: Tracking, tmp_path: Path) -> None:
    put(tmp_path / "dvc.lock", f"md5: {NAMED}.dir")
    kept = [cached(tmp_path, NAMED, f'[{{"md5": "{HELD}"}}]'), cached(tmp_path, HELD)]
    loose = cached(tmp_path, LOOSE)
    assert keep(store, tmp_path).removed["cache"].files == 1
    assert all(path.exists() for path in kept) and not loose.exists()


def test_the_cache_keeps_what_a_run_was_made_from(store: Tracking, tmp_path: Path) -> None:
    store.client.create_run(store.experiment_id, tags={"lifecycle.data_revision": f"{NAMED}.dir"})
    path = cached(tmp_path, NAMED, "[]")
    assert keep(store, tmp_path).removed["cache"].files == 0 and path.exists()


def test_the_cache_keeps_what_a_commit_names(store: Tracking, tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    put(tmp_path / "dvc.lock", f"md5: {NAMED}")
    for command in (["init", "-q"], ["add", "dvc.lock"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    put(tmp_path / "dvc.lock", "nothing")
    path = cached(tmp_path, NAMED)
    assert keep(store, tmp_path).removed["cache"].files == 0 and path.exists()


def test_what_is_new_in_the_cache_stays(store: Tracking, tmp_path: Path) -> None:
    path = cached(tmp_path, LOOSE, days=29)
    assert keep(store, tmp_path).removed["cache"].files == 0 and path.exists()


def test_artefacts_of_no_run_are_deleted_and_those_of_a_run_stay(store: Tracking, tmp_path: Path) -> None:
    run = store.client.create_run(store.experiment_id).info.run_id
    mine, orphan = (put(tmp_path / "artefacts" / name / "seen.json") for name in (run, LOOSE))
    other = put(tmp_path / "artefacts/models/notes/mine.txt")
    assert keep(store, tmp_path).removed["artefacts"].files == 1
    assert (mine.exists(), orphan.exists(), other.exists()) == (True, False, True)


def test_a_run_that_was_deleted_lately_is_not_purged(store: Tracking, tmp_path: Path) -> None:
    run = store.client.create_run(store.experiment_id).info.run_id
    store.client.delete_run(run)
    assert keep(store, tmp_path).removed["deleted runs"] == housekeeping.Removed(0, 0, 0)
    assert store.client.get_run(run).info.lifecycle_stage == "deleted"


def test_the_account_is_written_down(store: Tracking, tmp_path: Path) -> None:
    kept = keep(store, tmp_path)
    assert files.read_json(tmp_path / housekeeping.REPORT)["removed"].keys() == kept.removed.keys()
