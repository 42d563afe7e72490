"""Bias is held to its bounds for what is protected, and told for each of it before training and after it."""

from math import inf, nan
from typing import Any

import pytest

from config.settings import Charter, Policy
from lens_checks import bias
from lens_checks.check import Missing
from lens_checks.evidence import records as r
from tests.lens_checks.protecting import protecting
from tests.lens_checks.world import GOOD


def faults(**change: Any) -> list[str]:
    world = GOOD.but(protecting(**change))
    return bias.faults(*(world.get(kind) for kind in (Charter, Policy, r.Profile, r.BiasBefore, r.Evaluation)))


def needed(**change: Any) -> None:
    world = GOOD.but(protecting(**change))
    bias.need_told(*(world.get(kind) for kind in (Charter, r.BiasBefore, r.Evaluation)))


def test_within_its_bounds_nothing_is_told() -> None:
    assert faults() == []
    needed()


def test_what_is_wrong_after_training_is_told_beside_what_is_wrong_before_it() -> None:
    assert faults(gap=0.3, rows="0" * 64) == [
        "gap between groups above 0.1: sex 0.3",
        "bias before training was measured on other rows than were profiled",
    ]
    assert [told.split(":")[0] for told in faults(gap=0.3, label_gap=0.3)] == [
        "gap between groups above 0.1",
        "sex before training",
    ]


def test_what_is_not_protected_has_no_bound() -> None:
    world = GOOD.but(protecting(label_gap=0.9))
    unprotected = world.but({Charter: {"fairness": {"attributes": ()}}})
    kinds = (Charter, Policy, r.Profile, r.BiasBefore, r.Evaluation)
    assert bias.faults(*(world.get(kind) for kind in kinds))
    assert bias.faults(*(unprotected.get(kind) for kind in kinds)) == []


@pytest.mark.parametrize("part", ["imbalance", "label_gap", "gap"])
@pytest.mark.parametrize("figure", [None, nan, inf])
def test_a_figure_that_could_not_be_told_is_missing(part: str, figure: float | None) -> None:
    with pytest.raises(Missing, match="sex"):
        needed(**{part: figure})
