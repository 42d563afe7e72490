"""Estimates which share of the labels of a segment is flipped, from how sure the numbers are of another label."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tasks.splitting import NAMES

ROWS = 20_000  # that a half of the rows is learned from
LEAST = 100  # rows of a segment to be judged
SEGMENTS = 100  # values of a column, the most frequent ones
CLASSES = 10
SURE = 9.0  # likelihood ratio (twice the logarithm) from which chance explains it no more: three standard errors
SLOPE, OFFSET = 0.15, 0.3  # how far segments differ by nature, in the logarithm of the odds
MOST = 0.45
GLANCE = 0.5  # standard errors of contradiction below which nothing is looked at closer
TINY = 1e-3  # no answer is surer than this: some labels are wrong everywhere

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Flipped:
    """The rows of one part in which a column has one value, the share that looks flipped, the oddest rows first."""

    column: str
    value: str
    part: str
    share: float
    evidence: float
    rows: NDArray[np.int64]


def flipped(
    rows: pd.DataFrame, part: NDArray[np.int64], numbers: list[str], segments: list[str], target: str
) -> Iterator[Flipped]:
    """Give the segments with flipped labels.

    Each half of the rows is answered by a model of the other half, calibrated on all of them. In a segment the odds may
    be others, and the numbers may tell more or less: an offset and a slope stand for that. Flipped labels show as
    contradictions where the answer is sure of either side, which neither explains: with a share f of them the label is
    true with probability q(1 - f) + (1 - q)f. The likelihood ratio of the best f against none is the evidence.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    labels = rows[target].astype("str")
    classes = sorted(labels.unique())[:CLASSES]
    if len(classes) < 2 or not numbers or not segments:
        return
    x = np.column_stack([np.asarray(pd.to_numeric(rows[name], errors="coerce"), dtype="float64") for name in numbers])
    for name in classes[1:] if len(classes) == 2 else classes:
        y = np.asarray(labels == name, dtype="int64")
        with threadpool_limits(1):  # so few rows, and three parameters, are not worth the wait for one another
            found = list(_of_class(rows, part, _calibrated(_answered_by_others(x, y), y), y, segments))
        yield from found


def _of_class(
    rows: pd.DataFrame, part: NDArray[np.int64], answers: Floats, y: NDArray[np.int64], segments: list[str]
) -> Iterator[Flipped]:
    odd = np.where(y == 1, 1 - answers, answers)
    for column in segments:
        codes, values = pd.factorize(rows[column], sort=True)
        for code in np.argsort(-np.bincount(codes[codes >= 0], minlength=1))[:SEGMENTS]:
            for number, name in enumerate(NAMES):
                here = np.flatnonzero((codes == code) & (part == number))
                if len(here) >= LEAST:
                    share, evidence = estimate(answers[here], y[here])
                    if evidence >= SURE:
                        oddest = here[np.argsort(-odd[here], kind="stable")]
                        yield Flipped(column, str(values[code]), name, share, evidence, oddest)


def estimate(answers: Floats, y: NDArray[np.int64]) -> tuple[float, float]:
    """Estimate the share of flipped labels, and twice the logarithm of its likelihood against none being flipped."""
    levels, codes = np.unique(answers, return_inverse=True)
    odds = np.log(levels / (1 - levels))
    true = np.asarray(np.bincount(codes, weights=y), dtype="float64")
    every = np.asarray(np.bincount(codes), dtype="float64")
    if _first_look(levels, true, every) < GLANCE:
        return 0.0, 0.0
    none = _fitted(odds, true, every, most=0.0, begin=0.0)
    some = min((_fitted(odds, true, every, most=MOST, begin=begin) for begin in (0.02, 0.15)), key=lambda f: f[1])
    return float(some[0]), float(2 * (none[1] - some[1]))


def _first_look(levels: Floats, true: Floats, every: Floats) -> float:
    """Give the slope of the likelihood at no flip at all, in standard errors."""
    pull = (1 - 2 * levels) * (true / levels - (every - true) / (1 - levels))
    noise = every * (1 - 2 * levels) ** 2 / (levels * (1 - levels))
    return float(pull.sum() / np.sqrt(noise.sum() + TINY))


def _fitted(odds: Floats, true: Floats, every: Floats, *, most: float, begin: float) -> tuple[float, float]:
    """Find slope, offset and share of flips of the greatest likelihood; give the share and minus the logarithm."""
    from scipy.optimize import minimize

    def loss(at: Floats) -> tuple[float, Floats]:
        slope, offset, share = at
        q = 1 / (1 + np.exp(-(slope * odds + offset)))
        said = np.clip(q * (1 - share) + (1 - q) * share, 1e-9, 1 - 1e-9)
        value = -(true * np.log(said) + (every - true) * np.log(1 - said)).sum()
        value += (slope - 1) ** 2 / (2 * SLOPE**2) + offset**2 / (2 * OFFSET**2)
        pull = -(true / said - (every - true) / (1 - said))
        on_odds = pull * (1 - 2 * share) * q * (1 - q)
        gradient = [(on_odds * odds).sum() + (slope - 1) / SLOPE**2, on_odds.sum() + offset / OFFSET**2]
        return float(value), np.array([*gradient, (pull * (1 - 2 * q)).sum()])

    found = minimize(
        loss, [1.0, 0.0, begin], jac=True, method="L-BFGS-B", bounds=[(0.3, 3.0), (-4.0, 4.0), (0.0, most)]
    )
    return float(found.x[2]), float(found.fun)


def _answered_by_others(x: Floats, y: NDArray[np.int64]) -> Floats:
    """Answer each half of the rows by a model of the other half."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    first = np.arange(len(y)) % 2 == 0
    answers = np.full(len(y), y.mean())
    for half in (first, ~first):
        taken = np.flatnonzero(half)[:: max(1, int(half.sum()) // ROWS)]
        if len(np.unique(y[taken])) == 2:
            model = HistGradientBoostingClassifier(
                max_iter=60, max_leaf_nodes=15, learning_rate=0.15, early_stopping=False, random_state=0
            )
            answers[~half] = model.fit(x[taken], y[taken]).predict_proba(x[~half])[:, 1]
    return answers


def _calibrated(answers: Floats, y: NDArray[np.int64]) -> Floats:
    from sklearn.isotonic import IsotonicRegression

    level = IsotonicRegression(y_min=TINY, y_max=1 - TINY, out_of_bounds="clip")
    calibrated: Floats = np.clip(level.fit(answers, y).predict(answers), TINY, 1 - TINY)
    return calibrated
