"""What a model that serves gave and took in a window: money its answers spared, money and energy they cost."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Charter, ProblemType
from tasks.energy import kwh
from tasks.statistics import Prediction
from tasks.thresholds import costs_by_row


@dataclass(frozen=True)
class Returns:
    """Rows whose truth is known, what their errors would have cost by the rule and did by the model, and the price.

    All in the charter's currency; `net` is what was spared less what answering and making the model cost.
    """

    rows: int
    by_rule: float
    by_model: float
    answering: float
    making: float
    net: float
    currency: str


@dataclass(frozen=True)
class Effort:
    """CPU seconds, electricity and bytes of a thousand answers, beside the CPU seconds at the promotion."""

    rows: int
    cpu_seconds_per_1k: float
    kwh_per_1k: float
    bytes_per_1k: float
    baseline_cpu_seconds_per_1k: float | None


def returns(
    rows: pd.DataFrame, truth: NDArray[np.generic], said: Prediction, *, charter: Charter, threshold: float | None,
    cpu_seconds: float, making_seconds: float | None,
) -> Returns | None:  # fmt: skip
    """Reckon what acting on the model spared against acting on the rule; None where that has no price."""
    column, bound = charter.rule_baseline.column, charter.rule_baseline.threshold
    if charter.problem_type is not ProblemType.BINARY or threshold is None or making_seconds is None:
        return None
    if column and (bound is None or column not in rows):
        return None
    ruled = [(rows[column] > bound).to_numpy()] if column else [np.full(len(rows), act) for act in (False, True)]
    hour = charter.budget.cpu_hour_price / 3600
    by_rule = min(float(costs_by_row(truth, acted, charter.error_costs).sum()) for acted in ruled)
    by_model = float(costs_by_row(truth, said.positive >= threshold, charter.error_costs).sum())
    answering, making = cpu_seconds * hour, making_seconds * hour
    net = by_rule - by_model - answering - making
    return Returns(len(rows), by_rule, by_model, answering, making, net, charter.error_costs.currency)


def effort(rows: pd.DataFrame, *, charter: Charter, cpu_seconds: float, baseline: float | None) -> Effort:
    """Reckon what a thousand answers took."""
    per_1k = cpu_seconds / len(rows) * 1000
    size = float(rows.memory_usage(index=False, deep=True).sum()) / len(rows) * 1000
    return Effort(len(rows), per_1k, kwh(per_1k, charter.budget), size, baseline)
