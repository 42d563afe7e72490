"""What acting on the model costs less than acting on the charter's rule, with its interval."""

import numpy as np
from numpy.typing import NDArray

from config.settings import ErrorCosts, Settings
from tasks.evaluation import Answers
from tasks.intervals import Interval, distributions, interval, value_of
from tasks.statistics import weighted_mean
from tasks.thresholds import costs_by_row


def saving(answers: Answers, *, threshold: float | None, settings: Settings) -> Interval | None:
    """Give by how much a row's errors cost less, on average, with the model than with the rule, by paired bootstrap.

    In the charter's currency; None where errors have no price: without a threshold there is nothing to act from.
    """
    if threshold is None:
        return None
    y, params = answers.examples.target, settings.params.metrics
    model = costs_by_row(y, answers.by["model"].positive >= threshold, settings.charter.error_costs)
    spared = weighted_mean(costs_by_row(y, rule_acts(answers, settings), settings.charter.error_costs) - model)
    drawn = distributions(
        {"spared": spared}, answers.units, resamples=params.resamples, seed=settings.params.search.seed
    )
    value, count = value_of(spared, len(y)), answers.units.count
    return interval(value, drawn["spared"], confidence=params.confidence, units=count)


def rule_acts(answers: Answers, settings: Settings) -> NDArray[np.bool_]:
    """Say on which rows the rule acts; without a column it is the cheaper constant: always, or never."""
    y = answers.examples.target
    if settings.charter.rule_baseline.column:
        return answers.by["rule"].labels.astype(float) >= 0.5
    return np.full(len(y), _cost(y, True, settings.charter.error_costs) < _cost(y, False, settings.charter.error_costs))


def _cost(y: NDArray[np.generic], act: bool, costs: ErrorCosts) -> float:
    return float(costs_by_row(y, np.full(len(y), act), costs).mean())


def cost_of_rule(answers: Answers, settings: Settings) -> float:
    """Give what a row costs, on average, when the rule decides."""
    acted = rule_acts(answers, settings)
    return float(costs_by_row(answers.examples.target, acted, settings.charter.error_costs).mean())
