"""How far a window has moved from the baseline of the model that serves, as effect size: inputs and answers alike."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from config.settings import ColumnType, ProblemType
from tasks.distributions import Distribution, distribution, psi
from tasks.statistics import Prediction
from tasks.watching import FeatureDrift


def measure_drift(rows: pd.DataFrame, baseline: Mapping[str, Distribution], *, bound: float) -> dict[str, FeatureDrift]:
    """Compare every column of a baseline; one has drifted when its PSI reaches the bound."""
    sizes = {name: psi(reference, rows[name]) if name in rows else None for name, reference in baseline.items()}
    return {name: FeatureDrift(size, size is None or size >= bound) for name, size in sizes.items()}


def read_baseline(columns: Mapping[str, Mapping[str, Any]], *, only: tuple[str, ...]) -> dict[str, Distribution]:
    """Take the distributions of the features out of a stored baseline, as far as it has them."""
    return {name: read_distribution(columns[name]) for name in only if name in columns}


def read_distribution(stored: Mapping[str, Any]) -> Distribution:
    """Rebuild a distribution from its JSON."""
    known = {field.name for field in fields(Distribution)}
    return Distribution(**{name: value for name, value in stored.items() if name in known})


def answers(prediction: Prediction, problem: ProblemType) -> tuple[pd.Series, ColumnType]:
    """Give what of a model's answers is watched: the probability of the case, the label, or the value."""
    match problem:
        case ProblemType.BINARY:
            return pd.Series(prediction.positive), ColumnType.NUMBER
        case ProblemType.MULTICLASS:
            return pd.Series(prediction.labels), ColumnType.CATEGORY
        case ProblemType.REGRESSION:
            return pd.Series(prediction.labels), ColumnType.NUMBER


def describe_answers(prediction: Prediction, problem: ProblemType) -> Distribution:
    """Describe a model's answers, to compare those of later windows with."""
    return distribution(*answers(prediction, problem))


def prediction_drift(prediction: Prediction, problem: ProblemType, baseline: Distribution) -> float:
    """Measure how far a model's answers have moved (PSI)."""
    return psi(baseline, answers(prediction, problem)[0])
