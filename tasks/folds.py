"""How much the winner's score varies from fold to fold of the train rows, parted as the split parts them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold, TimeSeriesSplit

from config.settings import Data, Role, Split
from tasks.estimators import family
from tasks.statistics import Prediction
from tasks.tuning import Examples, Question, Trial

FOLDS = 5
ROWS = 20_000  # evenly spaced: enough to tell the spread, few enough to cost less than one fit on all rows
SMALLEST = 4 * FOLDS
Index = NDArray[np.int64]


@dataclass(frozen=True)
class CrossValidation:
    """The winner's parameters fitted and scored fold by fold; a fold that cannot be scored has None, and no part in
    mean and spread, which need two.
    """

    scheme: str  # time: each fold is scored by a model of the rows before it; group: entities stay whole; rows
    metric: str
    rows: int
    scores: list[float | None]
    mean: float | None
    std: float | None
    seconds: float


def cross_validate(
    best: Trial, train: Examples, rows: pd.DataFrame, *, question: Question, data: Data, split: Split, seed: int
) -> CrossValidation:
    """Fit the best trial's parameters on folds of at most 20,000 train rows, and score each on its held-out rows."""
    start = time.monotonic()
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), ROWS)).astype("int64"))
    sample, scheme = train.take(chosen), _scheme(split, data)
    folds = _folds(scheme, rows.iloc[chosen], data) if len(chosen) >= SMALLEST else ()
    scores = [_score(best, sample, fit, held, question, seed=seed) for fit, held in folds]
    told = [score for score in scores if score is not None]
    mean, std = (float(np.mean(told)), float(np.std(told, ddof=1))) if len(told) > 1 else (None, None)
    return CrossValidation(scheme, question.metric.name, len(chosen), scores, mean, std, time.monotonic() - start)


def _scheme(split: Split, data: Data) -> str:
    """Part as the split does: where it goes by time and by entity, time decides."""
    criteria = split.criteria
    if "time" in criteria:
        return "time"
    return "group" if "group" in criteria and _group(data) else "rows"


def _group(data: Data) -> str | None:
    return next((name for name, column in data.columns.items() if column.role is Role.GROUP), None)


def _folds(scheme: str, rows: pd.DataFrame, data: Data) -> Iterator[tuple[Index, Index]]:
    match scheme:
        case "time":  # the split has put the rows in the order of their time
            return TimeSeriesSplit(FOLDS).split(rows)
        case "group":
            groups = rows[_group(data)]
            count = min(FOLDS, groups.nunique())
            return GroupKFold(count).split(rows, groups=groups) if count > 1 else iter(())
        case _:
            return KFold(FOLDS, shuffle=True, random_state=0).split(rows)


def _score(best: Trial, sample: Examples, fit: Index, held: Index, question: Question, *, seed: int) -> float | None:
    """Fit on some rows and score the others; None where that cannot be done, as with one class."""
    known, asked = sample.take(fit), sample.take(held)
    pipeline = family(best.family).build(question.schema, best.params, problem=question.problem, seed=seed)
    try:
        pipeline.fit(known.features, known.target)
        value = question.metric.score(asked.target, Prediction.of(pipeline, asked.features, question.problem))
    except (ValueError, ArithmeticError):
        return None
    return float(value) if np.isfinite(value) else None
