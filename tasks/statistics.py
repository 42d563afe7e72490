"""Metrics as functions of weights: with weights of one the metric itself, with bootstrap counts its distribution.

Weights have the shape (resamples, rows), values the shape (resamples,).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.settings import ProblemType

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
CLIP = 1e-15
FEW = 20


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of rows: labels or values, shape (rows,), and for classes a probability each."""

    labels: NDArray[np.generic]
    probabilities: Floats | None = None
    classes: NDArray[np.generic] | None = None

    @classmethod
    def of(cls, estimator: Any, features: Any, problem: ProblemType) -> "Prediction":
        """Ask a fitted pipeline about rows of features."""
        if problem is ProblemType.REGRESSION:
            return cls(np.asarray(estimator.predict(features), dtype=float))
        probabilities = np.asarray(estimator.predict_proba(features), dtype=float)
        return cls(estimator.classes_[probabilities.argmax(axis=1)], probabilities, estimator.classes_)

    def take(self, index: NDArray[np.int64]) -> "Prediction":
        """Give what was said of some rows."""
        chosen = None if self.probabilities is None else self.probabilities[index]
        return Prediction(self.labels[index], chosen, self.classes)

    @property
    def positive(self) -> Floats:
        """Probability of the last class: for a binary problem, of the case."""
        return self._probabilities[:, -1]

    @property
    def _probabilities(self) -> Floats:
        if self.probabilities is None:
            raise ValueError("a regression has no probabilities")
        return self.probabilities

    def by_class(self, y: NDArray[np.generic]) -> list[tuple[Floats, Floats]]:
        """Pair, for each class (binary: for the case alone), being of it (0 or 1) and its probability."""
        classes = np.asarray(self.classes)
        chosen = range(1, 2) if len(classes) == 2 else range(len(classes))
        return [((y == classes[k]).astype(float), self._probabilities[:, k]) for k in chosen]


def weighted_mean(per_row: Floats) -> Statistic:
    """Make the statistic of a mean over rows."""
    return lambda weights: ratio(weights @ per_row, weights.sum(axis=1))


def ratio(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom != 0, top / bottom, np.nan)


def mean_over_classes(one: Callable[[Floats, Floats], Statistic]) -> Callable[..., Statistic]:
    def statistic(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
        parts = [one(is_class, probability) for is_class, probability in prediction.by_class(y)]
        return lambda weights: np.mean([part(weights) for part in parts], axis=0)

    return statistic


def cumulative(is_class: Floats, probability: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
    """Count hits and false alarms, by weight, above each distinct probability from the highest down."""
    order = np.argsort(-probability, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(probability[order]) != 0, True))
    hit = is_class[order]
    if len(ends) <= FEW:
        return _cumulative_few(is_class, probability)

    def counts(weights: Floats) -> tuple[Floats, Floats]:
        ordered = weights[:, order]
        rows = np.cumsum(ordered, axis=1)[:, ends]
        hits = np.cumsum(ordered * hit, axis=1)[:, ends]
        return hits, rows - hits

    return counts


def _cumulative_few(is_class: Floats, probability: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
    """Count the same with one matrix product, for probabilities of few distinct values."""
    levels = np.unique(probability)[::-1]
    above = (probability[:, None] >= levels).astype(float)
    return lambda weights: (weights @ (above * is_class[:, None]), weights @ (above * (1 - is_class[:, None])))


def average_precision(is_class: Floats, probability: Floats) -> Statistic:
    """Sum of precision times the step in recall, as scikit-learn's average_precision_score; NaN without a case."""
    counts = cumulative(is_class, probability)

    def values(weights: Floats) -> Floats:
        hits, alarms = counts(weights)
        precision = hits / np.maximum(hits + alarms, CLIP)
        return ratio((np.diff(hits, axis=1, prepend=0) * precision).sum(axis=1), hits[:, -1])

    return values


def roc_auc(is_class: Floats, probability: Floats) -> Statistic:
    """Area under hits over false alarms by trapezoids, ties counting half; NaN with one class."""
    counts = cumulative(is_class, probability)

    def values(weights: Floats) -> Floats:
        hits, alarms = counts(weights)
        middle = hits - np.diff(hits, axis=1, prepend=0) / 2
        area = (np.diff(alarms, axis=1, prepend=0) * middle).sum(axis=1)
        return ratio(area, hits[:, -1] * alarms[:, -1])

    return values


def brier(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    """Mean squared distance of probability and outcome; over all classes of a multiclass problem: 0 to 2."""
    return weighted_mean(np.sum([(c - p) ** 2 for c, p in prediction.by_class(y)], axis=0))


def log_loss(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    pairs = prediction.by_class(y)
    if len(pairs) == 1:
        pairs = [pairs[0], (1 - pairs[0][0], 1 - pairs[0][1])]
    return weighted_mean(-np.sum([c * np.log(np.clip(p, CLIP, 1)) for c, p in pairs], axis=0))


def accuracy(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    return weighted_mean((y == prediction.labels).astype(float))


def balanced_accuracy(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    right = (y == prediction.labels).astype(float)
    members = [(y == c).astype(float) for c in np.asarray(prediction.classes)]
    return lambda w: np.mean([ratio(w @ (m * right), w @ m) for m in members], axis=0)


def f1(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    """Harmonic mean of precision and recall, of the case or the mean over classes; 0 where nothing is right."""
    classes = np.asarray(prediction.classes)
    chosen = classes[-1:] if len(classes) == 2 else classes
    pairs = [((y == c).astype(float), (prediction.labels == c).astype(float)) for c in chosen]
    return lambda w: np.mean([ratio(2 * (w @ (t * p)), w @ (t + p)) for t, p in pairs], axis=0)


def precision(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    said, right = (prediction.labels == 1).astype(float), ((prediction.labels == 1) & (y == 1)).astype(float)
    return lambda w: ratio(w @ right, w @ said)


def recall(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    case, right = (y == 1).astype(float), ((prediction.labels == 1) & (y == 1)).astype(float)
    return lambda w: ratio(w @ right, w @ case)


def _squared(y: NDArray[np.generic], prediction: Prediction) -> Floats:
    return (y.astype(float) - prediction.labels.astype(float)) ** 2


def rmse(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    mean = weighted_mean(_squared(y, prediction))
    return lambda w: np.sqrt(mean(w))


def mae(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    return weighted_mean(np.sqrt(_squared(y, prediction)))


def r2(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    error, centred = _squared(y, prediction), y.astype(float) - y.astype(float).mean()

    def values(w: Floats) -> Floats:
        spread = w @ centred**2 - ratio((w @ centred) ** 2, w.sum(axis=1))
        return 1 - ratio(w @ error, spread)

    return values
