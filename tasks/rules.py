"""The simple answers that a model must beat to be worth its cost: the charter's rule."""

import numpy as np
import pandas as pd

from config.errors import ConfigError
from config.settings import ProblemType, RuleBaseline
from tasks.statistics import Prediction


def rule_prediction(rows: pd.DataFrame, *, dummy: Prediction, rule: RuleBaseline, problem: ProblemType) -> Prediction:
    """Let the charter's rule answer rows; without a column it is the best constant answer, the dummy's.

    Binary with a threshold: the case is where the column is above it; without: the higher the column, the likelier.
    Regression: the column itself. A missing value is never above.
    """
    if not rule.column:
        return dummy
    if problem is ProblemType.MULTICLASS or rule.column not in rows.columns:
        raise ConfigError(
            f"rule_baseline.column {rule.column!r} cannot answer: {_why(rule, rows, problem)}",
            expected="a number column of config/data.yaml, for a binary or a regression problem; or none",
            next_step="correct `rule_baseline` in config/charter.yaml",
        )
    values = pd.to_numeric(rows[rule.column], errors="coerce")
    if problem is ProblemType.REGRESSION:
        return Prediction(values.fillna(values.median()).to_numpy(dtype=float))
    if rule.threshold is None:
        likelihood = np.asarray(values.rank(pct=True).fillna(0.0), dtype=float)
    else:
        likelihood = np.asarray(values > rule.threshold, dtype=float)
    labels = (likelihood > 0.5).astype(np.int64)
    return Prediction(labels, np.column_stack([1 - likelihood, likelihood]), np.array([0, 1]))


def _why(rule: RuleBaseline, rows: pd.DataFrame, problem: ProblemType) -> str:
    if problem is ProblemType.MULTICLASS:
        return "a column does not name one of many classes"
    return f"the rows have {', '.join(map(str, rows.columns[:20]))}"
