"""What a model is measured by; add a metric here and name it in config/params.yaml.

A metric of scikit-learn that takes `sample_weight` is one line:
`Metric("jaccard", True, BINARY, looped(lambda y, said, w: jaccard_score(y, said.labels, sample_weight=w)))`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from config.errors import ConfigError
from config.settings import ProblemType
from tasks import ranking, statistics
from tasks.statistics import Floats, Prediction, Statistic

BINARY = frozenset({ProblemType.BINARY})
CLASSES = frozenset({ProblemType.BINARY, ProblemType.MULTICLASS})
REGRESSION = frozenset({ProblemType.REGRESSION})


@dataclass(frozen=True)
class Metric:
    """A measure of success, its direction, and the problems it is defined for."""

    name: str
    greater_is_better: bool
    problems: frozenset[ProblemType]
    statistic: Callable[[NDArray[np.generic], Prediction], Statistic]

    def score(self, y: NDArray[np.generic], prediction: Prediction) -> float:
        """Measure predictions, shape (rows,), against the truth; NaN where it is not defined."""
        return float(self.statistic(y, prediction)(np.ones((1, len(y))))[0])

    def gain(self, value: float, over: float) -> float:
        """Say by how much a value is better than another; negative: worse."""
        return value - over if self.greater_is_better else over - value


def metric(name: str, problem: ProblemType) -> Metric:
    """Find a metric by name; ConfigError lists the alternatives for this kind of problem."""
    fitting = sorted(n for n, m in METRICS.items() if problem in m.problems)
    if name not in fitting:
        why = "is not defined for" if name in METRICS else "is no metric of tasks/metrics.py, asked for"
        raise ConfigError(
            f"metric {name!r} {why} a {problem} problem",
            expected=f"one of {', '.join(fitting)}",
            next_step="correct `metrics` in config/params.yaml, `thresholds` in policy.yaml or `kpis` in charter.yaml",
        )
    return METRICS[name]


def looped(score: Callable[[NDArray[np.generic], Prediction, Floats], float]) -> Callable[..., Statistic]:
    """Make a statistic of a scikit-learn metric, called as score(y, prediction, sample_weight): simple, slow."""
    return lambda y, prediction: lambda weights: np.array([score(y, prediction, w) for w in weights])


METRICS = {
    m.name: m
    for m in (
        Metric("average_precision", True, CLASSES, statistics.mean_over_classes(ranking.average_precision)),
        Metric("roc_auc", True, CLASSES, statistics.mean_over_classes(ranking.roc_auc)),
        Metric("brier", False, CLASSES, statistics.brier),
        Metric("log_loss", False, CLASSES, statistics.log_loss),
        Metric("accuracy", True, CLASSES, statistics.accuracy),
        Metric("balanced_accuracy", True, CLASSES, statistics.balanced_accuracy),
        Metric("f1", True, CLASSES, statistics.f1),
        Metric("precision", True, BINARY, statistics.precision),
        Metric("recall", True, BINARY, statistics.recall),
        Metric("r2", True, REGRESSION, statistics.r2),
        Metric("rmse", False, REGRESSION, statistics.rmse),
        Metric("mae", False, REGRESSION, statistics.mae),
    )
}
