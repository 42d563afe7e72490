"""Effect sizes are zero for the same values, small for chance, large for a shift, and always finite."""

import numpy as np
import pandas as pd
import pytest

from config.settings import ColumnType
from tasks.distributions import distribution, psi

RANDOM = np.random.default_rng(0)
NUMBERS = pd.Series(RANDOM.normal(0, 1, 5000))
WORDS = pd.Series(RANDOM.choice(["a", "b", "c"], 5000, p=[0.6, 0.3, 0.1]))
HOLES = NUMBERS.where(RANDOM.random(5000) < 0.5)


@pytest.mark.parametrize(
    ("values", "others", "kind", "low", "high"),
    [
        pytest.param(NUMBERS, NUMBERS, "number", 0.0, 1e-12, id="the same numbers"),
        pytest.param(NUMBERS, NUMBERS.sample(500, random_state=1), "number", 0.0, 0.05, id="numbers by chance"),
        pytest.param(NUMBERS, NUMBERS + 1, "number", 0.5, 9.0, id="numbers one deviation off"),
        pytest.param(NUMBERS, HOLES, "number", 0.5, 9.0, id="half of the numbers missing"),
        pytest.param(NUMBERS, NUMBERS * 0 + 7, "number", 1.0, 99.0, id="one number only"),
        pytest.param(NUMBERS, NUMBERS.head(0), "number", 0.0, 1.0, id="no rows"),
        pytest.param(NUMBERS * 0 + 7, NUMBERS * 0 + 7, "number", 0.0, 1e-12, id="a constant"),
        pytest.param(NUMBERS.replace(NUMBERS[0], np.inf), NUMBERS, "number", 0.0, 0.01, id="an infinite number"),
        pytest.param(WORDS, WORDS, "category", 0.0, 1e-12, id="the same words"),
        pytest.param(WORDS, WORDS.replace("a", "new"), "category", 1.0, 99.0, id="a new word"),
        pytest.param(NUMBERS > 0, NUMBERS > 0.1, "boolean", 0.0, 0.05, id="truth values"),
    ],
)
def test_effect_size(values: pd.Series, others: pd.Series, kind: str, low: float, high: float) -> None:
    assert low <= psi(distribution(values, ColumnType(kind)), others) <= high


def test_a_million_rows_and_a_tiny_shift_are_no_large_effect() -> None:
    many = pd.Series(RANDOM.normal(0, 1, 1_000_000))
    assert psi(distribution(NUMBERS, ColumnType.NUMBER), many + 0.01) < 0.02


def test_shares_add_up() -> None:
    found = distribution(HOLES, ColumnType.NUMBER)
    assert sum(found.shares) == pytest.approx(1.0)
    assert found.missing == pytest.approx(HOLES.isna().mean())
    assert len(found.shares) == len(found.edges or []) + 1
