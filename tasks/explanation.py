"""Why a model answers as it does: what it loses when a column is shuffled, and its weights where it has any."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from config.settings import ProblemType
from tasks.attribution import agreement
from tasks.contributions import Local, explain_rows
from tasks.intervals import Interval
from tasks.metrics import Metric
from tasks.statistics import Prediction

METHOD = "permutation importance"
REPEATS = 3
MOST_ROWS = 5_000
MOST_WEIGHTS = 500


@dataclass(frozen=True)
class Explanation:
    """The importance of each feature, in the unit of the primary metric, with the range over repeats."""

    method: str
    level: str
    metric: str
    rows: int
    importances: Mapping[str, Interval]
    coefficients: Mapping[str, float]
    stability: float | None = None  # least agreement of the order in one repeat with the order of all, 0 to 1
    local: Local | None = None
    schema: int = 1


def explain(
    pipeline: Pipeline, features: pd.DataFrame, y: NDArray[np.generic], *, metric: Metric, problem: ProblemType,
    seed: int,
) -> Explanation:  # fmt: skip
    """Measure what the primary metric loses by each feature, how stable that is, and why some rows are answered so."""
    found = losses(pipeline, features, y, metric=metric, problem=problem, seed=seed, repeats=REPEATS, most=MOST_ROWS)
    importances = {name: _range(lost) for name, lost in found.items()}
    rows = min(len(y), MOST_ROWS)
    return Explanation(
        METHOD, "global", metric.name, rows, importances, coefficients(pipeline), _stability(found),
        explain_rows(pipeline, features, problem=problem, seed=seed),
    )  # fmt: skip


def losses(
    pipeline: Pipeline, features: pd.DataFrame, y: NDArray[np.generic], *, metric: Metric, problem: ProblemType,
    seed: int, repeats: int, most: int,
) -> dict[str, list[float]]:  # fmt: skip
    """Shuffle one column after the other on some rows, and give what the metric loses each time."""
    rng = np.random.default_rng(seed)
    some = rng.permutation(len(y))[:most]
    features, y = features.iloc[some].reset_index(drop=True), y[some]
    whole = metric.score(y, Prediction.of(pipeline, features, problem))
    return {
        str(name): [
            metric.gain(whole, over=metric.score(y, Prediction.of(pipeline, _shuffled(features, name, rng), problem)))
            for _ in range(repeats)
        ]
        for name in features.columns
    }


def _stability(found: Mapping[str, list[float]]) -> float | None:
    """Give the least agreement of one repeat with the mean of all; None where nothing is lost by any feature."""
    mean = {name: float(np.mean(lost)) for name, lost in found.items()}
    agreed = [agreement(mean, {name: lost[r] for name, lost in found.items()}) for r in range(REPEATS)]
    return None if None in agreed else min(value for value in agreed if value is not None)


def _shuffled(features: pd.DataFrame, name: str, rng: np.random.Generator) -> pd.DataFrame:
    changed = features.copy()
    changed[name] = features[name].iloc[rng.permutation(len(features))].reset_index(drop=True)
    return changed


def _range(lost: list[float]) -> Interval:
    if not np.all(np.isfinite(lost)):
        return Interval(None, None, None)
    return Interval(float(np.mean(lost)), float(np.min(lost)), float(np.max(lost)))


def coefficients(pipeline: Pipeline) -> dict[str, float]:
    """Give the weights of a linear model of one output, by name of the preprocessed feature; of others, none."""
    weights = np.atleast_2d(getattr(pipeline[-1], "coef_", np.empty((0, 0))))
    if weights.shape[0] != 1 or weights.shape[1] > MOST_WEIGHTS:
        return {}
    names = pipeline[:-1].get_feature_names_out()
    return {str(name): float(weight) for name, weight in zip(names, weights[0], strict=True)}
