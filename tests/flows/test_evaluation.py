"""Tests of flows/evaluation.py: the winner judged, then compared with a champion that was really registered."""

import csv
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.errors import IntegrityAlarm
from config.settings import ProblemType, Settings, Threshold
from tasks import keys, packaging
from tasks.files import read_json
from tasks.recording import model_folder
from tasks.registry import Registry
from tasks.tracking import connect
from tests.tasks.problems import prepare, settings_of

BIN = ProblemType.BINARY


@pytest.fixture
def folder(tmp_path: Path, mlflow_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    shutil.copy(mlflow_template, tmp_path / "mlflow.db")
    yield tmp_path
    import mlflow

    mlflow.set_tracking_uri(None)


def changed(settings: Settings, file: str, **values: Any) -> Settings:
    return settings.model_copy(update={file: getattr(settings, file).model_copy(update=values)})


def trained(folder: Path, settings: Settings) -> dict[str, Any]:
    from flows.training import train

    if not (folder / "data").exists():
        prepare(folder, settings.charter.problem_type)
    return train(settings)


def enthroned(record: dict[str, Any], settings: Settings) -> int:
    """Package, sign and register the trained model, and call it champion."""
    store = connect(settings)
    book = Registry(store.client, settings.charter.project, store.uri)
    source = model_folder(record["model_uri"], store)
    package = packaging.assemble(
        source, Path("package"), contract={"schema": 1, "threshold": 0.5}, golden={"schema": 1}, keys_folder=keys.KEYS
    )
    place = book.publish(package, run_id=record["run_id"], path="package")
    tags = {"digest": record["model_digest"], "package": packaging.package_digest(package)}
    version = book.register(run_id=record["run_id"], source=place, model_id=None, tags=tags)
    book.point("champion", version.number)
    return version.number


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("problem", ProblemType)
def test_every_problem_is_evaluated_whole(folder: Path, problem: ProblemType) -> None:
    from flows.evaluation import evaluate

    settings = settings_of(problem)
    training = trained(folder, settings)
    evaluate(settings)
    seen = read_json("reports/evaluation/evaluation.json")
    primary = settings.params.metrics.primary
    assert seen["model_digest"] == training["model_digest"]
    for figure in seen["metrics"].values():
        assert figure["low"] <= figure["value"] <= figure["high"]
    assert all(one["passed"] for one in seen["thresholds"])
    assert seen["uplift"]["low"] > 0
    assert set(seen["slices"]["size"]) == {"large", "small", "missing"}
    assert (seen["threshold"] is not None) == (problem is BIN)
    assert seen["rule"][primary]["value"] is not None or problem is ProblemType.MULTICLASS
    assert {one["metric"] for one in seen["bounds"]} == {"uplift", "overfit_gap", "perturbation_drop"}
    explained = read_json("reports/evaluation/explanation.json")
    assert set(explained["importances"]) == set(training["features"])
    assert all(math.isfinite(v) for v in read_json("reports/evaluation/metrics.json").values())
    for name, columns in {"calibration": ["rows", "predicted", "observed"], "curve": ["share", "value"]}.items():
        with open(f"reports/evaluation/{name}.csv") as file:
            table = list(csv.DictReader(file))
        assert list(table[0]) == columns and len(table) >= 10


@pytest.mark.usefixtures("prefect_server")
def test_a_dummy_cannot_pass(folder: Path) -> None:
    from flows.evaluation import evaluate

    settings = settings_of(BIN)
    search = settings.params.search.model_copy(update={"candidates": ("dummy",)})
    low = (Threshold(metric="average_precision", floor=0.0), Threshold(metric="brier", ceiling=1.0))
    settings = changed(changed(settings, "params", search=search), "policy", thresholds=low)
    trained(folder, settings)
    seen = evaluate(settings)
    assert [kept.passed for kept in seen["thresholds"]] == [False, False, False]
    assert "does not depend on the model" in seen["metrics"]["brier"].reason


@pytest.mark.usefixtures("prefect_server")
def test_a_model_whose_files_changed_is_not_opened(folder: Path) -> None:
    from flows.evaluation import evaluate

    settings = settings_of(BIN)
    record = trained(folder, settings)
    with open(model_folder(record["model_uri"], connect(settings)) / "requirements.txt", "a") as file:
        file.write("\n")
    with pytest.raises(IntegrityAlarm, match="its files were changed"):
        evaluate(settings)


@pytest.mark.usefixtures("prefect_server")
def test_without_a_champion_there_is_nothing_to_compare_with(folder: Path) -> None:
    from flows.evaluation import compare

    settings = settings_of(BIN)
    record = trained(folder, settings)
    compare(settings)
    seen = read_json("reports/comparison.json")
    assert (seen["verdict"], seen["champion"], seen["looks"]) == ("no-champion", None, 1)
    assert seen["candidate"]["digest"] == record["model_digest"]


@pytest.mark.usefixtures("prefect_server")
def test_a_candidate_meets_the_champion(folder: Path) -> None:
    from flows.evaluation import compare

    settings = changed(settings_of(BIN), "policy")
    wide = {"minimum_rows": 100, "margin": 0.2, "guarded_margin": 0.2, "cost_margin": 0.2, "resamples": 1000}
    rules = settings.policy.comparison.model_copy(update=wide)
    settings = changed(settings, "policy", comparison=rules)
    first = trained(folder, settings)
    number = enthroned(first, settings)
    assert compare(settings)["verdict"] == "same-version"

    search = settings.params.search.model_copy(update={"candidates": ("dummy",)})
    weak = changed(settings, "params", search=search)
    trained(folder, weak)
    seen = compare(weak)
    assert (seen["verdict"], seen["champion"]["version"]) == ("worse", number)
    assert seen["unseen_rows"] == seen["rows"] and seen["looks"] == 1

    search = settings.params.search.model_copy(update={"seed": 7})
    second = trained(folder, changed(settings, "params", search=search))
    seen = compare(settings)
    assert second["model_digest"] != first["model_digest"]
    assert seen["verdict"] in ("better", "not-worse") and seen["looks"] == 2
    assert compare(settings)["looks"] == 2

    package = next(Path("mlartifacts").glob(f"{first['run_id']}/artifacts/package"))
    package.rename("package-gone")
    seen = compare(settings)
    assert seen["verdict"] == "unscorable" and "version 1 cannot be scored any more" in seen["sentence"]

    shutil.copy("data/prepared/tune.parquet", "data/prepared/promotion.parquet")
    from tasks.files import sha256_file, write_json

    split = read_json("data/prepared/split.json")
    split["parts"]["promotion"]["sha256"] = sha256_file("data/prepared/promotion.parquet")
    write_json("data/prepared/split.json", split)
    seen = compare(settings)
    assert (seen["verdict"], seen["left_out"]["candidate"]) == ("unknown", seen["rows"])
