"""Tests of tasks/fairness.py."""

import numpy as np
import pandas as pd
import pytest

from config.errors import ConfigError
from config.settings import Fairness, ProblemType
from tasks.fairness import FairnessReport, compare_groups, groups_of
from tasks.intervals import Units
from tasks.statistics import Prediction

ROWS = 600


def measured(sizes: dict[str, int], recalls: dict[str, float], *, attribute: str = "group") -> FairnessReport:
    """Compare groups of given sizes, all of them cases, of which a given share is found."""
    labels = np.repeat(list(sizes), list(sizes.values()))
    found = np.concatenate([np.arange(n) < round(n * recalls[g]) for g, n in sizes.items()]).astype(float)
    said = Prediction(found, np.column_stack([1 - found, found]), np.array([0, 1]))
    return compare_groups(
        pd.DataFrame({"group": labels}), np.ones(len(labels), dtype=int), said,
        rules=Fairness(attributes=(attribute,), minimum_group=100), problem=ProblemType.BINARY, threshold=0.5,
        of=Units("row", np.arange(len(labels))), resamples=200, confidence=0.95, seed=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "recalls", "gap", "unknown"),
    [
        pytest.param({"a": 300, "b": 300}, {"a": 0.9, "b": 0.4}, 0.5, (), id="one group is found far less often"),
        pytest.param({"a": 300, "b": 300}, {"a": 0.9, "b": 0.9}, 0.0, (), id="alike"),
        pytest.param({"a": 300, "b": 5}, {"a": 0.9, "b": 0.0}, None, ("group: b",), id="five people tell nothing"),
        pytest.param(
            {"a": 300, "b": 5, "c": 300}, {"a": 0.9, "b": 0.0, "c": 0.8}, 0.1, ("group: b",), id="the others do"
        ),
    ],
)
def test_the_gap_is_between_groups_large_enough(
    sizes: dict[str, int], recalls: dict[str, float], gap: float | None, unknown: tuple[str, ...]
) -> None:
    told = measured(sizes, recalls)
    assert told.gaps["group"] == (None if gap is None else pytest.approx(gap))
    assert told.unknown == unknown
    assert {g: one.rows for g, one in told.attributes["group"].items()} == sizes


def test_a_rate_has_an_interval() -> None:
    one = measured({"a": 300, "b": 300}, {"a": 0.9, "b": 0.4}).attributes["group"]["b"]
    assert one.low is not None and one.high is not None and one.low < 0.4 < one.high


def test_an_attribute_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match=r"fairness\.attributes names age"):
        measured({"a": 300}, {"a": 1.0}, attribute="age")


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        pytest.param(pd.Series(["x", None]), {"x", "missing"}, id="missing is a group"),
        pytest.param(pd.Series(range(100)), 4, id="many numbers are quarters"),
        pytest.param(pd.Series([1, 2, 2]), {"1", "2"}, id="few numbers are themselves"),
    ],
)
def test_groups_are_named(values: "pd.Series", groups: set[str] | int) -> None:
    seen = set(groups_of(values))
    assert seen == groups if isinstance(groups, set) else len(seen) == groups


@pytest.mark.parametrize(
    ("problem", "y", "said", "rates"),
    [
        pytest.param("multiclass", ["a", "b"], ["a", "a"], (1.0, 0.0), id="multiclass: accuracy"),
        pytest.param("regression", [1.0, 1.0], [1.0, 9.0], (1.0, 0.0), id="regression: the usual error"),
    ],
)
def test_other_problems_have_their_own_rate(
    problem: str, y: list[object], said: list[object], rates: tuple[float, float]
) -> None:
    half = ROWS // 2
    rows = pd.DataFrame({"g": ["first"] * half + ["second"] * half})
    told = compare_groups(
        rows, np.repeat(np.array(y), half), Prediction(np.repeat(np.array(said), half)),
        rules=Fairness(attributes=("g",), minimum_group=100), problem=ProblemType(problem), threshold=None,
        of=Units("row", np.arange(ROWS)), resamples=100, confidence=0.95, seed=0,
    )  # fmt: skip
    assert (told.attributes["g"]["first"].rate, told.attributes["g"]["second"].rate) == rates
