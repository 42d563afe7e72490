"""Why one answer is as it is: what each feature adds to it, by sampled Shapley values."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from config.settings import ProblemType
from tasks.statistics import Prediction

Floats = NDArray[np.float64]
ROWS, WALKS, BACKGROUND = 12, 24, 400


@dataclass(frozen=True)
class Local:
    """The explained rows, the mean answer they are told from, and how well the parts add up to the answers (R²)."""

    base: float
    rows: tuple[dict[str, Any], ...]
    fidelity: float | None


def explain_rows(pipeline: Pipeline, features: pd.DataFrame, *, problem: ProblemType, seed: int) -> Local:
    """Explain some rows, the least and the greatest answers among them; of classes, the probability of the last.

    Štrumbelj and Kononenko, Explaining prediction models and individual predictions with feature contributions (2014):
    walk from a row of the background to the explained one, a feature at a time in random order; what an answer moves by
    at a step is that feature's. Fidelity holds the sums against a base that other rows of the background gave.
    """
    rng = np.random.default_rng(seed)
    background = features.iloc[rng.permutation(len(features))[:BACKGROUND]].reset_index(drop=True)
    said = _answers(pipeline, background, problem)
    chosen = np.unique(np.argsort(said)[np.linspace(0, len(said) - 1, ROWS).astype(int)])
    parts = [_walks(pipeline, background, int(index), problem, rng) for index in chosen]
    base = float(said.mean())
    told = np.array([base + sum(part.values()) for part in parts])
    rows = tuple({"answer": float(said[i]), "contributions": part} for i, part in zip(chosen, parts, strict=True))
    return Local(base, rows, _fidelity(said[chosen], told))


def _walks(
    pipeline: Pipeline, background: pd.DataFrame, index: int, problem: ProblemType, rng: np.random.Generator
) -> dict[str, float]:
    """Average over walks what the answer moves by when a feature takes the explained row's value."""
    names = list(background.columns)
    starts, orders = rng.integers(len(background), size=WALKS), [rng.permutation(len(names)) for _ in range(WALKS)]
    # steps[w, k, f]: whether on walk w, after k steps, feature f has the explained row's value
    steps = np.array([[np.isin(np.arange(len(names)), order[:k]) for k in range(len(names) + 1)] for order in orders])
    taken = np.where(steps, index, starts[:, None, None]).reshape(-1, len(names))
    frame = pd.DataFrame({name: background[name].iloc[taken[:, f]].array for f, name in enumerate(names)})
    moved = np.diff(_answers(pipeline, frame, problem).reshape(WALKS, len(names) + 1), axis=1)
    by_feature = np.zeros(len(names))
    for order, moves in zip(orders, moved, strict=True):
        by_feature[order] += moves / WALKS
    return {str(name): float(part) for name, part in zip(names, by_feature, strict=True)}


def _answers(pipeline: Pipeline, frame: pd.DataFrame, problem: ProblemType) -> Floats:
    said = Prediction.of(pipeline, frame, problem)
    return said.labels.astype(float) if said.probabilities is None else said.probabilities[:, -1]


def _fidelity(said: Floats, told: Floats) -> float | None:
    spread = float(((said - said.mean()) ** 2).sum())
    return 1 - float(((said - told) ** 2).sum()) / spread if spread > 0 else None
