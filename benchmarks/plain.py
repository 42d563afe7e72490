"""The same work as `lifecycle run` in a plain script: no orchestration, no versioning, no gate, no release."""

import json
import time
from pathlib import Path

from config.load import load
from config.settings import ProblemType, Settings
from tasks import (
    audit,
    calibration,
    evaluation,
    explanation,
    files,
    landing,
    recording,
    robustness,
    splitting,
    studies,
    tables,
    thresholds,
    tracking,
    training,
    tuning,
)
from tasks.estimators import family
from tasks.evaluation import Answers
from tasks.intervals import units
from tasks.rules import rule_prediction
from tasks.splitting import Parts
from tasks.statistics import Prediction
from tasks.tracking import Tracking
from tasks.training import Fitted
from tasks.tuning import Examples

OUT = Path("plain")


def main() -> None:
    """Read, validate, split, search, fit, evaluate and log, and write the seconds of each step."""
    settings, clock = load(), Clock()
    parts = prepare(settings)
    clock.lap("data preparation")
    store = tracking.connect(settings)
    digests = {name: files.sha256_file(OUT / f"{name}.parquet") for name, _ in parts}
    examples = {name: training.examples(rows, digests[name], settings) for name, rows in parts}
    fitted, run_id = train(examples, settings, store)
    clock.lap("training")
    evaluate(fitted, parts, examples, settings, store, run_id=run_id)
    clock.lap("evaluation")
    print(json.dumps(clock.laps))


class Clock:
    """Wall seconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        """Write down the seconds since the last lap."""
        now = time.monotonic()
        self.laps[name], self._last = now - self._last, now


def prepare(settings: Settings) -> Parts:
    """Read the source, hold it against its contract, split it and write the parts."""
    rows = landing.read_rows(settings.data, window=settings.data.window)
    audited = audit.audit(rows, settings.data, data_sha256="plain", docs=OUT / "docs")
    parts = splitting.split(audited.accepted, settings.data, settings.params.split)
    for name, part in parts:
        tables.write_parquet(part, OUT / f"{name}.parquet")
    return parts


def train(examples: dict[str, Examples], settings: Settings, store: Tracking) -> tuple[Fitted, str]:
    """Search, refit the best and log it."""
    question, train, tune = training.ask(settings), examples["train"], examples["tune"]
    study = studies.open_study(
        "plain", metric=question.metric, families=len(question.families), seed=settings.params.search.seed
    )
    parent = recording.search_run(store, study, name="search", tags={})
    assert parent is not None, "the plain script starts with an empty store"

    def record(trial: tuning.Trial) -> str:
        return recording.record_trial(trial, store, parent=parent, metric=question.metric.name, tags={}, datasets={})

    found = tuning.search(
        study, train, tune, question=question, settings=settings.params.search, beside=lambda *_: {},
        record=record, show=lambda _: None,
    )  # fmt: skip
    fitted = training.fit_winner(found.best, train, tune, question=question, settings=settings)
    logged = recording.log_winner(
        fitted.pipeline, found.best, store, parent=parent, example=train.features, metrics=fitted.metrics, tags={},
        datasets={"train": train.sha256, "tune": tune.sha256},
    )  # fmt: skip
    recording.finish(store, parent)
    return fitted, logged.run_id


def evaluate(
    fitted: Fitted, parts: Parts, examples: dict[str, Examples], settings: Settings, store: Tracking, *, run_id: str
) -> None:
    """Measure with intervals and slices, choose a threshold, perturb, explain, and log the figures."""
    question, seed, problem = training.ask(settings), settings.params.search.seed, settings.charter.problem_type
    seen, held, rows, pipeline = examples["train"], examples["promotion"], parts.promotion, fitted.pipeline
    model = Prediction.of(pipeline, held.features, problem)
    simple = family("dummy").build({}, {}, problem=problem, seed=0).fit(seen.features, seen.target)
    dummy = Prediction.of(simple, held.features, problem)
    rule = rule_prediction(rows, dummy=dummy, rule=settings.charter.rule_baseline, problem=problem)
    answers = Answers(rows, held, {"model": model, "rule": rule, "dummy": dummy}, units(rows, settings.data), 0.0)
    measured = evaluation.measure(answers, settings=settings)
    if problem is ProblemType.BINARY:
        said = Prediction.of(pipeline, examples["tune"].features, problem)
        thresholds.cheapest_threshold(examples["tune"].target, said.positive, settings.charter.error_costs)
    calibration.calibration(held.target, model, problem=problem)
    calibration.curve(held.target, model, problem=problem)
    about = {"metric": question.metric, "problem": problem, "seed": seed}
    robustness.lose_by_noise(pipeline, held.features, held.target, schema=question.schema, **about)
    explanation.explain(pipeline, held.features, held.target, **about)
    for name, figure in measured.by["model"].items():
        if figure.value is not None:
            store.client.log_metric(run_id, f"promotion_{name}", figure.value)


if __name__ == "__main__":
    main()
