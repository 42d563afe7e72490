"""A fair draw is like the rows it left out; a head of ordered rows is not."""

import numpy as np
import pandas as pd
import pytest

from tasks.likeness import CHI2, KS, likeness

RANDOM = np.random.default_rng(0)
N = 4000
ROWS = pd.DataFrame(
    {
        "number": np.where(np.arange(N) % 50, RANDOM.normal(size=N), np.nan),
        "word": pd.Categorical(RANDOM.choice(["a", "b", "c"], N)),
        "gap": pd.Series(RANDOM.choice(["x", None], N)),
        "flag": RANDOM.random(N) < 0.3,
        "name": [f"row {n}" for n in range(N)],
        "constant": 1,
    }
)
FAIR = np.isin(np.arange(N), RANDOM.permutation(N)[:1000])


def test_a_fair_draw_is_like_the_rest() -> None:
    assert min(one.p_value for one in likeness(ROWS, FAIR)) > 0.001


def test_every_column_that_can_be_compared_is_told_by_its_test() -> None:
    told = [(one.column, one.test) for one in likeness(ROWS, FAIR)]
    assert told == [("number", KS), ("number", CHI2), ("word", CHI2), ("gap", CHI2), ("flag", CHI2)]


@pytest.mark.parametrize("column", ["number", "word", "gap", "flag"])
def test_the_head_of_rows_in_order_is_unlike_the_rest(column: str) -> None:
    ordered = ROWS.sort_values(column)
    told = [one for one in likeness(ordered, np.arange(N) < 1000) if one.column == column]
    assert min(one.p_value for one in told) < 1e-9


def test_nothing_is_told_where_nothing_was_left_out() -> None:
    assert likeness(ROWS, np.ones(N, dtype=bool)) == ()
