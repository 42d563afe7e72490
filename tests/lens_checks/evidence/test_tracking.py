"""MLflow is read as it is, and never made by looking."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import tracking
from lens_checks.evidence.place import NoEvidence, Place
from lens_checks.evidence.records import Training
from tasks import files
from tests.lens_checks.made import model


@pytest.fixture
def place(settings: Settings, project: Path) -> Place:
    return Place(project, settings, datetime.now(UTC))


def write_training(root: Path, **changed: object) -> None:
    report = files.plain(model()[Training]) | changed
    files.write_json(root / "reports/training/training.json", report)


def test_a_registry_without_a_model_says_so(place: Place) -> None:
    with pytest.raises(NoEvidence, match=r"MLflow store .* says"):
        tracking.registry(place)


def test_looking_makes_no_database(place: Place) -> None:
    runtime = place.settings.runtime.model_copy(update={"tracking_uri": "sqlite:///nowhere.db"})
    elsewhere = Place(place.root, place.settings.model_copy(update={"runtime": runtime}), place.now)
    with pytest.raises(NoEvidence, match="not there yet"):
        tracking.registry(elsewhere)
    assert not Path("nowhere.db").exists()


def test_a_server_that_does_not_answer_is_no_evidence(place: Place) -> None:
    runtime = place.settings.runtime.model_copy(update={"tracking_uri": "http://127.0.0.1:9"})
    elsewhere = Place(place.root, place.settings.model_copy(update={"runtime": runtime}), place.now)
    with pytest.raises(NoEvidence, match="does not answer"):
        tracking.registry(elsewhere)


def test_runs_versions_and_aliases_are_read(place: Place) -> None:
    from mlflow import MlflowClient
    from mlflow.entities import Dataset, DatasetInput

    client = MlflowClient(place.settings.runtime.tracking_uri)
    experiment = client.create_experiment("flights")
    search = client.create_run(experiment, run_name="search").info.run_id
    winner, trial = (
        client.create_run(experiment, run_name=name, tags={"mlflow.parentRunId": search}).info.run_id
        for name in ("winner", "trial 1")
    )
    client.log_param(winner, "family", "linear")
    client.log_metric(winner, "tune_roc_auc", 0.9)
    client.log_inputs(winner, [DatasetInput(Dataset("train", "abc123", "local", "{}"))])
    client.set_terminated(winner)
    name = place.settings.charter.project
    client.create_registered_model(name, tags={"ledger_head": "3:abc"})
    client.create_model_version(name, "file:///nowhere", run_id=winner, tags={"digest": "d" * 64})
    client.set_registered_model_alias(name, "champion", "1")
    write_training(place.root, run_id=winner, parent_run_id=search)

    found = tracking.tracking(place)
    assert (found.experiment, found.winner.name, found.search and found.search.name) == ("flights", "winner", "search")
    assert {run.run_id for run in found.trials} == {winner, trial}
    assert (found.winner.params, found.winner.metrics) == ({"family": "linear"}, {"tune_roc_auc": 0.9})
    assert (found.winner.datasets, found.winner.status) == ({"train": "abc123"}, "FINISHED")

    registry = tracking.registry(place)
    assert (registry.aliases, registry.tags) == ({"champion": 1}, {"ledger_head": "3:abc"})
    champion = registry.at("champion")
    assert champion
    assert (champion.run_id, champion.tags, champion.aliases) == (winner, {"digest": "d" * 64}, ("champion",))
    assert champion.run_metrics == {"tune_roc_auc": 0.9}
    assert champion.run_tags and champion.run_tags["mlflow.parentRunId"] == search
    assert registry.at("staging") is None


def test_other_models_count_unless_they_came_of_another_experiment(place: Place) -> None:
    from mlflow import MlflowClient

    client, name = MlflowClient(place.settings.runtime.tracking_uri), place.settings.charter.project
    experiments = {mine: client.create_experiment(mine) for mine in (name, "another-project")}
    runs = {mine: client.create_run(experiment).info.run_id for mine, experiment in experiments.items()}
    made = {
        name: runs[name], "of-ours": runs[name], "of-theirs": runs["another-project"], "of-no-run": None,
        "of-a-run-that-is-gone": "0" * 32,
    }  # fmt: skip
    for registered, run in made.items():
        client.create_registered_model(registered)
        client.create_model_version(registered, "file:///nowhere", run_id=run)
    client.create_registered_model("without-a-version")
    assert tracking.registry(place).others == ("of-a-run-that-is-gone", "of-no-run", "of-ours")


def test_one_model_has_no_others(place: Place) -> None:
    from mlflow import MlflowClient

    client, name = MlflowClient(place.settings.runtime.tracking_uri), place.settings.charter.project
    client.create_registered_model(name)
    assert tracking.registry(place).others == ()
