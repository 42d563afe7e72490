"""Data that lies far from what was accepted before, or holds values from far out, is told; chance is let pass."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Bounds, Data
from lens_checks.evidence.records import ColumnDifference, Difference, LabelDifference, Parts
from lens_checks.trust import strangeness
from tests.lens_checks.world import GOOD, Changes

BOUNDS = Bounds(data_difference=0.5, label_difference=0.2, outlier_share=0.01)


def column(psi: float, arrived: float | None) -> dict[str, Any]:
    return {"columns": {"delay": ColumnDifference(psi=psi, arrived_psi=arrived, missing_before=0, missing=0)}}


def label(largest: float | None) -> dict[str, Any]:
    return {"label": LabelDifference(column="late", before={}, now={}, arrived={}, largest=largest)}


def far(share: float, **parts: float) -> dict[str, Any]:
    return {"outliers": {n: {"delay": share, "any": share} for n in ("train", "tune", "promotion")} | parts}


def told(changes: Changes) -> list[str]:
    world = GOOD.but(changes)
    return list(strangeness(world.get(Difference), world.get(Parts), world.get(Data), BOUNDS))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="close to the version before"),
        pytest.param({Difference: {"against": None, "columns": {}, "label": None}}, id="no version before"),
        pytest.param({Difference: column(0.5, 0.5)}, id="at the limit"),
        pytest.param({Difference: column(0.1, None)}, id="nothing arrived apart"),
        pytest.param(
            {Difference: column(3.0, 7.0), Data: {"difference_allowances": {"delay": "it follows the season"}}},
            id="moved, and allowed with a reason",
        ),
        pytest.param({Difference: label(0.2)}, id="classes at the limit"),
        pytest.param({Difference: label(None)}, id="a target without classes"),
        pytest.param({Difference: far(0.02)}, id="three rows of a small part are chance"),
    ],
)
def test_what_is_usual_passes(changes: Changes) -> None:
    assert told(changes) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({Difference: column(0.51, None)}, "delay lies far from", id="all rows moved"),
        pytest.param({Difference: column(0.1, 0.8)}, "0.80 among the 100 that arrived", id="what arrived moved"),
        pytest.param({Difference: column(float("nan"), None)}, "delay lies far from", id="an effect of NaN"),
        pytest.param(
            {Difference: column(0.9, None), Data: {"difference_allowances": {"delay": " "}}},
            "delay lies far from",
            id="an allowance without a reason",
        ),
        pytest.param({Difference: label(0.3)}, "share of a class of late", id="labels of another kind"),
        pytest.param({Difference: far(0.05)}, "most in delay", id="many values far out"),
        pytest.param({Difference: {"outliers": {}}}, "looked for in no part", id="nobody looked for far values"),
        pytest.param(
            {Difference: {"outliers": {"train": {}, "tune": {}, "promotion": {}}}}, "nan%", id="a share is missing"
        ),
        pytest.param({Difference: {"data_sha256": "0" * 64}}, "the split of", id="a difference of other rows"),
    ],
)
def test_what_is_not_is_told(changes: Changes, words: str) -> None:
    assert any(words in sentence for sentence in told(changes))


@pytest.mark.parametrize(
    ("rows", "share", "passes"),
    [
        pytest.param(9900, 0.0129, True, id="within three standard errors of the limit"),
        pytest.param(9900, 0.01301, False, id="a little outside"),
        pytest.param(1, 0.3, True, id="one row tells little"),
        pytest.param(0, 0.3, True, id="no row tells as little"),
        pytest.param(0, 0.31, False, id="and yet not everything passes"),
    ],
)
def test_chance_adds_three_standard_errors_to_the_limit(rows: int, share: float, passes: bool) -> None:
    """Of 9,900 rows a share of 0.01 has a standard error of 0.001."""
    parts = {name: replace(part, rows=rows) for name, part in GOOD.get(Parts).parts.items()}
    changes: Changes = {Parts: {"parts": parts}, Difference: {"outliers": {name: {"any": share} for name in parts}}}
    assert (told(changes) == []) is passes
