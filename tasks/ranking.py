"""Metrics of how well a score puts rows in order, as functions of weights (tasks/statistics.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tasks.statistics import CLIP, Floats, Statistic, ratio, weighted_mean

LEVELS = 1024  # an interval tells no more of them apart; a value tells every one

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ranked:
    """A statistic of hits and false alarms from each level of a score up, both of shape (levels, resamples)."""

    is_class: Floats
    probability: Floats
    finish: Callable[[Floats, Floats], Floats]

    def __call__(self, weights: Floats) -> Floats:
        codes, count = self.levels
        hits, alarms = (
            np.array([np.bincount(codes, row * member, count) for row in weights], dtype=float).T
            for member in (self.is_class, 1 - self.is_class)
        )
        return self.of_levels(hits, alarms)

    def of_levels(self, hits: Floats, alarms: Floats) -> Floats:
        """Give values from the hits and false alarms of each level, from the highest down."""
        return self.finish(np.cumsum(hits, axis=0, dtype=float), np.cumsum(alarms, axis=0, dtype=float))

    @cached_property
    def levels(self) -> tuple[Codes, int]:
        """Number the distinct scores from the highest down: a code for each row, and how many there are."""
        found, codes = np.unique(-self.probability, return_inverse=True)
        return codes.astype(np.int64), len(found)

    @cached_property
    def coarse(self) -> tuple[Codes, int]:
        """Number at most LEVELS of them, each as full of cases, or of others, as the next; ties stay together."""
        codes, count = self.levels
        if count <= LEVELS:
            return codes, count
        parts = [np.bincount(codes, member, count) for member in (self.is_class, 1 - self.is_class)]
        above = np.mean([(np.cumsum(part) - part) / max(part.sum(), 1.0) for part in parts], axis=0)
        return np.minimum((above * LEVELS).astype(np.int64), LEVELS - 1)[codes], LEVELS


def average_precision(is_class: Floats, probability: Floats) -> Statistic:
    """Sum of precision times the step in recall, as scikit-learn's average_precision_score; NaN without a case."""

    def finish(hits: Floats, alarms: Floats) -> Floats:
        precision = hits / np.maximum(hits + alarms, CLIP)
        return ratio((np.diff(hits, axis=0, prepend=0) * precision).sum(axis=0), hits[-1])

    return _ranked(is_class, probability, finish)


def roc_auc(is_class: Floats, probability: Floats) -> Statistic:
    """Area under hits over false alarms by trapezoids, ties counting half; NaN with one class."""

    def finish(hits: Floats, alarms: Floats) -> Floats:
        middle = hits - np.diff(hits, axis=0, prepend=0) / 2
        area = (np.diff(alarms, axis=0, prepend=0) * middle).sum(axis=0)
        return ratio(area, hits[-1] * alarms[-1])

    return _ranked(is_class, probability, finish)


def _ranked(is_class: Floats, probability: Floats, finish: Callable[[Floats, Floats], Floats]) -> Statistic:
    """Put rows in order; a score that is no number has no place in it."""
    if not np.isfinite(probability).all():
        return weighted_mean(np.full(len(probability), np.nan))
    return Ranked(is_class, probability, finish)
