"""Training: the search for the best candidate, the refit of the winner, and their record in MLflow."""

if __name__ == "__main__":  # first, because the server must start before Prefect is imported
    from flows import stages

    stages.run("flows.training", "train")

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from sklearn.pipeline import Pipeline

from config.settings import Settings
from flows.patience import passes
from flows.progress import tell
from tasks import (
    allocation,
    folds,
    leaderboard,
    processes,
    recording,
    studies,
    tracking,
    tradeoffs,
    training,
    tuning,
    variation,
)
from tasks.failpoints import failpoint
from tasks.features import identity_schema, row_fingerprints
from tasks.folds import CrossValidation
from tasks.recording import Logged
from tasks.tracking import Provenance, Tracking
from tasks.training import Baseline, Fitted
from tasks.tuning import Examples, Found, Question, Trial

if TYPE_CHECKING:
    from optuna import Study

Tags = Mapping[str, str]
MINE = ["training"]
open_store = task(
    name="Open the tracking store", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=120, retries=2,
    retry_delay_seconds=[1, 5], retry_condition_fn=passes,
)(tracking.connect)  # fmt: skip
read_rows = task(name="Read rows", task_run_name="Read the {name} rows", tags=MINE, cache_policy=NO_CACHE)(
    training.read_part
)


@flow(name="Training", flow_run_name="Training of {settings.charter.project}")
def train(settings: Settings, cause: str = "hand", recorded: Trial | None = None) -> dict[str, Any]:
    """Search unless the trial is known, refit, log and write reports/training; the promotion rows are not read."""
    start, question = time.monotonic(), training.ask(settings)
    store, source = open_store(settings), tracking.provenance()
    tags = source.tags() | {processes.TAG: processes.me(), "lifecycle.cause": cause}
    tags |= {"lifecycle.flow_run_id": str(runtime.flow_run.get_id())} | allocation.tags(settings.charter)
    rows = {name: read_rows(name) for name in ("train", "tune")}
    parts = {name: training.examples(frame, sha256, settings) for name, (frame, sha256) in rows.items()}
    study, parent = begin(parts, question, settings, store=store, tags=tags)
    simple = measure_baselines(parts, rows["tune"][0], settings)
    if recorded is None:
        found = search(study, parts, rows["tune"][0], question, settings, store=store, parent=parent, tags=tags)
    else:
        found = Found((recorded,), recorded, resumed=0, sampled_rows=0, wanted=1)
    fitted = fit_winner(found.best, parts, question, settings)
    varied = cross_validate(found.best, parts["train"], rows["train"][0], question, settings)
    compare_ways(found, parts, rows["tune"][0], question, settings)
    failpoint("train.fitted")
    logged = log_winner(fitted, varied, found.best, parts, store=store, parent=parent, tags=tags)
    failpoint("train.logged")
    log_seen_rows(store, logged, [frame for frame, _ in rows.values()], settings)
    return write_reports(
        found, fitted, varied, logged, simple, study, question=question, settings=settings, source=source, parts=parts,
        store=store, wall_seconds=time.monotonic() - start,
    )  # fmt: skip


@task(name="Begin or resume the search", tags=MINE, cache_policy=NO_CACHE)
def begin(
    parts: Mapping[str, Examples], question: Question, settings: Settings, *, store: Tracking, tags: Tags
) -> tuple["Study", str]:
    """Open the study of this data, code and parameters with its run; one whose run is finished begins anew."""
    name = training.study_name(parts["train"], parts["tune"], question, settings)
    title = f"search {', '.join(family.name for family in question.families)}"
    about = dict(tags) | {"lifecycle.phase": "search", "lifecycle.study": name}
    for _ in range(2):
        study = studies.open_study(
            name, metric=question.metric, families=len(question.families), seed=settings.params.search.seed
        )
        if (run_id := recording.search_run(store, study, name=title, tags=about)) is not None:
            return study, run_id
        studies.delete_study(name)
    raise AssertionError("a study that was just begun has an open run")


@task(name="Measure the simple answers", tags=MINE, cache_policy=NO_CACHE)
def measure_baselines(
    parts: Mapping[str, Examples], tune_rows: pd.DataFrame, settings: Settings
) -> tuple[Baseline, ...]:
    """Measure dummy and rule on the tune rows."""
    return training.baselines(parts["train"], parts["tune"], tune_rows, settings=settings)


@task(name="Search for the best candidate", tags=MINE, cache_policy=NO_CACHE)
def search(
    study: "Study", parts: Mapping[str, Examples], tune_rows: pd.DataFrame, question: Question, settings: Settings, *,
    store: Tracking, parent: str, tags: Tags,
) -> Found:  # fmt: skip
    """Run the trials that are missing, each of them a run below the search's."""
    share = min(1.0, settings.params.search.sample_rows / len(parts["train"].target))
    about = dict(tags) | {"lifecycle.phase": "trial", "lifecycle.sample": f"{share:.6f}"}
    digests = {name: part.sha256 for name, part in parts.items()}

    def record(trial: Trial) -> str:
        failpoint("train.tried")
        return recording.record_trial(
            trial, store, parent=parent, metric=question.metric.name, tags=about, datasets=digests
        )

    def beside(pipeline: Pipeline, fitted_on: Examples) -> Mapping[str, Any]:
        return asdict(tradeoffs.look(pipeline, fitted_on, parts["tune"], tune_rows, settings=settings))

    return tuning.search(
        study, parts["train"], parts["tune"], question=question, settings=settings.params.search, beside=beside,
        record=record, show=tell,
    )  # fmt: skip


@task(name="Fit the winner on all train rows", tags=MINE, cache_policy=NO_CACHE)
def fit_winner(best: Trial, parts: Mapping[str, Examples], question: Question, settings: Settings) -> Fitted:
    """Refit the recorded best trial with its own parameters."""
    return training.fit_winner(best, parts["train"], parts["tune"], question=question, settings=settings)


@task(name="Cross-validate the winner", tags=MINE, cache_policy=NO_CACHE)
def cross_validate(
    best: Trial, train: Examples, rows: pd.DataFrame, question: Question, settings: Settings
) -> CrossValidation:
    """Measure how much the winner's score varies from fold to fold."""
    params = settings.params
    return folds.cross_validate(
        best, train, rows, question=question, data=settings.data, split=params.split, seed=params.search.seed
    )


@task(name="Compare the winner with other ways", tags=MINE, cache_policy=NO_CACHE)
def compare_ways(
    found: Found, parts: Mapping[str, Examples], tune_rows: pd.DataFrame, question: Question, settings: Settings
) -> None:
    """Write by how much the winner leads over another family and over itself on fewer features; try other threads."""
    train, tune, params = parts["train"], parts["tune"], settings.params
    held = variation.benchmark(found, train, tune, tune_rows, question=question, data=settings.data, params=params)
    variation.write(held, train, tune, question=question, params=params)


@task(name="Log the winner", tags=MINE, cache_policy=NO_CACHE)
def log_winner(
    fitted: Fitted,
    varied: CrossValidation,
    best: Trial,
    parts: Mapping[str, Examples],
    *,
    store: Tracking,
    parent: str,
    tags: Tags,
) -> Logged:
    """Log parameters, metrics, datasets and the model as skops."""
    effort = {name: getattr(fitted, name) for name in ("cpu_seconds", "wall_seconds", "peak_rss_mib")}
    spread = {f"cv_{name}": value for name in ("mean", "std") if (value := getattr(varied, name)) is not None}
    return recording.log_winner(
        fitted.pipeline,
        best,
        store,
        parent=parent,
        example=parts["train"].features,
        metrics=dict(fitted.metrics) | effort | spread,
        tags=dict(tags) | {"lifecycle.phase": "training"},
        datasets={name: part.sha256 for name, part in parts.items()},
    )


@task(name="Keep which rows were seen", tags=MINE, cache_policy=NO_CACHE)
def log_seen_rows(store: Tracking, logged: Logged, frames: list[pd.DataFrame], settings: Settings) -> None:
    """Log the fingerprints of all rows that the winner was trained or tuned on."""
    schema, time_column = identity_schema(settings.data), settings.data.time_column
    marks = np.concatenate([row_fingerprints(frame, schema) for frame in frames])
    newest = max(pd.to_datetime(f[time_column], utc=True).max() for f in frames).isoformat() if time_column else None
    recording.log_seen_rows(store, logged.run_id, marks, schema=schema, newest=newest)


def write_reports(
    found: Found, fitted: Fitted, varied: CrossValidation, logged: Logged, simple: tuple[Baseline, ...],
    study: "Study", *, question: Question, settings: Settings, source: Provenance, parts: Mapping[str, Examples],
    store: Tracking, wall_seconds: float,
) -> dict[str, Any]:  # fmt: skip
    """Write both reports, then close the search: one that is open is resumed by the next run."""
    leaderboard.write_leaderboard(found, simple, primary=question.metric)
    record = leaderboard.write_training(
        found, fitted, varied, logged, study, question=question, settings=settings, source=source,
        data_sha256={name: part.sha256 for name, part in parts.items()}, wall_seconds=wall_seconds,
        sample=tuning.representative(parts["train"], settings.params.search) if found.sampled_rows else (),
    )  # fmt: skip
    failpoint("train.reported")
    recording.tell_rejected(found.trials, found.best, store, metric=question.metric.name)
    recording.keep_account(store, logged.run_id, training.REPORTS)
    recording.finish(store, logged.parent_run_id)
    return record
