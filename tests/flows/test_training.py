"""Tests of flows/training.py: the stage as it runs, on three real problems."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.errors import ConfigError, IntegrityAlarm
from config.settings import ProblemType, Settings
from tasks.files import read_json, write_json
from tests.tasks.problems import prepare, settings_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, mlflow_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    shutil.copy(mlflow_template, tmp_path / "mlflow.db")
    yield tmp_path
    import mlflow

    mlflow.set_tracking_uri(None)


def trained(folder: Path, problem: ProblemType, settings: Settings | None = None, **cause: str) -> dict[str, Any]:
    from flows.training import train

    if not (folder / "data").exists():
        prepare(folder, problem)
    return train(settings or settings_of(problem), **cause)


def runs_below(settings: Settings, parent: str) -> list[Any]:
    from tasks.tracking import connect

    store = connect(settings)
    return list(store.client.search_runs([store.experiment_id], f"tags.`mlflow.parentRunId` = '{parent}'"))


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("problem", ProblemType)
def test_the_winner_is_the_recorded_best_trial(folder: Path, problem: ProblemType) -> None:
    record, settings = trained(folder, problem, cause="drift"), settings_of(problem)
    board = read_json("reports/training/leaderboard.json")
    best = next(c for c in board["candidates"] if c["trial"] == record["best_trial"])
    values = [c["value"] for c in board["candidates"] if c["value"] is not None and not c["baseline"]]
    assert best["value"] == max(values)
    assert (record["family"], record["params"]) == (best["family"], best["params"])
    assert {c["kind"] for c in board["candidates"]} >= {"dummy", "rule", "linear", "gradient_boosting"}
    assert record["metrics"][f"tune_{settings.params.metrics.primary}"] > 0.3
    assert record["cpu_seconds"] > 0 and record["peak_rss_mib"] > 50


@pytest.mark.usefixtures("prefect_server")
def test_what_is_recorded_in_mlflow(folder: Path) -> None:
    settings = settings_of(ProblemType.BINARY)
    record = trained(folder, ProblemType.BINARY, cause="drift")
    children = {run.info.run_name: run for run in runs_below(settings, record["parent_run_id"])}
    winner = children.pop("winner")
    assert winner.info.run_id == record["run_id"]
    assert len(children) == record["study"]["trials"] == 4
    assert winner.data.tags["lifecycle.cause"] == "drift" and "lifecycle.flow_run_id" in winner.data.tags
    for run in (winner, *children.values()):
        assert {i.dataset.name: i.dataset.digest for i in run.inputs.dataset_inputs} == {
            name: digest[:36] for name, digest in record["data_sha256"].items()
        }
    model = next((folder / "mlartifacts" / "models").glob("*/artifacts"))
    names = {path.name for path in model.iterdir()}
    assert {"MLmodel", "model.skops", "input_example.json"} <= names
    assert not [name for name in names if name.endswith((".pkl", ".joblib"))]
    assert "signature" in (model / "MLmodel").read_text()


@pytest.mark.usefixtures("prefect_server")
def test_training_never_reads_the_promotion_rows(folder: Path) -> None:
    prepare(folder, ProblemType.REGRESSION)
    (folder / "data/prepared/promotion.parquet").unlink()
    assert trained(folder, ProblemType.REGRESSION)["study"]["trials"] == 4


@pytest.mark.usefixtures("prefect_server")
def test_other_rows_than_were_audited_are_an_alarm(folder: Path) -> None:
    prepare(folder, ProblemType.BINARY)
    shutil.copy("data/prepared/tune.parquet", "data/prepared/train.parquet")
    with pytest.raises(IntegrityAlarm, match=r"train\.parquet has digest"):
        trained(folder, ProblemType.BINARY)


@pytest.mark.usefixtures("prefect_server")
def test_a_wrong_name_is_told_before_a_row_is_read(folder: Path) -> None:
    settings = settings_of(ProblemType.BINARY)
    search = settings.params.search.model_copy(update={"candidates": ("linear", "forest")})
    wrong = settings.model_copy(update={"params": settings.params.model_copy(update={"search": search})})
    (folder / "data").mkdir()
    with pytest.raises(ConfigError, match="'forest' is no family"):
        trained(folder, ProblemType.BINARY, wrong)


@pytest.mark.usefixtures("prefect_server")
def test_a_finished_training_that_is_asked_for_again_is_a_new_one(folder: Path) -> None:
    first, second = (trained(folder, ProblemType.MULTICLASS) for _ in range(2))
    assert second["study"]["resumed_trials"] == 0
    assert first["parent_run_id"] != second["parent_run_id"]
    assert first["params"] == second["params"] and first["metrics"] == second["metrics"]


SCRIPT = """
import sys
from config import environment
environment.prepare()
from config.settings import ProblemType
from tests.tasks.problems import settings_of
from tasks import tuning
from flows.training import train
climb = tuning._climb
def slow(trial, *a, **k):
    if trial.number == 2:
        print("third trial", flush=True)
        import time; time.sleep(60)
    return climb(trial, *a, **k)
tuning._climb = slow
train(settings_of(ProblemType.BINARY))
"""


def test_a_killed_search_goes_on(folder: Path, prefect_server: str) -> None:
    prepare(folder, ProblemType.BINARY)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_API_URL": prefect_server}
    process = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    while "third trial" not in process.stdout.readline():
        assert process.poll() is None
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    record = trained(folder, ProblemType.BINARY)
    assert record["study"]["resumed_trials"] == 2
    names = [run.info.run_name for run in runs_below(settings_of(ProblemType.BINARY), record["parent_run_id"])]
    assert len(names) == 5 and len(set(names)) == 5


@pytest.mark.usefixtures("prefect_server")
def test_a_report_is_what_the_flow_gives(folder: Path) -> None:
    record = trained(folder, ProblemType.REGRESSION)
    write_json("again.json", record)
    assert read_json("again.json") == read_json("reports/training/training.json")
