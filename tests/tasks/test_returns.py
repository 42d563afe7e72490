"""What a window gave and took."""

import numpy as np
import pandas as pd
import pytest

from config.settings import Charter, ErrorCosts, ProblemType, RuleBaseline
from tasks.returns import Returns, effort, returns
from tasks.statistics import Prediction
from tests.tasks.problems import settings_of

ROWS = pd.DataFrame({"delay": [20.0, 20.0, 0.0, 0.0]})
TRUTH = np.array([1, 0, 1, 0])


def charter(problem: ProblemType = ProblemType.BINARY, rule: RuleBaseline | None = None) -> Charter:
    known = settings_of(problem).charter
    change = {
        "error_costs": ErrorCosts(false_positive=1, false_negative=3),
        "rule_baseline": rule or RuleBaseline(column="delay", threshold=15),
        "budget": known.budget.model_copy(update={"cpu_hour_price": 3600.0}),
    }
    return known.model_copy(update=change)


def won(probability: list[float], known: Charter, making: float | None = 0.5) -> Returns | None:
    positive = np.array(probability)
    said = Prediction((positive > 0.5).astype(int), np.column_stack([1 - positive, positive]), np.array([0, 1]))
    return returns(ROWS, TRUTH, said, charter=known, threshold=0.4, cpu_seconds=0.25, making_seconds=making)


def test_what_the_rule_would_have_cost_less_errors_answers_and_making() -> None:
    told = won([0.9, 0.9, 0.9, 0.1], charter())
    assert told is not None
    assert (told.by_rule, told.by_model, told.answering, told.making, told.net) == (4.0, 1.0, 0.25, 0.5, 2.25)


def test_a_model_that_errs_as_the_rule_does_costs_what_it_took() -> None:
    told = won([0.9, 0.9, 0.1, 0.1], charter())
    assert told is not None and told.net == -0.75


def test_without_a_column_the_rule_is_the_cheaper_constant() -> None:
    told = won([0.9, 0.1, 0.9, 0.1], charter(rule=RuleBaseline()))
    assert told is not None and told.by_rule == 2.0


@pytest.mark.parametrize(
    ("known", "making"),
    [
        pytest.param(charter(ProblemType.REGRESSION), 0.5, id="errors in values have no price"),
        pytest.param(charter(rule=RuleBaseline(column="gone", threshold=1)), 0.5, id="the rule's column is gone"),
        pytest.param(charter(rule=RuleBaseline(column="delay")), 0.5, id="the rule draws no line"),
        pytest.param(charter(), None, id="nobody knows what making it took"),
    ],
)
def test_nothing_is_told_where(known: Charter, making: float | None) -> None:
    assert won([0.9, 0.9, 0.9, 0.1], known, making) is None


def test_effort_is_that_of_a_thousand_answers() -> None:
    told = effort(ROWS, charter=charter(), cpu_seconds=0.004, baseline=0.9)
    assert (told.cpu_seconds_per_1k, told.bytes_per_1k, told.baseline_cpu_seconds_per_1k) == (1.0, 8000.0, 0.9)
    assert told.kwh_per_1k == pytest.approx(3.5 * 1.2 / 3_600_000)
