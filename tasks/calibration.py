"""Whether predictions can be taken at their word, and what is gained by following the surest first."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import ProblemType
from tasks.statistics import Prediction


def calibration(
    y: NDArray[np.generic], prediction: Prediction, *, problem: ProblemType, bins: int = 10
) -> pd.DataFrame:
    """Give, for tenths of the rows in order of what was predicted, their number, mean prediction and mean outcome.

    Binary: the probability of the case; multiclass: that of the label said, and whether it was right.
    """
    predicted, outcome = _predicted_and_outcome(y, prediction, problem)
    order = np.argsort(predicted, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return pd.DataFrame(
        {
            "rows": [len(part) for part in parts],
            "predicted": [float(predicted[part].mean()) for part in parts],
            "observed": [float(outcome[part].mean()) for part in parts],
        }
    )


def curve(y: NDArray[np.generic], prediction: Prediction, *, problem: ProblemType, points: int = 100) -> pd.DataFrame:
    """Give what is gained by going through the rows from the surest on: share of rows, and value.

    Binary: the share of all cases found; multiclass: the share of them that is right; regression: their mean error.
    """
    predicted, outcome = _predicted_and_outcome(y, prediction, problem)
    if problem is ProblemType.REGRESSION:
        outcome = np.abs(outcome - predicted)
        predicted = -outcome
    running = np.cumsum(outcome[np.argsort(-predicted, kind="stable")])
    at = np.unique(np.linspace(1, len(running), points).astype(int))
    below = max(running[-1], 1.0) if problem is ProblemType.BINARY else at
    return pd.DataFrame({"share": at / len(running), "value": running[at - 1] / below})


def _predicted_and_outcome(
    y: NDArray[np.generic], prediction: Prediction, problem: ProblemType
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if problem is ProblemType.BINARY:
        return prediction.positive, y.astype(float)
    if problem is ProblemType.MULTICLASS:
        surest = np.max(np.asarray(prediction.probabilities), axis=1)
        return surest, (y == prediction.labels).astype(float)
    return prediction.labels.astype(float), y.astype(float)


def calibration_error(bins: pd.DataFrame) -> float:
    """Give the mean distance of prediction and outcome over the bins, weighted by rows."""
    distance = (bins["predicted"] - bins["observed"]).abs()
    return float((distance * bins["rows"]).sum() / bins["rows"].sum())
