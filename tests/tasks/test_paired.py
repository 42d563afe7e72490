"""Tests of tasks/paired.py: differences are paired, hold together over slices, and are doubted where they say none."""

from typing import Any

import numpy as np
import pytest

from config.settings import Comparison, ErrorCosts, ProblemType
from tasks.intervals import Units, stratified
from tasks.metrics import METRICS, Metric, metric
from tasks.paired import Acting, Differences, Sides, differences
from tasks.statistics import Prediction, weighted_mean

BIN = ProblemType.BINARY
RULES = Comparison(resamples=1000, slice_minimum_rows=50)
N = 600
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, N)
FAIR = np.clip(0.5 + (Y - 0.5) * 0.3 + RNG.normal(0, 0.3, N), 0, 1)
GOOD = np.clip(FAIR + (Y - 0.5) * 0.1, 0, 1)
ROW = Units("row", np.arange(N))
FREE = ErrorCosts(false_positive=1.0, false_negative=3.0)


def said(probability: np.ndarray) -> Prediction:
    both = np.column_stack([1 - probability, probability])
    return Prediction((probability > 0.5).astype(int), both, np.array([0, 1]))


def told(
    candidate: np.ndarray, champion: np.ndarray, *names: str, y: np.ndarray = Y, units: Units = ROW,
    segments: dict[tuple[str, str], Any] | None = None, acting: Acting | None = None, rules: Comparison = RULES,
) -> Differences:  # fmt: skip
    sides = Sides(y, said(candidate), said(champion), units, segments or {})
    chosen = {name: metric(name, BIN) for name in names or ("roc_auc", "brier")}
    return differences(sides, metrics=chosen, acting=acting, rules=rules, confidence=0.95, seed=0)


def test_a_difference_is_paired_and_positive_where_the_candidate_is_better() -> None:
    for name, one in told(GOOD, FAIR).metrics.items():
        assert one.low is not None and one.low > 0 and not one.reason
        new, old = (metric(name, BIN).score(Y, said(p)) for p in (GOOD, FAIR))
        assert (one.candidate, one.champion, one.value) == pytest.approx((new, old, abs(new - old)))
    turned = told(FAIR, GOOD).metrics["brier"]
    assert turned.high is not None and turned.high < 0


def test_pairing_tells_more_than_two_intervals_would() -> None:
    """The sides move together: the difference is told far better than either."""
    same = told(np.clip(FAIR + RNG.normal(0, 0.01, N), 0, 1), FAIR).metrics["roc_auc"]
    assert same.high is not None and same.low is not None and same.high - same.low < 0.01


def test_a_model_does_not_differ_from_itself() -> None:
    one = told(FAIR, FAIR).metrics["roc_auc"]
    assert (one.value, one.low, one.high, one.reason) == (0.0, 0.0, 0.0, "")


def test_other_answers_in_the_same_order_are_no_constant() -> None:
    one = told(FAIR**2, FAIR, "roc_auc").metrics["roc_auc"]
    assert (one.low, one.high, one.reason) == (0.0, 0.0, "")


def constant(value: float) -> Metric:
    return Metric("brier", False, METRICS["brier"].problems, lambda y, _: weighted_mean(np.full(len(y), value)))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(0.05, "it does not depend on the model", id="a placeholder"),
        pytest.param(0.0, "exactly zero", id="a placeholder of zero"),
        pytest.param(float("nan"), "not a finite number for the candidate", id="not a number"),
        pytest.param(float("inf"), "not a finite number for the candidate", id="infinite"),
    ],
)
def test_a_metric_that_says_nothing_is_doubted(value: float, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METRICS, "brier", constant(value))
    one = told(GOOD, FAIR, "brier").metrics["brier"]
    assert words in one.reason


def test_a_metric_that_few_resamples_define_is_doubted() -> None:
    y = np.zeros(N, dtype=int)
    y[0] = 1
    one = told(GOOD, FAIR, "roc_auc", y=y).metrics["roc_auc"]
    assert "more than one of twenty resamples" in one.reason
    kept = told(GOOD, FAIR, "roc_auc", y=y, units=stratified(ROW, y)).metrics["roc_auc"]
    assert kept.reason == ""  # by class, every resample has the one case


def test_slices_hold_together_and_small_ones_are_shown() -> None:
    parts = np.array_split(np.arange(N), 5)
    segments = {("size", str(n)): part for n, part in enumerate(parts)} | {("size", "tiny"): np.arange(49)}
    seen = told(GOOD, FAIR, "roc_auc", segments=segments)
    assert seen.slice_confidence == pytest.approx(0.99)
    assert seen.slices["size", "tiny"].reason == "fewer than 50 rows" and seen.slice_rows["size", "tiny"] == 49
    alone = told(GOOD, FAIR, "roc_auc", segments={("size", "0"): parts[0]}).slices["size", "0"]
    joint = seen.slices["size", "0"]
    assert joint.value == alone.value == pytest.approx(
        metric("roc_auc", BIN).score(Y[parts[0]], said(GOOD[parts[0]]))
        - metric("roc_auc", BIN).score(Y[parts[0]], said(FAIR[parts[0]]))
    )  # fmt: skip
    assert joint.low < alone.low and joint.high > alone.high  # type: ignore[operator]


def test_a_slice_of_one_class_cannot_be_told() -> None:
    seen = told(GOOD, FAIR, "roc_auc", segments={("size", "cases"): np.flatnonzero(Y == 1)})
    assert seen.slices["size", "cases"].reason == "undefined"


def test_costs_are_those_of_each_ones_own_threshold() -> None:
    one = told(GOOD, FAIR, acting=Acting(0.4, 0.6, FREE)).cost
    expected = [
        np.mean((p >= t) & (Y == 0)) + 3 * np.mean((p < t) & (Y == 1)) for p, t in ((GOOD, 0.4), (FAIR, 0.6))
    ]  # fmt: skip
    assert one is not None and (one.candidate, one.champion) == pytest.approx(tuple(expected))
    assert one.value == pytest.approx(expected[1] - expected[0]) and one.low > 0  # type: ignore[operator]


@pytest.mark.parametrize(("candidate", "champion", "whose"), [(None, 0.5, "candidate"), (0.5, None, "champion")])
def test_an_unknown_threshold_leaves_the_cost_open(candidate: float | None, champion: float | None, whose: str) -> None:
    one = told(GOOD, FAIR, acting=Acting(candidate, champion, FREE)).cost
    assert one is not None and one.value is None and whose in one.reason
