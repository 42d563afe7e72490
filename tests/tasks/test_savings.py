"""Tests of tasks/savings.py: what the model's errors cost less than the rule's, on made-up answers."""

import numpy as np
import pytest

from config.settings import ErrorCosts, ProblemType, RuleBaseline, Settings
from tasks.evaluation import Answers
from tasks.intervals import Units
from tasks.savings import cost_of_rule, saving
from tasks.statistics import Prediction
from tasks.tuning import Examples
from tests.tasks.problems import rows_of, settings_of

ROWS = rows_of(ProblemType.BINARY)
Y = (ROWS["target"] == 1).to_numpy().astype(int)
PRICES = ErrorCosts(false_positive=1.0, false_negative=3.0)
RNG = np.random.default_rng(0)
GOOD = np.clip(0.5 + (Y - 0.5) * 0.6 + RNG.normal(0, 0.2, len(Y)), 0, 1)
RULE = (RNG.random(len(Y)) < 0.5).astype(float)


def said(probability: np.ndarray) -> Prediction:
    both = np.column_stack([1 - probability, probability])
    return Prediction((probability > 0.5).astype(int), both, np.array([0, 1]))


def answers(model: np.ndarray, rule: np.ndarray = RULE) -> Answers:
    by = {"model": said(model), "rule": said(rule), "dummy": said(np.full(len(Y), Y.mean()))}
    return Answers(ROWS, Examples(ROWS, Y, "0" * 64), by, Units("row", np.arange(len(Y))), 0.1)


def settings(column: str = "mean_radius") -> Settings:
    known = settings_of(ProblemType.BINARY)
    charter = known.charter.model_copy(
        update={"error_costs": PRICES, "rule_baseline": RuleBaseline(column=column, threshold=15.0)}
    )
    return known.model_copy(update={"charter": charter})


def price(acted: np.ndarray) -> float:
    return float(np.mean(acted & (Y == 0)) + 3 * np.mean(~acted & (Y == 1)))


def test_a_better_model_spares_what_the_rule_loses() -> None:
    told = saving(answers(GOOD), threshold=0.4, settings=settings())
    assert told is not None and told.value == pytest.approx(price(RULE >= 0.5) - price(GOOD >= 0.4))
    assert told.low is not None and told.low > 0
    assert cost_of_rule(answers(GOOD), settings()) == pytest.approx(price(RULE >= 0.5))


def test_a_worse_model_spares_less_than_nothing() -> None:
    told = saving(answers(1 - GOOD, GOOD), threshold=0.4, settings=settings())
    assert told is not None and told.high is not None and told.high < 0


def test_a_model_like_the_rule_spares_nothing() -> None:
    told = saving(answers(RULE), threshold=0.5, settings=settings())
    assert told is not None and (told.value, told.low, told.high) == (0.0, 0.0, 0.0)


def test_without_a_column_the_rule_is_the_cheaper_constant() -> None:
    always, never = price(np.ones(len(Y), bool)), price(np.zeros(len(Y), bool))
    assert cost_of_rule(answers(GOOD), settings(column="")) == pytest.approx(min(always, never))


def test_without_a_threshold_errors_have_no_price() -> None:
    assert saving(answers(GOOD), threshold=None, settings=settings()) is None
