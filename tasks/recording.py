"""What training writes into MLflow: one run for the search, one for each trial, one for the winner with its model."""

import importlib.metadata
import json
import logging
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from config.errors import LifecycleError
from tasks import compatibility
from tasks.content import content_digest
from tasks.estimators import TRUSTED_TYPES
from tasks.features import Reading, reading_of
from tasks.files import sha256_file, write_json
from tasks.packaging import model_digest, open_model
from tasks.tracking import Tracking, in_words
from tasks.tuning import Trial

if TYPE_CHECKING:
    from optuna import Study

MODEL_LIBRARIES = ("mlflow", *compatibility.LIBRARIES)
EXAMPLE_ROWS = 5
SIGNATURE_ROWS = 200
SEEN_ROWS = "seen_rows.bin"
SEEN = "seen.json"
REJECTED = "lifecycle.rejected"


@dataclass(frozen=True)
class Logged:
    """Where the winner lies in MLflow, the digest of its files, that of what they say, and how it reads its rows."""

    run_id: str
    parent_run_id: str
    model_uri: str
    digest: str
    content: str
    reading: Reading


def search_run(tracking: Tracking, study: "Study", *, name: str, tags: Mapping[str, str]) -> str | None:
    """Give the run of this study's search, begun now or left open by an interrupted one; None: it is finished."""
    if (known := study.user_attrs.get("parent_run_id")) is None:
        with in_words(tracking.uri):
            run = tracking.client.create_run(tracking.experiment_id, tags=dict(tags), run_name=name)
        study.set_user_attr("parent_run_id", run.info.run_id)
        return str(run.info.run_id)
    return str(known) if _is_open(tracking, known) else None


def _is_open(tracking: Tracking, run_id: str) -> bool:
    from mlflow.exceptions import MlflowException

    try:
        return str(tracking.client.get_run(run_id).info.status) != "FINISHED"
    except MlflowException:  # another store, or the run was deleted
        return False


def record_trial(
    trial: Trial, tracking: Tracking, *, parent: str, metric: str, tags: Mapping[str, str], datasets: Mapping[str, str]
) -> str:
    """Write one trial as a finished run below the search, in four calls, and give its id."""
    from mlflow.entities import Metric, Param, RunTag

    client, at = tracking.client, int(time.time() * 1000)
    values = {"cpu_seconds": trial.cpu_seconds} | ({} if trial.value is None else {f"tune_{metric}": trial.value})
    parameters = {"family": trial.family} | dict(trial.params)
    about = dict(tags) | {"lifecycle.trial": str(trial.number), "lifecycle.state": trial.state}
    with in_words(tracking.uri):
        run = client.create_run(
            tracking.experiment_id,
            start_time=at - int(trial.cpu_seconds * 1000),
            tags={"mlflow.parentRunId": parent},
            run_name=f"trial {trial.number} {trial.family}",
        )
        client.log_batch(
            run.info.run_id,
            metrics=[Metric(name, value, at, 0) for name, value in values.items()],
            params=[Param(name, str(value)) for name, value in parameters.items()],
            tags=[RunTag(name, value) for name, value in about.items()],
        )
        log_datasets(tracking, run.info.run_id, datasets, revision=tags.get("lifecycle.data_revision", ""))
        client.set_terminated(run.info.run_id, "FAILED" if trial.state == "fail" else "FINISHED")
    return str(run.info.run_id)


def tell_rejected(trials: Iterable[Trial], best: Trial, tracking: Tracking, *, metric: str) -> None:
    """Say on the run of every trial but the best why it was not chosen."""
    with in_words(tracking.uri):
        for trial in trials:
            if trial.number != best.number and trial.run_id is not None:
                lost = f"{trial.value} {metric}, trial {best.number} has {best.value}"
                why = lost if trial.state == "complete" else f"it did not get to the end: {trial.state}"
                tracking.client.set_tag(trial.run_id, REJECTED, why)


def log_winner(
    pipeline: Pipeline, best: Trial, tracking: Tracking, *, parent: str, example: pd.DataFrame,
    metrics: Mapping[str, float], tags: Mapping[str, str], datasets: Mapping[str, str],
) -> Logged:  # fmt: skip
    """Log the winner's run: parameters, metrics, the data it was made from, and the model as skops."""
    import mlflow

    # MLflow would try the example on the stored model, which it may not load: that is ours to do, and we do.
    logging.getLogger("mlflow.models.model").setLevel(logging.ERROR)
    with (
        in_words(tracking.uri),
        mlflow.start_run(run_id=parent),
        mlflow.start_run(experiment_id=tracking.experiment_id, run_name="winner", nested=True, tags=dict(tags)) as run,
    ):
        mlflow.log_params({"family": best.family, "trial": best.number} | dict(best.params))
        mlflow.log_metrics(dict(metrics))
        log_datasets(tracking, run.info.run_id, datasets, revision=tags.get("lifecycle.data_revision", ""))
        model = mlflow.sklearn.log_model(
            pipeline,
            name="model",
            serialization_format="skops",
            skops_trusted_types=list(TRUSTED_TYPES),
            signature=signature_of(pipeline, example),
            input_example=example.head(EXAMPLE_ROWS),
            pip_requirements=[f"{name}=={importlib.metadata.version(name)}" for name in MODEL_LIBRARIES],
        )
        mlflow.MlflowClient().update_run(parent, status="RUNNING")
    folder = model_folder(model.model_uri, tracking)
    digest, reading = model_digest(folder), reading_of(open_model(folder))
    return Logged(run.info.run_id, parent, model.model_uri, digest, content_digest(folder), reading)


def signature_of(pipeline: Pipeline, example: pd.DataFrame) -> Any:
    """Describe what goes into the model and what comes out."""
    from mlflow.models import infer_signature

    head = example.head(SIGNATURE_ROWS)
    return infer_signature(head, pipeline.predict(head))


def log_datasets(tracking: Tracking, run_id: str, digests: Mapping[str, str], *, revision: str) -> None:
    """Log the parts that were read as inputs of a run, with the start of their SHA-256 and the DVC revision."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    inputs = [
        DatasetInput(
            Dataset(name, digest[:36], "local", json.dumps({"uri": f"data/prepared/{name}.parquet"})),
            [InputTag("mlflow.data.context", name), InputTag("dvc_revision", revision), InputTag("sha256", digest)],
        )
        for name, digest in digests.items()
    ]
    tracking.client.log_inputs(run_id, datasets=inputs)


def model_folder(model_uri: str, tracking: Tracking) -> Path:
    """Give the folder of a logged model's files; local ones are not copied (LifecycleError)."""
    import mlflow

    with in_words(tracking.uri):
        try:
            # The model's own place, not its models:/ address: reading that one adds a file beside the model.
            place = tracking.client.get_logged_model(model_uri.removeprefix("models:/")).artifact_location
            return Path(mlflow.artifacts.download_artifacts(artifact_uri=place, tracking_uri=tracking.uri))
        except OSError as error:
            raise LifecycleError(
                f"the files of {model_uri} are not there: {error}",
                expected="the model that training logged",
                next_step="run `lifecycle run --force`",
            ) from error


def log_seen_rows(
    tracking: Tracking, run_id: str, fingerprints: NDArray[np.uint64], *, schema: Mapping[str, str], newest: str | None
) -> None:
    """Keep with the winner which rows it was trained and tuned on, so that a later comparison can leave them out."""
    with tempfile.TemporaryDirectory() as folder, in_words(tracking.uri):
        path = Path(folder) / SEEN_ROWS
        path.write_bytes(np.unique(fingerprints).astype("<u8").tobytes())
        about = {"schema": 1, "columns": schema, "sha256": sha256_file(path), "rows": len(fingerprints)}
        write_json(Path(folder) / SEEN, about | {"newest": newest})
        tracking.client.log_artifacts(run_id, folder)


def keep_account(tracking: Tracking, run_id: str, reports: Path) -> None:
    """Keep what training wrote down with the winner's run: it is what the model can be built from again."""
    with in_words(tracking.uri):
        tracking.client.log_artifacts(run_id, str(reports), "training")


def finish(tracking: Tracking, run_id: str) -> None:
    """Close the run of a search whose winner and reports are written."""
    with in_words(tracking.uri):
        tracking.client.set_terminated(run_id, "FINISHED")
