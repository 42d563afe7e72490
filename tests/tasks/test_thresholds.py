"""Tests of tasks/thresholds.py."""

import numpy as np
import pytest

from config.errors import ConfigError
from config.settings import ErrorCosts, Kpi, Threshold
from tasks.metrics import METRICS
from tasks.thresholds import cheapest_threshold, costs_by_row, decide, hold, keeps

Y = np.array([0, 0, 1, 0, 1, 1])
P = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.9])


@pytest.mark.parametrize(
    ("costs", "acted"),
    [
        pytest.param((1.0, 3.0), [2, 3, 4, 5], id="a miss is dear: act on an alarm more"),
        pytest.param((3.0, 1.0), [4, 5], id="an alarm is dear: miss one"),
        pytest.param((1.0, 0.0), [], id="a miss costs nothing: never act"),
        pytest.param((0.0, 1.0), [2, 3, 4, 5], id="an alarm costs nothing: miss none"),
    ],
)
def test_the_threshold_is_where_errors_are_cheapest(costs: tuple[float, float], acted: list[int]) -> None:
    priced = ErrorCosts(false_positive=costs[0], false_negative=costs[1])
    assert np.flatnonzero(cheapest_threshold(Y, P, priced) <= P).tolist() == acted


def test_no_other_threshold_is_cheaper() -> None:
    rng = np.random.default_rng(0)
    p = np.round(rng.random(500), 2)
    y = (rng.random(500) < p).astype(int)
    costs = ErrorCosts(false_positive=1.0, false_negative=3.0)
    chosen = decide(y, p, threshold=cheapest_threshold(y, p, costs), costs=costs).expected_cost
    every = [decide(y, p, threshold=float(t), costs=costs).expected_cost for t in np.linspace(0, 1.01, 300)]
    assert chosen == pytest.approx(min(every))


def test_a_decision_is_told_in_shares_and_costs() -> None:
    told = decide(Y, P, threshold=0.35, costs=ErrorCosts(false_positive=1.0, false_negative=3.0))
    assert (told.precision, told.recall, told.acted_on) == pytest.approx((2 / 3, 2 / 3, 0.5))
    assert told.expected_cost == pytest.approx((1 + 3) / 6)
    assert (told.cost_of_never_acting, told.cost_of_always_acting) == pytest.approx((1.5, 0.5))


def test_rows_cost_what_their_errors_do() -> None:
    costs = ErrorCosts(false_positive=1.0, false_negative=3.0)
    assert costs_by_row(Y, P >= 0.35, costs).tolist() == [0.0, 0.0, 3.0, 1.0, 0.0, 0.0]
    assert costs_by_row(Y, P >= 0.35, costs).mean() == decide(Y, P, threshold=0.35, costs=costs).expected_cost


@pytest.mark.parametrize(
    ("value", "floor", "ceiling", "passed"),
    [
        pytest.param(0.8, 0.8, None, True, id="on the floor"),
        pytest.param(0.79, 0.8, None, False, id="under the floor"),
        pytest.param(0.1, None, 0.1, True, id="on the ceiling"),
        pytest.param(0.11, None, 0.1, False, id="above the ceiling"),
        pytest.param(None, 0.8, None, False, id="missing"),
        pytest.param(float("nan"), None, 0.1, False, id="not a number, ceiling"),
        pytest.param(float("nan"), 0.1, None, False, id="not a number, floor"),
        pytest.param(float("inf"), 0.1, None, False, id="infinite"),
        pytest.param(float("-inf"), None, 0.1, False, id="minus infinite"),
        pytest.param(0.5, None, None, False, id="no bound at all"),
    ],
)
def test_only_a_finite_figure_within_bounds_keeps_them(
    value: float | None, floor: float | None, ceiling: float | None, passed: bool
) -> None:
    assert keeps(value, floor, ceiling) is passed


KPI = Kpi(name="k", unit="u", metric="brier", baseline=0.2, floor=0.1, target=0.05, max_error="some")


def test_the_charters_floor_is_a_ceiling_where_less_is_better() -> None:
    kept = hold({"brier": 0.12}, thresholds=(Threshold(metric="roc_auc", floor=0.5),), kpis=(KPI,), metrics=METRICS)
    assert [(k.metric, k.value, k.passed, k.source) for k in kept] == [
        ("roc_auc", None, False, "policy"), ("brier", 0.12, False, "charter")
    ]  # fmt: skip


def test_an_empty_list_of_thresholds_is_refused() -> None:
    with pytest.raises(ConfigError, match="empty"):
        hold({}, thresholds=(), kpis=(KPI,), metrics=METRICS)
