"""Where to draw the line between yes and no, by what errors cost; and whether figures keep their bounds."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from config.errors import ConfigError
from config.settings import ErrorCosts, Kpi, Threshold
from tasks.metrics import Metric


@dataclass(frozen=True)
class Decision:
    """What follows from acting on every row whose probability reaches the threshold; costs are a row's, on average."""

    threshold: float
    expected_cost: float
    cost_of_never_acting: float
    cost_of_always_acting: float
    precision: float | None
    recall: float | None
    acted_on: float


@dataclass(frozen=True)
class Kept:
    """A bound, the figure it is held against, and whether it is kept; a missing or non-finite figure never does."""

    metric: str
    value: float | None
    floor: float | None
    ceiling: float | None
    passed: bool
    source: str


def cheapest_threshold(y: NDArray[np.generic], probability: NDArray[np.float64], costs: ErrorCosts) -> float:
    """Give the probability from which acting is cheapest on these rows, halfway to the next lower one."""
    order = np.argsort(-probability, kind="stable")
    sorted_p, case = probability[order], y[order].astype(float)
    misses = case.sum() - np.cumsum(case)
    cost = np.cumsum(1 - case) * costs.false_positive + misses * costs.false_negative
    ends = np.flatnonzero(np.append(np.diff(sorted_p) != 0, True))
    best = ends[int(np.argmin(cost[ends]))]
    if case.sum() * costs.false_negative <= cost[best]:  # never acting is as cheap
        return float(np.nextafter(sorted_p[0], 2.0))
    below = sorted_p[best + 1] if best + 1 < len(sorted_p) else 0.0
    return float((sorted_p[best] + below) / 2)


def decide(
    y: NDArray[np.generic], probability: NDArray[np.float64], *, threshold: float, costs: ErrorCosts
) -> Decision:
    """Say what acting from a threshold on costs, and finds, on these rows."""
    acted, case = probability >= threshold, y == 1
    alarms, misses = float(np.mean(acted & ~case)), float(np.mean(~acted & case))
    right = float(np.mean(acted & case))
    return Decision(
        threshold=threshold,
        expected_cost=alarms * costs.false_positive + misses * costs.false_negative,
        cost_of_never_acting=float(case.mean()) * costs.false_negative,
        cost_of_always_acting=float((~case).mean()) * costs.false_positive,
        precision=right / (right + alarms) if right + alarms else None,
        recall=right / (right + misses) if right + misses else None,
        acted_on=float(acted.mean()),
    )


def costs_by_row(y: NDArray[np.generic], acted: NDArray[np.bool_], costs: ErrorCosts) -> NDArray[np.float64]:
    """Give what each row costs: a needless alarm, a missed case, or nothing."""
    case = y == 1
    return (acted & ~case) * costs.false_positive + (~acted & case) * costs.false_negative


def hold(
    figures: Mapping[str, float | None], *, thresholds: tuple[Threshold, ...], kpis: tuple[Kpi, ...],
    metrics: Mapping[str, Metric],
) -> tuple[Kept, ...]:  # fmt: skip
    """Hold figures against the policy's bounds and the floors of the charter's KPIs; no bounds at all are refused."""
    if not thresholds:
        raise ConfigError("`thresholds` is empty", expected="at least one bound", next_step="edit config/policy.yaml")
    bounds = [(t.metric, t.floor, t.ceiling, "policy") for t in thresholds]
    for kpi in kpis:
        up = metrics[kpi.metric].greater_is_better
        bounds.append((kpi.metric, kpi.floor if up else None, None if up else kpi.floor, "charter"))
    return tuple(
        Kept(name, value := figures.get(name), floor, ceiling, keeps(value, floor, ceiling), source)
        for name, floor, ceiling, source in bounds
    )


def keeps(value: float | None, floor: float | None, ceiling: float | None) -> bool:
    """Tell whether a figure lies within bounds; nothing, NaN, infinity and no bound at all never do."""
    if value is None or not math.isfinite(value) or (floor is None and ceiling is None):
        return False
    return (floor is None or value >= floor) and (ceiling is None or value <= ceiling)
