"""The winner against what else was possible: another family, and fewer features, on the same rows with one seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from config.settings import ColumnType, Data, Params
from tasks.estimators import family
from tasks.files import write_json
from tasks.hardware import Setting, other_than, settings_of, threads_in_use, with_threads
from tasks.intervals import Interval, distributions, interval, units, value_of
from tasks.statistics import Prediction
from tasks.training import REPORTS
from tasks.tuning import Examples, Found, Question, Trial, draw

WINNER, FAMILY, FEATURES = "winner", "family", "features"


@dataclass(frozen=True)
class Contestant:
    """One way to answer: what varies against the winner, of which family, on which features."""

    varies: str
    trial: Trial
    features: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """How a contestant came out on the tune rows, and the winner's margin over it, positive where the winner leads."""

    varies: str
    family: str
    trial: int
    features: tuple[str, ...]
    value: float | None
    margin: Interval | None


def contestants(found: Found, question: Question) -> Iterator[Contestant]:
    """Name the winner, the best of another family, and the winner's family on a part of the features."""
    schema, best = question.schema, found.best
    yield Contestant(WINNER, best, tuple(schema))
    others = [t for t in found.trials if t.family != best.family and t.state == "complete" and t.value is not None]
    if others:
        sign = 1 if question.metric.greater_is_better else -1
        yield Contestant(FAMILY, max(others, key=lambda t: sign * (t.value or 0.0)), tuple(schema))
    if fewer := fewer_features(schema):
        yield Contestant(FEATURES, best, fewer)


def fewer_features(schema: Mapping[str, str]) -> tuple[str, ...]:
    """Leave out the categories where there are numbers too, else the second half; nothing where there is but one."""
    rest = tuple(name for name, kind in schema.items() if kind != ColumnType.CATEGORY.value)
    if 0 < len(rest) < len(schema):
        return rest
    return tuple(schema)[: len(schema) // 2]


@dataclass(frozen=True)
class Held:
    """The contestants beside the winner, and what the winner's fit takes with different numbers of threads."""

    rows: list[Row]
    hardware: list[Setting]


def benchmark(
    found: Found, train: Examples, tune: Examples, rows: pd.DataFrame, *, question: Question, data: Data, params: Params
) -> Held:
    """Fit every contestant on the sample that trials see, and compare each with the winner on the tune rows, paired.

    The winner was fitted on these rows when it was tried; here it is fitted with another number of threads.
    """
    sample, seed, threads = draw(train, params.search), params.search.seed, threads_in_use()
    entered = list(contestants(found, question))
    winner, spent = with_threads(other_than(threads), lambda: _fit(entered[0], sample, question, seed))
    fitted = [winner, *(_fit(one, sample, question, seed) for one in entered[1:])]
    statistics = {
        n: question.metric.statistic(
            tune.target, Prediction.of(fitted[n], tune.features[list(one.features)], question.problem)
        )
        for n, one in enumerate(entered)
    }
    of = units(rows, data)
    drawn = distributions(statistics, of, resamples=params.metrics.resamples, seed=seed)
    values = {n: value_of(statistic, len(tune.target)) for n, statistic in statistics.items()}
    sign = 1 if question.metric.greater_is_better else -1

    def margin(n: int) -> Interval | None:
        if n == 0:
            return None
        return interval(
            sign * (values[0] - values[n]), sign * (drawn[0] - drawn[n]), confidence=params.metrics.confidence,
            units=of.count,
        )  # fmt: skip

    told = [
        Row(one.varies, one.trial.family, one.trial.number, one.features, _finite(values[n]), margin(n))
        for n, one in enumerate(entered)
    ]
    as_it_is = (found.best.beside or {}).get("fit")
    return Held(told, list(settings_of(threads, as_it_is, spent)))


def _fit(one: Contestant, sample: Examples, question: Question, seed: int) -> Pipeline:
    columns = list(one.features)
    schema = {name: question.schema[name] for name in columns}
    pipeline = family(one.trial.family).build(schema, one.trial.params, problem=question.problem, seed=seed)
    return pipeline.fit(sample.features[columns], sample.target)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def write(held: Held, train: Examples, tune: Examples, *, question: Question, params: Params) -> dict[str, Any]:
    """Write reports/training/benchmark.json."""
    told = {
        "schema": 1,
        "primary": question.metric.name,
        "seed": params.search.seed,
        "sampled_rows": min(params.search.sample_rows, len(train.target)),
        "confidence": params.metrics.confidence,
        "data_sha256": {"train": train.sha256, "tune": tune.sha256},
        "rows": held.rows,
        "hardware": held.hardware,
    }
    write_json(REPORTS / "benchmark.json", told)
    return told
