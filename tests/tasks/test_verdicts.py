"""Tests of tasks/verdicts.py: every verdict, and what speaks against a candidate whatever its primary metric says."""

from typing import Any

import pytest

from config.settings import Comparison, ErrorCosts
from tasks.paired import Difference, Differences
from tasks.verdicts import Compared, judge

RULES = Comparison(
    margin=0.01, guarded_margin=0.02, minimum_rows=200, looks=3, slice_margin=0.05, slice_minimum_rows=100,
    cost_margin=0.02,
)  # fmt: skip
COSTS = ErrorCosts(false_positive=1.0, false_negative=3.0, currency="EUR")  # a margin of 0.06 a row
LEVEL = (0.0, -0.001, 0.001)
BETTER = (0.02, 0.01, 0.03)


def told(figures: tuple[float | None, ...], reason: str = "") -> Difference:
    return Difference(*figures, candidate=0.8, champion=0.7, reason=reason)


def judged(
    primary: Difference, guarded: Difference | None = None, *, rows: int = 500, cost: Difference | None = None,
    slices: dict[str, Difference] | None = None, costs: ErrorCosts = COSTS,
) -> Compared:  # fmt: skip
    keys = {("size", name): one for name, one in (slices or {}).items()}
    seen = Differences(
        {"roc_auc": primary, "brier": guarded or told(LEVEL)}, keys, dict.fromkeys(keys, 120), 0.99, cost
    )  # fmt: skip
    return judge(seen, rules=RULES, costs=costs, unseen_rows=rows)


@pytest.mark.parametrize(
    ("given", "verdict", "words"),
    [
        pytest.param({"primary": told(BETTER)}, "better", "the candidate is better", id="better beyond doubt"),
        pytest.param({"primary": told((0.0, -0.009, 0.01))}, "not-worse", "if at all", id="within the margin"),
        pytest.param({"primary": told((0.005, 0.0, 0.01))}, "not-worse", "if at all", id="just no worse is not better"),
        pytest.param({"primary": told((0.0, -0.01, 0.01))}, "worse", "may be worse", id="on the margin is not within"),
        pytest.param({"primary": told((-0.05, -0.06, -0.04))}, "worse", "may be worse", id="worse beyond doubt"),
        pytest.param({"primary": told(BETTER), "guarded": told((-0.05, -0.06, -0.04))}, "worse",
                     "but brier may be worse by more than 0.02", id="better, but a guarded one fell"),
        pytest.param({"primary": told(BETTER), "guarded": told((0.0, -0.02, 0.02))}, "worse", "but brier",
                     id="a guarded one on its margin"),
        pytest.param({"primary": told(BETTER), "guarded": told((0.0, -0.019, 0.02))}, "better", "",
                     id="a guarded one within its margin"),
        pytest.param({"primary": told(BETTER), "guarded": told((None, None, None), "it is constant")}, "unknown",
                     "brier tells nothing: it is constant", id="a guarded one cannot be told"),
        pytest.param({"primary": told((None, None, None), "it is not a finite number")}, "unknown",
                     "roc_auc tells nothing", id="the primary cannot be told"),
        pytest.param({"primary": told(BETTER, "the champion's is exactly zero")}, "unknown", "exactly zero",
                     id="a baseline of zero"),
        pytest.param({"primary": told((0.02, None, None), "undefined")}, "unknown", "undefined", id="no interval"),
        pytest.param({"primary": told((0.02, float("nan"), float("nan")))}, "worse", "may be worse",
                     id="an interval that is no number is no proof"),
        pytest.param({"primary": told((0.02, None, None))}, "worse", "may be worse", id="no interval, and no reason"),
        pytest.param({"primary": told(BETTER), "rows": 199}, "unknown", "199 promotion rows", id="too few rows"),
        pytest.param({"primary": told(BETTER), "rows": 200}, "better", "", id="just enough rows"),
        pytest.param({"primary": told(BETTER), "cost": told((0.1, 0.05, 0.15))}, "better", "", id="cheaper"),
        pytest.param({"primary": told(BETTER), "cost": told((0.0, -0.059, 0.06))}, "better", "",
                     id="dearer by less than the margin, if at all"),
        pytest.param({"primary": told(BETTER), "cost": told((0.0, -0.06, 0.06))}, "worse",
                     "a row's errors may cost more by over 0.06 EUR: 0.8 against 0.7", id="perhaps dearer"),
        pytest.param({"primary": told(BETTER), "cost": told((None, None, None), "no threshold")}, "unknown",
                     "what errors cost cannot be told: no threshold", id="a cost that cannot be told"),
        pytest.param({"primary": told(BETTER), "slices": {"big": told(LEVEL)}}, "better", "", id="a slice as before"),
        pytest.param({"primary": told(BETTER), "slices": {"big": told((-0.1, -0.14, -0.051))}}, "worse",
                     "worse by more than 0.05 in size big", id="a slice evidently fell"),
        pytest.param({"primary": told(BETTER), "slices": {"big": told((-0.1, -0.15, -0.05))}}, "better", "",
                     id="a slice that fell by the margin, perhaps"),
        pytest.param({"primary": told(BETTER), "slices": {"big": told((None, None, None), "fewer than 100 rows")}},
                     "better", "", id="a slice too small holds nothing by itself"),
        pytest.param({"primary": told((-0.05, -0.06, -0.04)), "guarded": told((None, None, None), "constant")},
                     "unknown", "brier tells nothing", id="what cannot be told is said before what is worse"),
    ],
)  # fmt: skip
def test_a_difference_has_one_meaning(given: dict[str, Any], verdict: str, words: str) -> None:
    seen = judged(**given)
    assert (seen.verdict, seen.unseen_rows) == (verdict, given.get("rows", 500))
    assert words in seen.sentence and len(seen.sentence) > 20
    assert bool(seen.next_step) is (verdict not in ("better", "not-worse"))


@pytest.mark.parametrize("rows", [12, 500])
def test_nothing_compared_is_unknown(rows: int) -> None:
    seen = judge(None, rules=RULES, costs=COSTS, unseen_rows=rows)
    assert (seen.verdict, seen.difference, seen.cost) == ("unknown", None, None)


def test_what_was_not_compared_has_no_rows_and_no_looks() -> None:
    seen = Compared("unknown", "there is no comparison")
    assert (seen.unseen_rows, seen.looks) == (0, 0)


@pytest.mark.parametrize(
    ("primary", "figure"),
    [
        pytest.param(told(BETTER), "roc_auc differs by +0.0200 (+0.0100 to +0.0300) on 500 rows", id="an interval"),
        pytest.param(told((None, None, None), "constant"), "roc_auc was compared on 500 rows", id="no figure"),
        pytest.param(told((0.02, None, None), "undefined"), "roc_auc was compared on 500 rows", id="no interval"),
    ],
)
def test_the_sentence_begins_with_the_figure(primary: Difference, figure: str) -> None:
    assert judged(primary).sentence.startswith(figure)


def test_the_primary_metric_does_not_guard_itself() -> None:
    assert list(judged(told(BETTER)).guarded) == ["brier"]


@pytest.mark.parametrize(
    ("one", "passed"),
    [
        pytest.param(told(LEVEL), True, id="as before"),
        pytest.param(told(LEVEL, "it is constant"), False, id="an interval that does not count"),
        pytest.param(told((0.0, None, None)), False, id="no interval"),
        pytest.param(told((0.0, float("inf"), float("inf"))), False, id="an interval without end"),
    ],
)
def test_a_guarded_metric_passes_by_a_finite_interval_alone(one: Difference, passed: bool) -> None:
    assert judged(told(BETTER), one).guarded["brier"].passed is passed


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        pytest.param(told((0.0, -0.049, 0.01)), "not-worse", id="within the margin"),
        pytest.param(told((0.0, -0.05, 0.01)), "open", id="perhaps beyond it"),
        pytest.param(told((-0.1, -0.2, -0.05)), "open", id="beyond it but for an end"),
        pytest.param(told((-0.1, -0.2, -0.0501)), "worse", id="beyond it"),
        pytest.param(told((None, None, None), "fewer than 100 rows"), "unknown", id="too small"),
        pytest.param(told((0.1, None, None), "undefined"), "unknown", id="without an interval"),
        pytest.param(told(LEVEL, "constant"), "unknown", id="with a reason why it cannot be told"),
        pytest.param(told((0.1, None, 0.2)), "unknown", id="without a low end"),
        pytest.param(told((0.1, 0.0, None)), "unknown", id="without a high end"),
    ],
)
def test_a_slice_is_told_by_its_whole_interval(one: Difference, verdict: str) -> None:
    seen = judged(told(BETTER), slices={"big": one, "small": told((None, None, None), "fewer than 100 rows")})
    assert (seen.slices["size"]["big"].verdict, seen.slices["size"]["big"].rows) == (verdict, 120)
    assert seen.slices_unknown == 1 + (verdict == "unknown")
    assert seen.slice_confidence == 0.99


def test_at_most_five_slices_are_named() -> None:
    fallen = {f"value {n}": told((-0.2, -0.3, -0.1)) for n in range(7)}
    assert "size value 4 and 2 more" in judged(told(BETTER), slices=fallen).sentence


def test_the_margin_of_the_cost_follows_the_dearer_error() -> None:
    costs = ErrorCosts(false_positive=50.0, false_negative=10.0, currency="USD")
    seen = judged(told(BETTER), cost=told((0.0, -0.9, 0.9)), costs=costs).cost
    assert seen is not None and (seen.margin, seen.passed, seen.currency) == (1.0, True, "USD")


def test_without_a_price_the_cost_says_why() -> None:
    seen = judged(told(BETTER)).cost
    assert seen is not None and (seen.applies, seen.passed) == (False, None) and "binary" in seen.reason
