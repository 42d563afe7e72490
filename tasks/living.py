"""What a window tells of the model that serves, besides drift and score: attributions, fairness, returns, effort."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from config.settings import Settings
from tasks import fairness, returns
from tasks.attribution import agreement
from tasks.baselines import Champion, LetIn
from tasks.explanation import losses
from tasks.features import feature_frame, target_values
from tasks.metrics import metric
from tasks.returns import Effort, Returns
from tasks.statistics import Prediction

MOST_ROWS = 2_000  # that attributions are measured on


@dataclass(frozen=True)
class Attribution:
    """Agreement of the order in which features matter now with that at the promotion, 0 to 1, and the bound on it."""

    agreement: float | None
    bound: float
    rows: int


@dataclass(frozen=True)
class Bias:
    """The widest gap of the guarded rate between protected groups, and the charter's bound on it."""

    gap: float | None
    bound: float
    attributes: tuple[str, ...]


@dataclass(frozen=True)
class Sides:
    """What was found; None where it cannot be told: no truth, no rule, nothing protected, nothing to compare with."""

    attribution: Attribution | None = None
    bias: Bias | None = None
    returns: Returns | None = None
    effort: Effort | None = None


def look(rows: pd.DataFrame, said: Prediction, champion: Champion, settings: Settings, *, cpu_seconds: float) -> Sides:
    """Look at a window whose answers took some CPU seconds, against what the champion was let in with."""
    kept = champion.baseline.let_in if champion.baseline else None
    before = kept.cpu_seconds_per_1k if kept else None
    spent = returns.effort(rows, charter=settings.charter, cpu_seconds=cpu_seconds, baseline=before)
    target = settings.data.target
    known = np.flatnonzero(rows[target].notna()) if target in rows else np.array([], dtype=np.int64)
    if kept is None or len(known) < settings.policy.monitoring.minimum_rows:
        return Sides(effort=spent)
    labelled, answers = rows.iloc[known].reset_index(drop=True), said.take(known)
    truth = target_values(labelled, settings.data, settings.charter.problem_type)
    return Sides(
        attribution=_attribution(labelled, truth, champion, kept, settings),
        bias=_bias(labelled, truth, answers, kept, settings),
        returns=returns.returns(
            labelled, truth, answers, charter=settings.charter, threshold=kept.threshold,
            cpu_seconds=cpu_seconds * len(known) / len(rows), making_seconds=kept.making_cpu_seconds,
        ),
        effort=spent,
    )  # fmt: skip


def _attribution(
    rows: pd.DataFrame, truth: np.ndarray[Any, Any], champion: Champion, kept: LetIn, settings: Settings
) -> Attribution:
    problem = settings.charter.problem_type
    found = losses(
        champion.estimator, feature_frame(rows, settings.data), truth, problem=problem, repeats=1, most=MOST_ROWS,
        metric=metric(settings.params.metrics.primary, problem), seed=settings.params.search.seed,
    )  # fmt: skip
    now = {name: lost[0] for name, lost in found.items()}
    bound = settings.policy.monitoring.attribution
    return Attribution(agreement(kept.importances, now), bound, min(len(rows), MOST_ROWS))


def _bias(
    rows: pd.DataFrame, truth: np.ndarray[Any, Any], said: Prediction, kept: LetIn, settings: Settings
) -> Bias | None:
    rules, problem = settings.charter.fairness, settings.charter.problem_type
    if not rules.attributes or any(name not in rows for name in rules.attributes):
        return None
    gap = fairness.widest_gap(rows, truth, said, rules=rules, problem=problem, threshold=kept.threshold)
    return Bias(gap, rules.max_gap, rules.attributes)


def alarms(seen: Sides) -> Iterator[str]:
    """Say what somebody must look at: other features matter, or groups are treated apart.

    A window that does not pay is no alarm by itself: the lens asks for an answer to it (MLCOST-28).
    """
    told, bias = seen.attribution, seen.bias
    if told is not None and told.agreement is not None and told.agreement < told.bound:
        yield f"other features matter now: agreement {told.agreement:.3f}, at least {told.bound:g} is asked for"
    if bias is not None and bias.gap is not None and bias.gap > bias.bound:
        yield f"the gap between groups of {', '.join(bias.attributes)} is {bias.gap:.3f}, at most {bias.bound:g}"
