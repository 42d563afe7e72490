"""What a difference between candidate and champion means: better, not worse by more than a margin, worse, unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from config.settings import Comparison
from tasks.intervals import Interval, Units, distributions, interval, value_of
from tasks.metrics import Metric
from tasks.statistics import Prediction, Statistic


@dataclass(frozen=True)
class Guarded:
    """By how much the candidate is better in a guarded metric; passed: not worse than the margin."""

    value: float | None
    low: float | None
    high: float | None
    passed: bool


@dataclass(frozen=True)
class Compared:
    """Differences on unseen rows, positive where the candidate is better, and what follows from them."""

    verdict: str
    sentence: str
    unseen_rows: int = 0
    difference: Interval | None = None
    guarded: Mapping[str, Guarded] = field(default_factory=dict)
    looks: int = 0
    champion: int | None = None
    champion_digest: str | None = None


def difference(
    y: NDArray[np.generic], candidate: Prediction, champion: Prediction, *, metrics: Mapping[str, Metric], of: Units,
    resamples: int, confidence: float, seed: int,
) -> dict[str, Interval]:  # fmt: skip
    """Give the paired difference of each metric with its interval, positive where the candidate is better."""
    sides: dict[str, Statistic] = {}
    for name, one in metrics.items():
        sides[f"new {name}"], sides[f"old {name}"] = one.statistic(y, candidate), one.statistic(y, champion)
    drawn = distributions(sides, of, resamples=resamples, seed=seed)
    told = {}
    for name, one in metrics.items():
        new, old = f"new {name}", f"old {name}"
        value = one.gain(value_of(sides[new], len(y)), over=value_of(sides[old], len(y)))
        spread = drawn[new] - drawn[old] if one.greater_is_better else drawn[old] - drawn[new]
        told[name] = interval(value, spread, confidence=confidence)
    return told


def judge(told: Mapping[str, Interval], *, primary: str, rules: Comparison, unseen_rows: int, looks: int) -> Compared:
    """Say what differences mean; too few rows, too many looks, and what is not defined are unknown."""
    guarded = {
        name: Guarded(one.value, one.low, one.high, _not_worse(one, rules.guarded_margin))
        for name, one in told.items()
        if name != primary
    }
    seen = told.get(primary, Interval(None, None, None))
    verdict, sentence = _verdict(seen, guarded, primary, rules, unseen_rows, looks)
    return Compared(verdict, sentence, unseen_rows, seen, guarded)


def _verdict(
    seen: Interval, guarded: Mapping[str, Guarded], primary: str, rules: Comparison, unseen_rows: int, looks: int
) -> tuple[str, str]:
    if unseen_rows < rules.minimum_rows:
        return "unknown", (
            f"{unseen_rows} promotion rows are new to the champion, at least {rules.minimum_rows} are needed"
        )
    if looks > rules.looks:
        return "unknown", f"{looks} candidates have looked at these promotion rows, at most {rules.looks} may"
    if seen.value is None or seen.low is None or seen.high is None:
        return "unknown", f"the difference in {primary} is not defined on {unseen_rows} rows"
    figure = f"{primary} differs by {seen.value:+.4f} ({seen.low:+.4f} to {seen.high:+.4f}) on {unseen_rows} rows"
    if worse := [name for name, one in guarded.items() if not one.passed]:
        return "worse", f"{figure}, but {', '.join(worse)} may be worse by more than {rules.guarded_margin:g}"
    if seen.low > 0:
        return "better", f"{figure}: the candidate is better"
    if _not_worse(seen, rules.margin):
        return "not-worse", f"{figure}: worse by less than the margin of {rules.margin:g}, if at all"
    return "worse", f"{figure}: it may be worse by more than the margin of {rules.margin:g}"


def _not_worse(seen: Interval, margin: float) -> bool:
    return seen.low is not None and bool(np.isfinite(seen.low)) and seen.low > -margin
