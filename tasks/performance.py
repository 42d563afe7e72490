"""How well the model that serves does on a window whose truth has come in, against what its evaluation promised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.intervals import Units, distributions, interval, value_of
from tasks.metrics import Metric
from tasks.statistics import Prediction


@dataclass(frozen=True)
class Realised:
    """One metric on the window, with its interval, and the value that the evaluation gave."""

    value: float | None
    low: float | None
    high: float | None
    expected: float | None
    dropped: bool


def realised_performance(
    truth: NDArray[np.generic], prediction: Prediction, of: Units, metrics: Sequence[Metric], *,
    expected: Mapping[str, float | None], drop: float, confidence: float, resamples: int,
) -> dict[str, Realised]:  # fmt: skip
    """Measure each metric; it dropped when even the better end of its interval lies more than `drop` below promise."""
    statistics = {metric.name: metric.statistic(truth, prediction) for metric in metrics}
    values = {name: value_of(statistic, len(truth)) for name, statistic in statistics.items()}
    spread = distributions(statistics, of, resamples=resamples, seed=0)
    found: dict[str, Realised] = {}
    for metric in metrics:
        measured = interval(values[metric.name], spread[metric.name], confidence=confidence)
        best = measured.high if metric.greater_is_better else measured.low
        promised = expected.get(metric.name)
        known = best is not None and promised is not None
        dropped = known and metric.gain(best, over=promised) < -drop  # type: ignore[arg-type]
        found[metric.name] = Realised(measured.value, measured.low, measured.high, promised, dropped)
    return found
