"""How the winner comes to be: parts read and verified, the refit on all train rows, what is written down."""

import dataclasses
import io
import os
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from sklearn.pipeline import Pipeline

from config.errors import IntegrityAlarm
from config.settings import Settings
from tasks.estimators import TRUSTED_TYPES, family
from tasks.features import feature_frame, feature_schema, target_values
from tasks.files import now, read_json, sha256_bytes, sha256_file, sha256_json, write_json
from tasks.metrics import Metric, metric
from tasks.recording import Logged
from tasks.rules import rule_prediction
from tasks.statistics import Prediction
from tasks.studies import STORAGE
from tasks.tracking import Provenance
from tasks.tuning import Examples, Found, Question, Trial

if TYPE_CHECKING:
    from optuna import Study

PREPARED = Path("data/prepared")
REPORTS = Path("reports/training")
RULE = -1  # the number of the rule on the leaderboard: it is no trial of the study
DUMMY = -2  # the same for the dummy, where it is not among the candidates
# What a trial's score depends on, apart from data and parameters.
CODE = ("estimators", "features", "metrics", "statistics", "tuning")


@dataclass(frozen=True, eq=False)
class Fitted:
    """The winner, fitted on all train rows, and what that took."""

    pipeline: Pipeline
    metrics: Mapping[str, float]
    cpu_seconds: float
    wall_seconds: float
    peak_rss_mib: float


@dataclass(frozen=True)
class Baseline:
    """A simple answer that the winner must beat, measured on the tune rows."""

    number: int
    kind: str
    value: float
    cpu_seconds: float = 0.0


def ask(settings: Settings) -> Question:
    """Resolve every name that training and evaluation will need, before a row is read (ConfigError)."""
    problem, params = settings.charter.problem_type, settings.params
    named = [params.metrics.primary, *params.metrics.guarded]
    named += [t.metric for t in settings.policy.thresholds] + [k.metric for k in settings.charter.kpis]
    for name in named:
        metric(name, problem)
    families = tuple(family(name) for name in dict.fromkeys(params.search.candidates))
    return Question(families, metric(params.metrics.primary, problem), problem, feature_schema(settings.data))


def read_part(name: str, *, columns: list[str] | None = None) -> tuple[pd.DataFrame, str]:
    """Read a part of the split and the digest of the very bytes read; other bytes than split.json's are an alarm."""
    content = (PREPARED / f"{name}.parquet").read_bytes() if (PREPARED / f"{name}.parquet").exists() else b""
    recorded, seen = read_json(PREPARED / "split.json")["parts"][name]["sha256"], sha256_bytes(content)
    if seen != recorded:
        raise IntegrityAlarm(
            f"{PREPARED / name}.parquet has digest {seen[:12]}, not {recorded[:12]} as split.json says",
            expected="the rows that were audited, every byte of them",
            next_step="run `dvc checkout`, or `lifecycle run --force`",
        )
    return pd.read_parquet(io.BytesIO(content), columns=columns), seen


def examples(rows: pd.DataFrame, sha256: str, settings: Settings) -> Examples:
    """Make rows ready to fit."""
    target = target_values(rows, settings.data, settings.charter.problem_type)
    return Examples(feature_frame(rows, settings.data), target, sha256)


def study_name(train: Examples, tune: Examples, question: Question, settings: Settings) -> str:
    """Name a study by what its scores depend on, so that only a search for the same goes on."""
    here = Path(__file__).parent
    about = {
        "data": [train.sha256, tune.sha256, question.schema, settings.data.target, settings.data.positive],
        "params": [settings.params.search, question.metric.name, question.problem],
        "code": {name: sha256_file(here / f"{name}.py") for name in CODE},
        "lock": sha256_file("requirements.lock") if Path("requirements.lock").exists() else None,
    }
    return f"{settings.charter.project}-{sha256_json(about)[:16]}"


def baselines(train: Examples, tune: Examples, tune_rows: pd.DataFrame, *, settings: Settings) -> tuple[Baseline, ...]:
    """Measure the dummy and the charter's rule on the tune rows."""
    problem, start = settings.charter.problem_type, time.process_time()
    primary = metric(settings.params.metrics.primary, problem)
    dummy = family("dummy").build({}, {}, problem=problem, seed=0).fit(train.features, train.target)
    said = Prediction.of(dummy, tune.features, problem)
    rule = rule_prediction(tune_rows, dummy=said, rule=settings.charter.rule_baseline, problem=problem)
    spent = time.process_time() - start
    return (
        Baseline(RULE, "rule", primary.score(tune.target, rule), spent),
        Baseline(DUMMY, "dummy", primary.score(tune.target, said), spent),
    )


def fit_winner(best: Trial, train: Examples, tune: Examples, *, question: Question, settings: Settings) -> Fitted:
    """Fit the best trial's family with its parameters on all train rows, and measure it on train and tune."""
    cpu, wall = time.process_time(), time.monotonic()
    seed = settings.params.search.seed
    pipeline = family(best.family).build(question.schema, best.params, problem=question.problem, seed=seed)
    pipeline.fit(train.features, train.target)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # of this process, so far; Linux counts in KiB
    return Fitted(pipeline, _scores(pipeline, train, tune, question, settings), cpu, wall, peak)


def _scores(
    pipeline: Pipeline, train: Examples, tune: Examples, question: Question, settings: Settings
) -> dict[str, float]:
    names = (settings.params.metrics.primary, *settings.params.metrics.guarded)
    on_tune = Prediction.of(pipeline, tune.features, question.problem)
    on_train = Prediction.of(pipeline, train.features, question.problem)
    scores = {f"tune_{name}": metric(name, question.problem).score(tune.target, on_tune) for name in names}
    return scores | {f"train_{names[0]}": question.metric.score(train.target, on_train)}


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
    found: Found, fitted: Fitted, logged: Logged, study: "Study", *, question: Question, settings: Settings,
    source: Provenance, data_sha256: Mapping[str, str], wall_seconds: float,
) -> dict[str, Any]:  # fmt: skip
    """Write reports/training/training.json: the winner, where it lies, and all that it was made from."""
    record = {
        "schema": 1,
        "made": now(),
        "run_id": logged.run_id,
        "parent_run_id": logged.parent_run_id,
        "model_name": settings.charter.project,
        "model_uri": logged.model_uri,
        "model_digest": logged.digest,
        "family": found.best.family,
        "params": found.best.params,
        "seed": settings.params.search.seed,
        "metrics": fitted.metrics,
        "data_sha256": data_sha256,
        "features": list(question.schema),
        "feature_schema_sha256": sha256_json(question.schema),
        "best_trial": found.best.number,
        "study": describe(study, found, settings),
        "cpu_seconds": fitted.cpu_seconds + sum(trial.cpu_seconds for trial in found.trials),
        "refit_cpu_seconds": fitted.cpu_seconds,
        "wall_seconds": wall_seconds,
        "peak_rss_mib": fitted.peak_rss_mib,
        "threads": os.cpu_count() or 1,
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
        "resumed_trials": found.resumed,
        "sampled_rows": found.sampled_rows,
        "timeout": float(settings.params.search.timeout_seconds),
    }
