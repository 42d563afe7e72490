"""Agreement of the order in which features matter."""

import pytest

from tasks.attribution import agreement

BASE = {"a": 0.6, "b": 0.3, "c": 0.1}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param({"a": 9, "b": 5, "c": 1}, 1.0, id="the same order, whatever the weights"),
        pytest.param({"a": 1, "b": 5, "c": 9}, 0.7021, id="the reverse order"),
        pytest.param({"a": 5, "b": 9, "c": 1}, 0.8681, id="the first two have changed places"),
        pytest.param({"a": 9, "b": 1, "c": 5}, 0.9688, id="the last two have"),
        pytest.param({"a": 9, "b": 5}, None, id="one that had weight is gone"),
        pytest.param({"a": 9, "b": float("nan"), "c": 1}, None, id="one is no number"),
    ],
)
def test_agreement(now: dict[str, float], expected: float | None) -> None:
    assert agreement(BASE, now) == (None if expected is None else pytest.approx(expected, abs=1e-4))


def test_a_feature_without_weight_may_be_gone() -> None:
    assert agreement(BASE | {"d": -0.01}, {"a": 9, "b": 5, "c": 1}) == 1.0


def test_where_nothing_has_weight_nothing_agrees() -> None:
    assert agreement({"a": 0.0, "b": -1.0}, {"a": 1, "b": 2}) is None
