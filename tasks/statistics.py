"""Metrics as functions of weights: with weights of one the metric itself, with bootstrap counts its distribution.

Weights have the shape (resamples, rows), values the shape (resamples,). Most metrics rest on sums over rows alone: told
so, a bootstrap adds the rows of a unit up once (tasks/sums.py) and never holds a weight for each row.
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

    def among(self, classes: NDArray[np.generic]) -> "Prediction":
        """Give the same answers over more classes; one that the model does not know has probability 0."""
        if self.probabilities is None or np.array_equal(np.asarray(self.classes), classes):
            return self
        wide = np.zeros((len(self.labels), len(classes)))
        wide[:, np.searchsorted(classes, np.asarray(self.classes))] = self.probabilities
        return Prediction(self.labels, wide, classes)

    def same_as(self, other: "Prediction") -> bool:
        """Tell whether two models said the same of every row."""
        mine, theirs = (p.labels if p.probabilities is None else p.probabilities for p in (self, other))
        return bool(np.array_equal(mine, theirs))

    @property
    def finite(self) -> bool:
        """Tell whether every answer is a number."""
        said = self.labels if self.probabilities is None else self.probabilities
        return bool(np.isfinite(said.astype(float)).all())

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


@dataclass(frozen=True, eq=False)
class Summed:
    """A statistic of weighted sums: columns of shape (sums, rows), and what sums of shape (sums, resamples) give."""

    columns: Floats
    finish: Callable[[Floats], Floats]

    def __call__(self, weights: Floats) -> Floats:
        return self.finish(self.columns @ weights.T)


@dataclass(frozen=True, eq=False)
class MeanOf:
    """The mean of several statistics of the same rows."""

    parts: tuple[Statistic, ...]

    def __call__(self, weights: Floats) -> Floats:
        return np.mean([part(weights) for part in self.parts], axis=0)


@dataclass(frozen=True, eq=False)
class OnRows:
    """A statistic of some rows, which takes the weights of all."""

    statistic: Statistic
    index: NDArray[np.int64]

    def __call__(self, weights: Floats) -> Floats:
        return self.statistic(weights[:, self.index])


def ratio(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom != 0, top / bottom, np.nan)


def weighted_mean(per_row: Floats) -> Summed:
    """Make the statistic of a mean over rows."""
    return Summed(np.vstack([per_row, np.ones(len(per_row))]), lambda sums: ratio(sums[0], sums[1]))


def mean_of_ratios(tops: list[Floats], bottoms: list[Floats]) -> Summed:
    """Make the statistic of a mean of ratios of sums, one for each pair of columns."""
    half = len(tops)
    return Summed(np.vstack([*tops, *bottoms]), lambda sums: np.mean(ratio(sums[:half], sums[half:]), axis=0))


def mean_over_classes(one: Callable[[Floats, Floats], Statistic]) -> Callable[..., Statistic]:
    def statistic(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
        parts = [one(is_class, probability) for is_class, probability in prediction.by_class(y)]
        return parts[0] if len(parts) == 1 else MeanOf(tuple(parts))

    return statistic


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
    return mean_of_ratios([m * right for m in members], members)


def f1(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    """Harmonic mean of precision and recall, of the case or the mean over classes; 0 where nothing is right."""
    classes = np.asarray(prediction.classes)
    chosen = classes[-1:] if len(classes) == 2 else classes
    pairs = [((y == c).astype(float), (prediction.labels == c).astype(float)) for c in chosen]
    return mean_of_ratios([2 * t * p for t, p in pairs], [t + p for t, p in pairs])


def precision(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    said, right = (prediction.labels == 1).astype(float), ((prediction.labels == 1) & (y == 1)).astype(float)
    return mean_of_ratios([right], [said])


def recall(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    case, right = (y == 1).astype(float), ((prediction.labels == 1) & (y == 1)).astype(float)
    return mean_of_ratios([right], [case])


def _squared(y: NDArray[np.generic], prediction: Prediction) -> Floats:
    return (y.astype(float) - prediction.labels.astype(float)) ** 2


def rmse(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    mean = weighted_mean(_squared(y, prediction))
    return Summed(mean.columns, lambda sums: np.sqrt(mean.finish(sums)))


def mae(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    return weighted_mean(np.sqrt(_squared(y, prediction)))


def r2(y: NDArray[np.generic], prediction: Prediction) -> Statistic:
    error, centred = _squared(y, prediction), y.astype(float) - y.astype(float).mean()

    def finish(sums: Floats) -> Floats:
        spread = sums[1] - ratio(sums[2] ** 2, sums[3])
        return 1 - ratio(sums[0], spread)

    return Summed(np.vstack([error, centred**2, centred, np.ones(len(error))]), finish)
