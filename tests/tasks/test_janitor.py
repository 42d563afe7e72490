"""What killed processes left open in MLflow is marked, once; what still works is left alone."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks import janitor, processes
from tasks.tracking import Tracking

DAY = 24 * 3600 * 1000


@pytest.fixture
def store(tmp_path: Path, mlflow_template: Path) -> Iterator[Tracking]:
    import mlflow

    shutil.copy(mlflow_template, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    client = mlflow.MlflowClient(uri, uri)
    yield Tracking(uri, client, client.create_experiment("x", (tmp_path / "artifacts").as_uri()))
    mlflow.set_tracking_uri(None)


@pytest.fixture(scope="module")
def dead() -> str:
    """The name of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        name = processes.name_of(process.pid)
        process.kill()
    return name


def begin(store: Tracking, process: str | None, *, hours_ago: float = 0.0) -> str:
    at = int(time.time() * 1000 - hours_ago * 3600 * 1000)
    tags = {processes.TAG: process} if process else {}
    return str(store.client.create_run(store.experiment_id, start_time=at, tags=tags).info.run_id)


@pytest.mark.parametrize(
    ("process", "hours_ago", "status"),
    [
        pytest.param("dead", 0.0, "KILLED", id="of a process that is gone"),
        pytest.param("me", 0.0, "RUNNING", id="of a process that lives"),
        pytest.param("elsewhere:1:1", 1.0, "RUNNING", id="of another machine, an hour old"),
        pytest.param("elsewhere:1:1", 25.0, "KILLED", id="of another machine, older than a day"),
        pytest.param(None, 1.0, "RUNNING", id="of nobody known, an hour old"),
        pytest.param(None, 25.0, "KILLED", id="of nobody known, older than a day"),
    ],
)
def test_an_open_run_is_marked_when_nobody_works_on_it(
    store: Tracking, dead: str, process: str | None, hours_ago: float, status: str
) -> None:
    name = {"dead": dead, "me": processes.me()}.get(process or "", process)
    run = begin(store, name, hours_ago=hours_ago)
    assert janitor.tidy(store).runs == (status == "KILLED")
    assert store.client.get_run(run).info.status == status
    assert janitor.tidy(store).runs == 0


@pytest.mark.parametrize(("process", "status"), [("dead", "FAILED"), ("me", "PENDING")])
def test_a_half_model_is_marked_with_its_run(store: Tracking, dead: str, process: str, status: str) -> None:
    run = begin(store, {"dead": dead, "me": processes.me()}[process])
    model = store.client.create_logged_model(store.experiment_id, name="model", source_run_id=run)
    assert janitor.tidy(store).models == (status == "FAILED")
    assert str(store.client.get_logged_model(model.model_id).status) == status


def test_what_is_finished_stays(store: Tracking, dead: str) -> None:
    run = begin(store, dead)
    store.client.set_terminated(run, "FINISHED")
    assert janitor.tidy(store) == janitor.Tidied(0, 0)
    assert store.client.get_run(run).info.status == "FINISHED"
