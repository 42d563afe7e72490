"""How much a model loses when its inputs are a little wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from config.settings import ProblemType
from tasks.features import NUMBERS
from tasks.metrics import Metric
from tasks.statistics import Prediction

NOISE = 0.1  # in standard deviations of a number; the same share of categories is drawn anew
REPEATS = 3
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Robustness:
    """The mean loss of the primary metric over repeats, in its own unit, positive: worse; None: not defined."""

    drop: float | None
    noise: float
    rows: int
    repeats: int


def perturb(features: pd.DataFrame, schema: Mapping[str, str], rng: np.random.Generator) -> pd.DataFrame:
    """Add noise to every number and draw a share of the categories anew from their own column."""
    changed = features.copy()
    for name, kind in schema.items():
        column = features[name]
        if kind == "category":
            drawn = pd.Series(rng.permutation(column.to_numpy(dtype=object)), column.index, dtype=column.dtype)
            changed[name] = column.where(rng.random(len(column)) >= NOISE, drawn)
        elif kind in NUMBERS:
            spread = float(column.std()) if column.notna().sum() > 1 else 0.0
            changed[name] = column + rng.normal(0.0, NOISE * spread, len(column))
    return changed


def lose_by_noise(
    pipeline: Pipeline, features: pd.DataFrame, y: NDArray[np.generic], *, metric: Metric, problem: ProblemType,
    schema: Mapping[str, str], seed: int,
) -> Robustness:  # fmt: skip
    """Measure the primary metric on some rows as they are and perturbed."""
    rng = np.random.default_rng(seed)
    some = rng.permutation(len(y))[:MOST_ROWS]
    features, y = features.iloc[some], y[some]
    clean = metric.score(y, Prediction.of(pipeline, features, problem))
    noisy = [metric.score(y, Prediction.of(pipeline, perturb(features, schema, rng), problem)) for _ in range(REPEATS)]
    drop = float(np.mean([metric.gain(clean, over=value) for value in noisy]))
    return Robustness(drop if np.isfinite(drop) else None, NOISE, len(y), REPEATS)
