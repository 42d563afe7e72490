"""Rows that were set aside are counted where they go on all the same."""

import pandas as pd
import pytest

from tasks.preparing import readmitted

ROWS = pd.DataFrame({"delay": [1.0, 2.0, None], "carrier": ["AA", "UA", None]})


def caught(*positions: int) -> pd.DataFrame:
    return ROWS.iloc[list(positions)].assign(rule="Within(delay)")


CASES = {
    "none was set aside": (ROWS, caught(), 0),
    "those set aside are gone": (ROWS.iloc[:1], caught(1, 2), 0),
    "one goes on": (ROWS.iloc[:2], caught(1), 1),
    "one with holes goes on": (ROWS, caught(2), 1),
    "one that breaks two rules is one": (ROWS.iloc[:2], caught(1, 1), 1),
    "values of two rows that are set aside are no row": (
        pd.DataFrame({"delay": [1.0], "carrier": ["UA"]}),
        caught(0, 1),
        0,
    ),
    "nothing goes on": (ROWS.iloc[:0], caught(0), 0),
}


@pytest.mark.parametrize(("accepted", "aside", "count"), CASES.values(), ids=CASES.keys())
def test_readmitted(accepted: pd.DataFrame, aside: pd.DataFrame, count: int) -> None:
    assert readmitted(accepted, aside) == count
