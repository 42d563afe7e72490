"""Candidate against champion on the same rows and the same resamples: metrics, slices, and what errors cost."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from config.settings import Comparison, ErrorCosts
from tasks.intervals import Interval, Units, distributions, interval, on_rows, value_of
from tasks.metrics import Metric
from tasks.statistics import Floats, Prediction, Statistic, weighted_mean
from tasks.thresholds import costs_by_row

COST = "cost"
Segments = Mapping[tuple[str, str], NDArray[np.int64]]  # the rows of each value of each column


@dataclass(frozen=True, eq=False)
class Sides:
    """Rows that neither model was made from: their truth, what each says of them, and what is resampled."""

    y: NDArray[np.generic]
    candidate: Prediction
    champion: Prediction
    units: Units
    segments: Segments


@dataclass(frozen=True)
class Acting:
    """From which probability on each model acts, if that is known, and what an error costs."""

    candidate: float | None
    champion: float | None
    costs: ErrorCosts


@dataclass(frozen=True)
class Difference(Interval):
    """By how much the candidate is better, and what each has; a reason where that says nothing."""

    candidate: float | None = None
    champion: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Differences:
    """All that was compared, the primary metric first; slices too small to be told are there with the reason."""

    metrics: Mapping[str, Difference]
    slices: Mapping[tuple[str, str], Difference] = field(default_factory=dict)
    slice_rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    slice_confidence: float | None = None
    cost: Difference | None = None


@dataclass(frozen=True, eq=False)
class Pair:
    """One statistic of either side; `up` where more is better."""

    candidate: Statistic
    champion: Statistic
    up: bool
    rows: int

    def told(self, new: Floats, old: Floats, *, confidence: float, units: int) -> Difference:
        """Give the difference from the values over the same resamples."""
        ours, theirs = value_of(self.candidate, self.rows), value_of(self.champion, self.rows)
        sign = 1 if self.up else -1
        spread = sign * (new - old) + 0.0  # no negative zero
        seen = interval(sign * (ours - theirs) + 0.0, spread, confidence=confidence, units=units)
        both = (ours if np.isfinite(ours) else None, theirs if np.isfinite(theirs) else None)
        return Difference(seen.value, seen.low, seen.high, *both, reason="" if seen.low is not None else "undefined")


def differences(
    sides: Sides, *, metrics: Mapping[str, Metric], acting: Acting | None, rules: Comparison, confidence: float,
    seed: int,
) -> Differences:  # fmt: skip
    """Give the paired differences, positive where the candidate is better; the first metric is the primary one.

    Intervals of slices hold all together: each is made at confidence 1 - (1 - confidence) / slices (Bonferroni's
    inequality; Dunn 1961, "Multiple comparisons among means"). Metrics and cost need no such correction, because a
    candidate must pass each of them (Berger 1982, "Multiparameter hypothesis testing and acceptance sampling").
    """
    large = {name: index for name, index in sides.segments.items() if len(index) >= rules.slice_minimum_rows}
    primary, rows = next(iter(metrics.values())), len(sides.y)
    pairs: dict[Hashable, Pair] = {
        name: Pair(one.statistic(sides.y, sides.candidate), one.statistic(sides.y, sides.champion),
                   one.greater_is_better, rows)
        for name, one in metrics.items()
    }  # fmt: skip
    pairs |= {name: _in_slice(primary, sides, index) for name, index in large.items()}
    cost = None if acting is None else _cost(sides, acting)
    if isinstance(cost, Pair):
        pairs[COST,] = cost
    drawn = distributions(
        {(side, name): getattr(pair, side) for name, pair in pairs.items() for side in ("candidate", "champion")},
        sides.units, resamples=rules.resamples, seed=seed,
    )  # fmt: skip
    joint = 1 - (1 - confidence) / max(len(large), 1)
    told = {
        name: pair.told(
            drawn["candidate", name], drawn["champion", name], units=sides.units.count,
            confidence=joint if name in large else confidence,
        )
        for name, pair in pairs.items()
    }  # fmt: skip
    few = Difference(None, None, None, reason=f"fewer than {rules.slice_minimum_rows} rows")
    return Differences(
        metrics={name: _doubted(told[name], one, sides) for name, one in metrics.items()},
        slices={name: told.get(name, few) for name in sides.segments},
        slice_rows={name: len(index) for name, index in sides.segments.items()},
        slice_confidence=joint if large else None,
        cost=told[COST,] if isinstance(cost, Pair) else cost,
    )


def _in_slice(primary: Metric, sides: Sides, index: NDArray[np.int64]) -> Pair:
    new, old = (primary.statistic(sides.y[index], p.take(index)) for p in (sides.candidate, sides.champion))
    return Pair(on_rows(new, index), on_rows(old, index), primary.greater_is_better, len(sides.y))


def _cost(sides: Sides, acting: Acting) -> Pair | Difference:
    """Price each side's errors, each acting from a threshold of its own; an unknown threshold leaves it open."""
    if acting.candidate is None or acting.champion is None:
        whose = "the candidate" if acting.candidate is None else "the champion"
        return Difference(None, None, None, reason=f"from which probability on {whose} acts is not known")
    new, old = (
        weighted_mean(costs_by_row(sides.y, said.positive >= threshold, acting.costs))
        for said, threshold in ((sides.candidate, acting.candidate), (sides.champion, acting.champion))
    )
    return Pair(new, old, False, len(sides.y))


def _doubted(told: Difference, one: Metric, sides: Sides) -> Difference:
    """Give the reason why a difference says nothing, if there is one: no value, a zero to compare with, a constant."""
    if told.candidate is None or told.champion is None:
        whose = "the candidate" if told.candidate is None else "the champion"
        return replace(told, reason=f"it is not a finite number for {whose}")
    if told.reason:
        return replace(told, reason="it is not a finite number in more than one of twenty resamples")
    if told.champion == 0:
        return replace(told, reason="the champion's is exactly zero, which is no baseline to compare with")
    if told.low == told.high == 0 and _constant(one, sides):
        why = f"it is {told.candidate:.6g} for both, and for shuffled answers too: it does not depend on the model"
        return replace(told, reason=why)
    return told


def _constant(one: Metric, sides: Sides) -> bool:
    """Tell whether a metric is the same for answers that differ, and stays so when they are shuffled."""
    if sides.candidate.same_as(sides.champion):
        return False
    order = np.random.default_rng(0).permutation(len(sides.y))
    shuffled = one.score(sides.y, sides.candidate.take(order))
    return bool(np.isclose(shuffled, one.score(sides.y, sides.candidate), rtol=1e-12, atol=0))
