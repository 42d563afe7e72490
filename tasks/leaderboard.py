"""What training writes down: reports/training, the leaderboard and the account of the winner."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.settings import Settings
from tasks.estimators import TRUSTED_TYPES
from tasks.files import now, sha256_json, write_json
from tasks.folds import CrossValidation
from tasks.likeness import Likeness
from tasks.metrics import Metric
from tasks.recording import Logged
from tasks.studies import STORAGE
from tasks.surroundings import surroundings
from tasks.tracking import Provenance
from tasks.training import REPORTS, Baseline, Fitted
from tasks.tuning import Found, Question, Trial

if TYPE_CHECKING:
    from optuna import Study


def write_leaderboard(found: Found, simple: tuple[Baseline, ...], *, primary: Metric) -> Path:
    """Write reports/training/leaderboard.json: every trial, and the simple answers beside them."""
    rows = [_trial_row(trial) for trial in found.trials]
    dummy_was_tried = any(trial.family == "dummy" for trial in found.trials)
    rows += [_baseline_row(one) for one in simple if one.kind != "dummy" or not dummy_was_tried]
    direction = "maximize" if primary.greater_is_better else "minimize"
    return write_json(
        REPORTS / "leaderboard.json",
        {"schema": 1, "primary": primary.name, "direction": direction, "candidates": rows},
    )


def _trial_row(trial: Trial) -> dict[str, Any]:
    row = {"trial": trial.number, "kind": trial.family, "baseline": trial.family == "dummy"}
    return dataclasses.asdict(trial) | row


def _baseline_row(one: Baseline) -> dict[str, Any]:
    value = one.value if one.value == one.value else None  # NaN has no JSON
    row: dict[str, Any] = {"trial": one.number, "run_id": None, "family": one.kind, "params": {}, "value": value}
    return row | {"state": "complete", "cpu_seconds": one.cpu_seconds, "baseline": True, "kind": one.kind}


def write_training(
    found: Found, fitted: Fitted, varied: CrossValidation, logged: Logged, study: "Study", *, question: Question,
    settings: Settings, source: Provenance, data_sha256: Mapping[str, str], sample: tuple[Likeness, ...],
    wall_seconds: float,
) -> dict[str, Any]:  # fmt: skip
    """Write reports/training/training.json: the winner, where it lies, and all that it was made from."""
    about = surroundings()
    record = {
        "schema": 1,
        "made": now(),
        "run_id": logged.run_id,
        "parent_run_id": logged.parent_run_id,
        "model_name": settings.charter.project,
        "model_uri": logged.model_uri,
        "model_digest": logged.digest,
        "content_digest": logged.content,
        "family": found.best.family,
        "params": found.best.params,
        "seed": settings.params.search.seed,
        "metrics": fitted.metrics,
        "cross_validation": varied,
        "data_sha256": data_sha256,
        "features": list(question.schema),
        "feature_schema_sha256": sha256_json(question.schema),
        "pipeline": logged.reading,
        "best_trial": found.best.number,
        "winner": {"number": found.best.number, "family": found.best.family, "params": found.best.params},
        "study": describe(study, found, settings) | {"sample": sample},
        "cpu_seconds": fitted.cpu_seconds + sum(trial.cpu_seconds for trial in found.trials),
        "refit_cpu_seconds": fitted.cpu_seconds,
        "wall_seconds": wall_seconds,
        "peak_rss_mib": fitted.peak_rss_mib,
        "threads": about["threads"],
        "surroundings": about,
        "trusted_types": list(TRUSTED_TYPES),
        "source_commit": source.commit,
        "source_dirty": source.dirty,
        "lock_sha256": source.lock_sha256,
    }
    write_json(REPORTS / "training.json", record)
    return record


def describe(study: "Study", found: Found, settings: Settings) -> dict[str, Any]:
    """Say how the search went about it."""
    return {
        "name": study.study_name,
        "storage": f"sqlite:///{STORAGE}",
        "sampler": type(study.sampler).__name__,
        "pruner": type(study.pruner).__name__,
        "trials": len(found.trials),
        "pruned": sum(trial.state == "pruned" for trial in found.trials),
        "failed": sum(trial.state == "fail" for trial in found.trials),
        "wanted": found.wanted,
        "resumed_trials": found.resumed,
        "interrupted": found.resumed > 0 or len(study.get_trials(deepcopy=False)) > len(found.trials),
        "sampled_rows": found.sampled_rows,
        "timeout": float(settings.params.search.timeout_seconds),
    }
