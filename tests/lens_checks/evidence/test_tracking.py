"""MLflow is read as it is, and never made by looking."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import tracking
from lens_checks.evidence.place import NoEvidence, Place
from tests.lens_checks.evidence.versioned import write_training


@pytest.fixture
def place(settings: Settings, project: Path) -> Place:
    return Place(project, settings, datetime.now(UTC))


def test_a_registry_without_a_model_says_so(place: Place) -> None:
    with pytest.raises(NoEvidence, match=r"MLflow store .* says"):
        tracking.registry(place)


def test_looking_makes_no_database(place: Place) -> None:
    runtime = place.settings.runtime.model_copy(update={"tracking_uri": "sqlite:///nowhere.db"})
    elsewhere = Place(place.root, place.settings.model_copy(update={"runtime": runtime}), place.now)
    with pytest.raises(NoEvidence, match="not there yet"):
        tracking.registry(elsewhere)
    assert not Path("nowhere.db").exists()


def test_a_store_that_is_no_database_is_no_evidence(place: Place) -> None:
    (place.root / "torn.db").write_bytes(b"not a database" * 100)
    runtime = place.settings.runtime.model_copy(update={"tracking_uri": "sqlite:///torn.db"})
    elsewhere = Place(place.root, place.settings.model_copy(update={"runtime": runtime}), place.now)
    with pytest.raises(NoEvidence, match=r"store sqlite:///torn\.db says: .*not a database"):
        tracking.registry(elsewhere)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_does_not_answer_is_no_evidence(place: Place, scheme: str) -> None:
    runtime = place.settings.runtime.model_copy(update={"tracking_uri": f"{scheme}://127.0.0.1:9"})
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


def test_a_candidate_of_no_search_has_no_trials(place: Place) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(place.settings.runtime.tracking_uri)
    winner = client.create_run(client.create_experiment("flights"), start_time=1_000_500).info.run_id
    write_training(place.root, run_id=winner, parent_run_id=None)
    found = tracking.tracking(place)
    assert (found.search, found.trials, found.winner.datasets) == (None, (), {})
    assert (found.winner.started, found.winner.ended) == (datetime.fromtimestamp(1000.5, UTC), None)
    client.set_terminated(winner, end_time=2_000_000)
    assert tracking.tracking(place).winner.ended == datetime.fromtimestamp(2000, UTC)


def test_versions_are_told_from_the_newest_with_what_is_left_of_their_runs(place: Place) -> None:
    from mlflow import MlflowClient

    client, name = MlflowClient(place.settings.runtime.tracking_uri), place.settings.charter.project
    experiment = client.create_experiment(name)
    runs = [client.create_run(experiment, tags={"number": str(number)}).info.run_id for number in (1, 2)]
    client.create_registered_model(name)
    for run in (*runs, None, "0" * 32):
        client.create_model_version(name, "file:///nowhere", run_id=run)
    client.set_registered_model_alias(name, "champion", "2")
    client.delete_run(runs[0])
    found = tracking.registry(place).versions
    assert [version.version for version in found] == [4, 3, 2, 1]
    assert [version.run_tags and version.run_tags["number"] for version in found] == [None, None, "2", "1"]
    assert [version.run_metrics for version in found] == [None, None, {}, {}]
    assert [version.aliases for version in found] == [(), (), ("champion",), ()]


def test_a_search_is_read_page_by_page(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow import MlflowClient

    client, name = MlflowClient(place.settings.runtime.tracking_uri), place.settings.charter.project
    client.create_registered_model(name)
    for _ in range(3):
        client.create_model_version(name, "file:///nowhere")
    monkeypatch.setattr(tracking, "PAGE", 1)
    assert len(tracking.registry(place).versions) == 3


def test_where_no_experiment_is_ours_every_other_model_counts(place: Place) -> None:
    from mlflow import MlflowClient

    client, name = MlflowClient(place.settings.runtime.tracking_uri), place.settings.charter.project
    run = client.create_run(client.create_experiment("another-project")).info.run_id
    for registered in (name, "of-theirs"):
        client.create_registered_model(registered)
    client.create_model_version("of-theirs", "file:///nowhere", run_id=run)
    assert tracking.registry(place).others == ("of-theirs",)
