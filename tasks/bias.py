"""Bias in the rows before anything is trained on them, for each protected attribute.

The measures are those of Hardt et al., Amazon SageMaker Clarify (KDD 2021), for any number of groups and outcomes:
class imbalance of the smallest group, difference in proportions of labels, conditional demographic disparity (Wachter
et al. 2021).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.errors import ConfigError
from config.settings import Data, Fairness, ProblemType
from tasks.groups import groups_of

FILE = "bias.json"


@dataclass(frozen=True)
class LabelledGroup:
    """A protected group before training: its rows, and the share of them with each outcome; None where too few."""

    rows: int
    outcomes: Mapping[str, float] | None


@dataclass(frozen=True)
class AttributeBias:
    """How unlike the groups of one attribute are, of those large enough to be told; None where fewer than two are.

    `imbalance` is (n - 2 n_g) / n of the smallest group, `label_gap` the widest gap of an outcome's share between two
    groups, `conditional_disparity` the largest |disparity| of a group in an outcome, weighed over the strata.
    """

    groups: Mapping[str, LabelledGroup]
    imbalance: float | None
    label_gap: float | None
    conditional_disparity: float | None


@dataclass(frozen=True)
class BiasBefore:
    """Bias of the train part, by protected attribute: bias.json."""

    schema: int
    data_sha256: str
    rows: int
    outcome: str
    conditioned_on: str
    attributes: Mapping[str, AttributeBias]


def before_training(
    rows: pd.DataFrame, data: Data, *, rules: Fairness, problem: ProblemType, data_sha256: str
) -> BiasBefore:
    """Measure the rows to train on (ConfigError where a column that is named is not among them)."""
    named = (*rules.attributes, *filter(None, [rules.conditioned_on]))
    if absent := [name for name in named if name not in rows.columns]:
        raise ConfigError(
            f"fairness names {', '.join(absent[:5])}, which the rows do not have",
            expected="columns of config/data.yaml that are not dropped",
            next_step="correct `fairness` in config/charter.yaml",
        )
    labels, outcome = _labels(rows[data.target], problem)
    strata = groups_of(rows[rules.conditioned_on]) if rules.conditioned_on else None
    return BiasBefore(
        schema=1,
        data_sha256=data_sha256,
        rows=len(rows),
        outcome=outcome,
        conditioned_on=rules.conditioned_on,
        attributes={name: _measured(groups_of(rows[name]), labels, strata, rules) for name in rules.attributes},
    )


def _labels(target: pd.Series, problem: ProblemType) -> tuple[NDArray[np.object_], str]:
    """Give the outcome of each row in words: its class, or on which side of the median a number lies."""
    if problem is not ProblemType.REGRESSION:
        return target.astype("str").to_numpy(dtype=object), str(target.name)
    above = target.astype(float) > target.astype(float).median()
    return np.where(above, "above", "not above").astype(object), f"{target.name} above its median"


def _measured(
    groups: NDArray[np.object_], labels: NDArray[np.object_], strata: NDArray[np.object_] | None, rules: Fairness
) -> AttributeBias:
    outcomes = sorted(set(labels))
    members = {str(group): groups == group for group in sorted(set(groups))}
    told = {group: mine for group, mine in members.items() if mine.sum() >= rules.minimum_group}
    shares = {g: {str(o): float((labels[mine] == o).mean()) for o in outcomes} for g, mine in told.items()}
    several = len(told) > 1
    smallest = min((int(mine.sum()) for mine in told.values()), default=0)
    gaps = [_width([share[str(outcome)] for share in shares.values()]) for outcome in outcomes]
    disparities = [
        abs(_disparity(mine, labels == outcome, strata))
        for mine in told.values() for outcome in outcomes if strata is not None
    ]  # fmt: skip
    return AttributeBias(
        groups={group: LabelledGroup(int(mine.sum()), shares.get(group)) for group, mine in members.items()},
        imbalance=(len(groups) - 2 * smallest) / len(groups) if several else None,
        label_gap=max(gaps) if several else None,
        conditional_disparity=max(disparities) if several and disparities else None,
    )


def _width(shares: list[float]) -> float:
    return max(shares) - min(shares) if shares else 0.0


def _disparity(mine: NDArray[np.bool_], positive: NDArray[np.bool_], strata: NDArray[np.object_] | None) -> float:
    """Give the group's share of rows without the outcome less its share of rows with it, weighed over the strata."""
    weighed, counted = 0.0, 0
    for within in (strata == one for one in sorted(set(strata if strata is not None else ()))):
        with_it, without = within & positive, within & ~positive
        if with_it.any() and without.any():
            size = int(within.sum())
            weighed += size * float(mine[without].mean() - mine[with_it].mean())
            counted += size
    return weighed / counted if counted else 0.0
