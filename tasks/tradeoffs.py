"""What a candidate is like beside its score, so that one can be weighed against another: fit, speed, size, fairness."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.pipeline import Pipeline

from config.settings import ProblemType, Settings
from tasks import fairness
from tasks.metrics import metric
from tasks.statistics import Prediction
from tasks.thresholds import cheapest_threshold
from tasks.tuning import Examples

MOST_ROWS = 20_000  # of those a candidate was fitted on, to see what it scores there
DEEPEST = 12


@dataclass(frozen=True)
class Beside:
    """The other sides of a candidate; a figure that could not be told is None.

    `gap`: by how much the primary metric is better on rows it was fitted on than on tune rows, in its unit;
    `cpu_ms_per_1k`: CPU milliseconds for a thousand answers; `kib`: what its fitted arrays hold;
    `readable`: its own weights explain it; `fairness_gap`: the widest gap of the guarded rate between protected groups.
    """

    gap: float | None
    cpu_ms_per_1k: float
    kib: float
    readable: bool
    fairness_gap: float | None


def look(pipeline: Pipeline, fitted_on: Examples, tune: Examples, rows: pd.DataFrame, *, settings: Settings) -> Beside:
    """Look at a fitted candidate from every side but its score; `rows` are the tune rows with all their columns."""
    problem = settings.charter.problem_type
    primary = metric(settings.params.metrics.primary, problem)
    start = time.process_time()
    said = Prediction.of(pipeline, tune.features, problem)
    spent = time.process_time() - start
    seen = fitted_on.take(np.arange(min(MOST_ROWS, len(fitted_on.target))))
    there = primary.score(seen.target, Prediction.of(pipeline, seen.features, problem))
    gap = primary.gain(there, over=primary.score(tune.target, said))
    return Beside(
        gap=gap if np.isfinite(gap) else None,
        cpu_ms_per_1k=spent * 1000 / len(tune.target) * 1000,
        kib=sum(array.nbytes for array in _arrays(pipeline, DEEPEST)) / 1024,
        readable=hasattr(pipeline[-1], "coef_") or isinstance(pipeline[-1], DummyClassifier | DummyRegressor),
        fairness_gap=_fairness_gap(said, tune, rows, settings),
    )


def _fairness_gap(said: Prediction, tune: Examples, rows: pd.DataFrame, settings: Settings) -> float | None:
    rules, problem = settings.charter.fairness, settings.charter.problem_type
    if not rules.attributes:
        return None
    costs, binary = settings.charter.error_costs, problem is ProblemType.BINARY
    threshold = cheapest_threshold(tune.target, said.positive, costs) if binary else None
    return fairness.widest_gap(rows, tune.target, said, rules=rules, problem=problem, threshold=threshold)


def _arrays(thing: Any, depth: int) -> Iterator[np.ndarray[Any, Any]]:
    """Give every array that a fitted object holds, however it is nested."""
    if isinstance(thing, np.ndarray) and thing.dtype != object:
        yield thing
        return
    inner: Any = ()
    if isinstance(thing, dict):
        inner = thing.values()
    elif isinstance(thing, list | tuple) or (isinstance(thing, np.ndarray) and thing.ndim):
        inner = thing
    elif hasattr(thing, "__dict__") and not isinstance(thing, type):
        inner = vars(thing).values()
    for one in inner if depth else ():
        yield from _arrays(one, depth - 1)
