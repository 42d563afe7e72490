"""What a model is worth on the promotion rows: metrics with intervals, beside rule and dummy, and by slice."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from config.errors import IntegrityAlarm
from config.settings import Settings
from tasks import packaging
from tasks.estimators import family
from tasks.files import read_json
from tasks.intervals import Interval, Units, distributions, interval, units, value_of
from tasks.metrics import Metric, metric
from tasks.recording import model_folder
from tasks.rules import rule_prediction
from tasks.slices import Slice, slice_statistics, slices_of
from tasks.statistics import Prediction, Statistic
from tasks.tracking import Tracking
from tasks.training import REPORTS as TRAINING
from tasks.training import read_part
from tasks.tuning import Examples

WHO = ("model", "rule", "dummy")
SHUFFLES = 3


@dataclass(frozen=True, eq=False)
class Answers:
    """Promotion rows, their truth, and what model, rule and dummy say of them."""

    rows: pd.DataFrame
    examples: Examples
    by: Mapping[str, Prediction]
    units: Units
    cpu_seconds: float  # of the model, for all rows


@dataclass(frozen=True)
class Figure:
    """A metric with its interval; no value where it is not defined or does not depend on the model."""

    value: float | None
    low: float | None
    high: float | None
    greater_is_better: bool
    reason: str = ""


@dataclass(frozen=True)
class Measured:
    """Figures by who answered, the uplift of the primary metric over rule and dummy, slices by column and value."""

    by: Mapping[str, Mapping[str, Figure]]
    uplift: Interval
    over_dummy: Interval
    slices: Mapping[str, Mapping[str, Slice]]
    resampled_by: str


def load_winner(tracking: Tracking) -> tuple[dict[str, Any], Pipeline]:
    """Load the model that training.json names, if files and columns are those that were logged (IntegrityAlarm)."""
    training = read_json(TRAINING / "training.json")
    folder = model_folder(training["model_uri"], tracking)
    pipeline = load_verified(folder, training["model_digest"])
    told = set(training["features"])
    if (reads := set(getattr(pipeline, "feature_names_in_", told))) != told:  # a dummy reads none, and names none
        raise IntegrityAlarm(
            f"the model in {folder} reads other columns than training says: {_some(reads ^ told)}",
            expected="the model that training logged",
            next_step="run `lifecycle verify`, then `lifecycle run --force`",
        )
    return training, pipeline


def _some(names: set[str]) -> str:
    return ", ".join(sorted(names)[:5])


def load_verified(folder: Path, digest: str) -> Pipeline:
    """Load a model whose digest is known, from skops with our own list of types; no code of it runs."""
    if (seen := packaging.model_digest(folder)) != digest:
        raise IntegrityAlarm(
            f"the model in {folder} has digest {seen[:12]}, not {digest[:12]}: its files were changed",
            expected="the files that training logged, every byte of them",
            next_step="run `lifecycle verify`, then `lifecycle run --force`",
        )
    pipeline: Pipeline = packaging.open_model(folder)
    return pipeline


def answer(pipeline: Pipeline, rows: pd.DataFrame, examples: Examples, *, settings: Settings) -> Answers:
    """Let the model, the charter's rule and a dummy fitted on the train target answer the same rows."""
    problem, start = settings.charter.problem_type, time.process_time()
    model = Prediction.of(pipeline, examples.features, problem)
    spent = time.process_time() - start
    dummy = _dummy(settings, examples)
    rule = rule_prediction(rows, dummy=dummy, rule=settings.charter.rule_baseline, problem=problem)
    said = {"model": model, "rule": rule, "dummy": dummy}
    return Answers(rows, examples, said, units(rows, settings.data), spent)


def _dummy(settings: Settings, examples: Examples) -> Prediction:
    from tasks.features import target_values

    problem = settings.charter.problem_type
    target = target_values(read_part("train", columns=[settings.data.target])[0], settings.data, problem)
    fitted = family("dummy").build({}, {}, problem=problem, seed=0).fit(np.zeros((len(target), 1)), target)
    return Prediction.of(fitted, examples.features, problem)


def named_metrics(settings: Settings) -> dict[str, Metric]:
    """Resolve every metric that params, policy and charter name, the primary first."""
    names = [settings.params.metrics.primary, *settings.params.metrics.guarded]
    names += [t.metric for t in settings.policy.thresholds] + [k.metric for k in settings.charter.kpis]
    return {name: metric(name, settings.charter.problem_type) for name in dict.fromkeys(names)}


def measure(answers: Answers, *, settings: Settings) -> Measured:
    """Measure everything on the same resamples, so that what is compared is paired."""
    named, params, y = named_metrics(settings), settings.params.metrics, answers.examples.target
    primary = named[params.primary]
    statistics = {(who, name): one.statistic(y, answers.by[who]) for who in WHO for name, one in named.items()}
    slices = slice_statistics(answers.rows, y, answers.by["model"], primary, settings=settings)
    drawn = distributions(
        statistics | slices, answers.units, resamples=params.resamples, seed=settings.params.search.seed
    )
    told = {
        key: interval(value_of(one, len(y)), drawn[key], confidence=params.confidence, units=answers.units.count)
        for key, one in (statistics | slices).items()
    }
    figures = {who: {name: _figure(told[who, name], one) for name, one in named.items()} for who in WHO}
    figures["model"] = {
        name: _unless_constant(figure, named[name], answers, [figures[who][name] for who in WHO], settings)
        for name, figure in figures["model"].items()
    }
    uplift, over_dummy = (
        _uplift(statistics, drawn, primary, answers, over=who, confidence=params.confidence)
        for who in ("rule", "dummy")
    )
    return Measured(figures, uplift, over_dummy, slices_of(answers.rows, told, settings=settings), answers.units.name)


def _figure(told: Interval, one: Metric) -> Figure:
    return Figure(told.value, told.low, told.high, one.greater_is_better)


def _unless_constant(
    figure: Figure, one: Metric, answers: Answers, all_three: list[Figure], settings: Settings
) -> Figure:
    """Take away the value of a metric that does not vary with the model: it says nothing of it."""
    if figure.value is None:
        return replace(figure, reason=f"{one.name} is not a finite number on these rows")
    rng, y, said = np.random.default_rng(settings.params.search.seed), answers.examples.target, answers.by["model"]
    shuffled = [one.score(y, said.take(rng.permutation(len(y)))) for _ in range(SHUFFLES)]
    if all(math.isclose(figure.value, other, rel_tol=1e-12) for other in shuffled):
        why = "for shuffled predictions too: it does not depend on the model"
    elif len({other.value for other in all_three}) == 1 and not said.same_as(answers.by["dummy"]):
        why = "for model, rule and dummy alike: it does not depend on the model"
    else:
        return figure
    return replace(figure, value=None, low=None, high=None, reason=f"{one.name} is {figure.value:.6g} {why}")


def _uplift(
    statistics: Mapping[Any, Statistic], drawn: Mapping[Any, Any], primary: Metric, answers: Answers, *, over: str,
    confidence: float,
) -> Interval:  # fmt: skip
    model, simple, rows = ("model", primary.name), (over, primary.name), len(answers.rows)
    value = primary.gain(value_of(statistics[model], rows), over=value_of(statistics[simple], rows))
    sign = 1 if primary.greater_is_better else -1
    return interval(value, sign * (drawn[model] - drawn[simple]), confidence=confidence, units=answers.units.count)


def overfit_gap(training: Mapping[str, Any], primary: Metric) -> float | None:
    """Give by how much the primary metric is better on train than on tune rows."""
    scores = training["metrics"]
    train, tune = scores.get(f"train_{primary.name}"), scores.get(f"tune_{primary.name}")
    if train is None or tune is None:
        return None
    return primary.gain(train, over=tune)
