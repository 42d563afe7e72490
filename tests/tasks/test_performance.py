"""Performance has dropped when even the better end of its interval lies below what was promised."""

import numpy as np
import pytest

from config.settings import ProblemType
from tasks.intervals import Units
from tasks.metrics import metric
from tasks.performance import realised_performance
from tasks.statistics import Prediction

RNG = np.random.default_rng(0)
ROWS = 4_000
TRUTH = (RNG.random(ROWS) < 0.3).astype(np.int64)
SCORE = np.clip(0.3 + 0.3 * (TRUTH - 0.3) + RNG.normal(scale=0.2, size=ROWS), 0, 1)
SAID = Prediction((SCORE > 0.5).astype(np.int64), np.column_stack([1 - SCORE, SCORE]), np.array([0, 1]))
EACH = Units("row", np.arange(ROWS))


def realise(name: str, promised: float | None, *, truth=TRUTH):
    """Measure one metric on the made-up rows."""
    chosen = [metric(name, ProblemType.BINARY)]
    return realised_performance(
        truth, SAID, EACH, chosen, expected={name: promised}, drop=0.05, confidence=0.95, resamples=100
    )[name]


@pytest.mark.parametrize(
    ("name", "above", "dropped"),
    [
        pytest.param("roc_auc", 0.0, False, id="as promised"),
        pytest.param("roc_auc", 0.055, False, id="a little below the margin is no alarm: it may be chance"),
        pytest.param("roc_auc", 0.15, True, id="far below what was promised"),
        pytest.param("roc_auc", -0.15, False, id="better than promised"),
        pytest.param("brier", -0.15, True, id="a loss that rose"),
        pytest.param("brier", 0.15, False, id="a loss that fell"),
    ],
)
def test_when_performance_has_dropped(name: str, above: float, dropped: bool) -> None:
    value = realise(name, None).value
    assert value is not None
    assert realise(name, value + above).dropped is dropped


def test_what_was_never_promised_cannot_drop() -> None:
    assert realise("roc_auc", None).dropped is False


def test_one_class_has_no_value_and_no_drop() -> None:
    found = realise("roc_auc", 0.9, truth=np.zeros(ROWS, dtype=np.int64))
    assert (found.value, found.dropped) == (None, False)
