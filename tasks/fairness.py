"""Whether protected groups are treated alike: a guarded rate for each group that is large enough to be told."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.errors import ConfigError
from config.settings import Fairness, ProblemType
from tasks.groups import groups_of
from tasks.intervals import Interval, Units, distributions, interval, on_rows, value_of
from tasks.statistics import Prediction, Statistic, ratio


@dataclass(frozen=True)
class Group:
    """A protected group: its rows, those the rate is of, and the guarded rate; None where they are too few."""

    rows: int
    counted: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class FairnessReport:
    """Groups by attribute, the largest gap of each, and the groups too small to be told."""

    rate: str
    attributes: Mapping[str, Mapping[str, Group]]
    gaps: Mapping[str, float | None]
    unknown: tuple[str, ...]


RATES = {
    ProblemType.BINARY: "recall",
    ProblemType.MULTICLASS: "accuracy",
    ProblemType.REGRESSION: "share of rows whose error is no larger than the median error",
}


def compare_groups(
    rows: pd.DataFrame, y: NDArray[np.generic], prediction: Prediction, *, rules: Fairness, problem: ProblemType,
    threshold: float | None, of: Units, resamples: int, confidence: float, seed: int,
) -> FairnessReport:  # fmt: skip
    """Measure the guarded rate of every group of every protected attribute on the same rows."""
    if absent := [name for name in rules.attributes if name not in rows.columns]:
        raise ConfigError(
            f"fairness.attributes names {', '.join(absent[:5])}, which the rows do not have",
            expected="columns of config/data.yaml, features or not",
            next_step="correct `fairness` in config/charter.yaml",
        )
    right, counted = _outcomes(y, prediction, problem=problem, threshold=threshold)
    attributes = {}
    for name in rules.attributes:
        labels = groups_of(rows[name])
        sizes = {str(g): np.flatnonzero(labels == g) for g in sorted(set(labels))}
        known = {g: i for g, i in sizes.items() if counted[i].sum() >= rules.minimum_group}
        statistics = {g: on_rows(_rate(right[i], counted[i]), i) for g, i in known.items()}
        drawn = distributions(statistics, of, resamples=resamples, seed=seed)
        told = {g: interval(value_of(s, len(y)), drawn[g], confidence=confidence) for g, s in statistics.items()}
        attributes[name] = {g: _group(i, counted, told.get(g)) for g, i in sizes.items()}
    return FairnessReport(
        rate=RATES[problem],
        attributes=attributes,
        gaps={name: _gap(groups) for name, groups in attributes.items()},
        unknown=tuple(
            f"{n}: {g}" for n, groups in attributes.items() for g, told in groups.items() if told.rate is None
        ),
    )


def widest_gap(
    rows: pd.DataFrame, y: NDArray[np.generic], prediction: Prediction, *, rules: Fairness, problem: ProblemType,
    threshold: float | None,
) -> float | None:  # fmt: skip
    """Give the widest gap of the guarded rate over all protected attributes; None where no two groups could be told."""
    right, counted = _outcomes(y, prediction, problem=problem, threshold=threshold)
    gaps = []
    for labels in (groups_of(rows[name]) for name in rules.attributes):
        sizes = {group: counted[labels == group].sum() for group in set(labels)}
        rates = [(right * counted)[labels == g].sum() / n for g, n in sizes.items() if n >= rules.minimum_group]
        gaps += [float(max(rates) - min(rates))] if len(rates) > 1 else []
    return max(gaps, default=None)


def _outcomes(
    y: NDArray[np.generic], prediction: Prediction, *, problem: ProblemType, threshold: float | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give for each row whether it went right, and whether it counts for the rate."""
    everyone = np.ones(len(y))
    if problem is ProblemType.BINARY:
        said = prediction.positive >= (0.5 if threshold is None else threshold)
        return said.astype(float), (y == 1).astype(float)
    if problem is ProblemType.MULTICLASS:
        return (y == prediction.labels).astype(float), everyone
    error = np.abs(y.astype(float) - prediction.labels.astype(float))
    return (error <= np.median(error)).astype(float), everyone


def _rate(right: NDArray[np.float64], counted: NDArray[np.float64]) -> Statistic:
    return lambda weights: ratio(weights @ (right * counted), weights @ counted)


def _group(index: NDArray[np.int64], counted: NDArray[np.float64], told: Interval | None) -> Group:
    told = told or Interval(None, None, None)
    return Group(len(index), int(counted[index].sum()), told.value, told.low, told.high)


def _gap(groups: Mapping[str, Group]) -> float | None:
    """Give the largest gap between groups that could be told; None with fewer than two of them."""
    rates = [group.rate for group in groups.values() if group.rate is not None]
    return max(rates) - min(rates) if len(rates) >= 2 else None
