"""Why a model answers as it does: what it loses when a column is shuffled, and its weights where it has any."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from config.settings import ProblemType
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
    schema: int = 1


def explain(
    pipeline: Pipeline, features: pd.DataFrame, y: NDArray[np.generic], *, metric: Metric, problem: ProblemType,
    seed: int,
) -> Explanation:  # fmt: skip
    """Shuffle one column after the other on some rows, and measure what the primary metric loses."""
    rng = np.random.default_rng(seed)
    some = rng.permutation(len(y))[:MOST_ROWS]
    features, y = features.iloc[some].reset_index(drop=True), y[some]
    whole = metric.score(y, Prediction.of(pipeline, features, problem))
    importances = {}
    for name in features.columns:
        losses = [
            metric.gain(whole, over=metric.score(y, Prediction.of(pipeline, _shuffled(features, name, rng), problem)))
            for _ in range(REPEATS)
        ]
        importances[str(name)] = _range(losses)
    return Explanation(METHOD, "global", metric.name, len(y), importances, coefficients(pipeline))


def _shuffled(features: pd.DataFrame, name: str, rng: np.random.Generator) -> pd.DataFrame:
    changed = features.copy()
    changed[name] = features[name].iloc[rng.permutation(len(features))].reset_index(drop=True)
    return changed


def _range(losses: list[float]) -> Interval:
    if not np.all(np.isfinite(losses)):
        return Interval(None, None, None)
    return Interval(float(np.mean(losses)), float(np.min(losses)), float(np.max(losses)))


def coefficients(pipeline: Pipeline) -> dict[str, float]:
    """Give the weights of a linear model of one output, by name of the preprocessed feature; of others, none."""
    weights = np.atleast_2d(getattr(pipeline[-1], "coef_", np.empty((0, 0))))
    if weights.shape[0] != 1 or weights.shape[1] > MOST_WEIGHTS:
        return {}
    names = pipeline[:-1].get_feature_names_out()
    return {str(name): float(weight) for name, weight in zip(names, weights[0], strict=True)}
