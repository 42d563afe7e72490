"""Tests of tasks/rules.py."""

import numpy as np
import pandas as pd
import pytest

from config.errors import ConfigError
from config.settings import ProblemType, RuleBaseline
from tasks.rules import rule_prediction
from tasks.statistics import Prediction

ROWS = pd.DataFrame({"delay": [0.0, 20.0, None, 16.0]})
DUMMY = Prediction(np.zeros(4))


@pytest.mark.parametrize(
    ("rule", "problem", "expected"),
    [
        pytest.param({"column": "delay", "threshold": 15.0}, "binary", [0, 1, 0, 1], id="above the threshold"),
        pytest.param({"column": "delay"}, "binary", [1 / 3, 1, 0, 2 / 3], id="the higher, the likelier"),
    ],
)
def test_a_rule_gives_the_case_a_probability(rule: dict[str, object], problem: str, expected: list[float]) -> None:
    said = rule_prediction(ROWS, dummy=DUMMY, rule=RuleBaseline(**rule), problem=ProblemType(problem))  # type: ignore[arg-type]
    assert said.positive.tolist() == pytest.approx(expected)


def test_a_rule_for_a_number_is_the_column_itself() -> None:
    rule = RuleBaseline(column="delay")
    said = rule_prediction(ROWS, dummy=DUMMY, rule=rule, problem=ProblemType.REGRESSION)
    assert said.labels.tolist() == [0.0, 20.0, 16.0, 16.0]


def test_without_a_column_the_rule_is_the_dummy() -> None:
    assert rule_prediction(ROWS, dummy=DUMMY, rule=RuleBaseline(), problem=ProblemType.MULTICLASS) is DUMMY


@pytest.mark.parametrize(
    ("column", "problem", "words"),
    [
        pytest.param("gone", "binary", "the rows have delay", id="a column that is not there"),
        pytest.param("delay", "multiclass", "many classes", id="a column cannot name one of many classes"),
    ],
)
def test_a_rule_that_cannot_answer_is_told(column: str, problem: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        rule_prediction(ROWS, dummy=DUMMY, rule=RuleBaseline(column=column), problem=ProblemType(problem))
