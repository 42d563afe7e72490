"""Tests of tasks/verdicts.py."""

import numpy as np
import pytest

from config.settings import Comparison, ProblemType
from tasks.intervals import Interval, Units
from tasks.metrics import metric
from tasks.statistics import Prediction
from tasks.verdicts import difference, judge

RULES = Comparison(margin=0.01, guarded_margin=0.02, minimum_rows=200, looks=3)


@pytest.mark.parametrize(
    ("primary", "guarded", "rows", "looks", "verdict"),
    [
        pytest.param((0.02, 0.01, 0.03), (0.0, -0.01, 0.01), 500, 1, "better", id="better beyond doubt"),
        pytest.param((0.0, -0.009, 0.01), (0.0, -0.01, 0.01), 500, 1, "not-worse", id="within the margin"),
        pytest.param((0.0, -0.01, 0.01), (0.0, -0.01, 0.01), 500, 1, "worse", id="on the margin is not within"),
        pytest.param((-0.05, -0.06, -0.04), (0.0, -0.01, 0.01), 500, 1, "worse", id="worse beyond doubt"),
        pytest.param((0.02, 0.01, 0.03), (-0.05, -0.06, -0.04), 500, 1, "worse", id="better, but a guarded one fell"),
        pytest.param((0.02, 0.01, 0.03), (None, None, None), 500, 1, "worse", id="a guarded one cannot be told"),
        pytest.param((None, None, None), (0.0, -0.01, 0.01), 500, 1, "unknown", id="the primary cannot be told"),
        pytest.param((0.02, None, None), (0.0, -0.01, 0.01), 500, 1, "unknown", id="no interval"),
        pytest.param((0.02, 0.01, 0.03), (0.0, -0.01, 0.01), 199, 1, "unknown", id="too few unseen rows"),
        pytest.param((0.02, 0.01, 0.03), (0.0, -0.01, 0.01), 500, 4, "unknown", id="the rows are worn out"),
    ],
)
def test_a_difference_has_one_meaning(
    primary: tuple[float | None, ...], guarded: tuple[float | None, ...], rows: int, looks: int, verdict: str
) -> None:
    told = {"roc_auc": Interval(*primary), "brier": Interval(*guarded)}
    seen = judge(told, primary="roc_auc", rules=RULES, unseen_rows=rows, looks=looks)
    assert (seen.verdict, seen.unseen_rows) == (verdict, rows)
    assert len(seen.sentence) > 20


def said(probability: np.ndarray) -> Prediction:
    return Prediction(
        (probability > 0.5).astype(int), np.column_stack([1 - probability, probability]), np.array([0, 1])
    )


def test_a_difference_is_paired_and_positive_where_the_candidate_is_better() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    champion = np.clip(0.5 + (y - 0.5) * 0.3 + rng.normal(0, 0.3, 500), 0, 1)
    candidate = np.clip(champion + (y - 0.5) * 0.1, 0, 1)
    metrics = {name: metric(name, ProblemType.BINARY) for name in ("roc_auc", "brier")}
    told = difference(
        y, said(candidate), said(champion), metrics=metrics, of=Units("row", np.arange(500)), resamples=300,
        confidence=0.95, seed=0,
    )  # fmt: skip
    assert all(one.low is not None and one.low > 0 for one in told.values())
    assert told["roc_auc"].value == pytest.approx(
        metrics["roc_auc"].score(y, said(candidate)) - metrics["roc_auc"].score(y, said(champion))
    )


def test_a_model_does_not_differ_from_itself() -> None:
    y = np.tile([0, 1], 200)
    same = said(np.random.default_rng(0).random(400))
    told = difference(
        y, same, same, metrics={"roc_auc": metric("roc_auc", ProblemType.BINARY)}, of=Units("row", np.arange(400)),
        resamples=100, confidence=0.95, seed=0,
    )  # fmt: skip
    assert told["roc_auc"] == Interval(0.0, 0.0, 0.0)
