"""What differences between candidate and champion mean: better, not worse by more than a margin, worse, unknown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from config.settings import Comparison, ErrorCosts
from tasks.intervals import Interval
from tasks.paired import Difference, Differences

NEW_SET = (
    "Land newer rows, or part them with another `split.seed` in config/params.yaml, so that there is a promotion set "
    "that nobody has looked at; then `lifecycle run`."
)


@dataclass(frozen=True)
class Guarded(Difference):
    """By how much the candidate is better in a guarded metric; passed: not worse than the margin."""

    margin: float = field(kw_only=True)
    passed: bool = field(kw_only=True)


@dataclass(frozen=True)
class SliceVerdict(Interval):
    """The primary metric in one slice: not-worse, open (it may be worse by more than the margin), worse, unknown."""

    rows: int
    verdict: str
    reason: str = ""


@dataclass(frozen=True)
class Cost(Difference):
    """What a row's errors cost less with the candidate, in the charter's currency; passed: not more than the margin."""

    applies: bool = False
    currency: str = ""
    margin: float | None = None
    passed: bool | None = None


@dataclass(frozen=True)
class Compared:
    """Differences on rows that neither saw, positive where the candidate is better, and what follows from them."""

    verdict: str
    sentence: str
    unseen_rows: int = 0
    difference: Difference | None = None
    guarded: Mapping[str, Guarded] = field(default_factory=dict)
    slices: Mapping[str, Mapping[str, SliceVerdict]] = field(default_factory=dict)
    slice_confidence: float | None = None
    cost: Cost | None = None
    looks: int = 0
    champion: int | None = None
    champion_digest: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    resampled_by: str | None = None
    replacement: Mapping[str, Any] | None = None
    next_step: str = ""

    @property
    def slices_unknown(self) -> int:
        """How many slices were too small, or could not be told."""
        return sum(one.verdict == "unknown" for values in self.slices.values() for one in values.values())


def judge(told: Differences | None, *, rules: Comparison, costs: ErrorCosts, unseen_rows: int) -> Compared:
    """Say what differences mean; too few rows, and what is not defined, are unknown."""
    if told is None or unseen_rows < rules.minimum_rows:
        words = f"{unseen_rows} promotion rows are new to both models, at least {rules.minimum_rows} are needed"
        return Compared("unknown", words, unseen_rows, next_step="Land newer rows, then `lifecycle run`.")
    name, seen = next(iter(told.metrics.items()))
    guarded = {
        other: Guarded(**vars(one), margin=rules.guarded_margin, passed=_passes(one, rules.guarded_margin))
        for other, one in told.metrics.items()
        if other != name
    }
    cost, slices = _priced(told.cost, rules, costs), _sliced(told, rules)
    verdict, words = next(_against(name, seen, guarded, cost, slices, rules), ("", ""))
    figure = _figure(name, seen, unseen_rows)
    if not verdict:
        verdict, words = _of_primary(seen, rules)
    return Compared(
        verdict, f"{figure}{words}", unseen_rows, seen, guarded, slices, told.slice_confidence, cost,
        next_step="" if verdict in ("better", "not-worse") else "lifecycle plan",
    )  # fmt: skip


def _figure(name: str, seen: Difference, rows: int) -> str:
    if seen.value is None or seen.low is None:
        return f"{name} was compared on {rows} rows"
    return f"{name} differs by {seen.value:+.4f} ({seen.low:+.4f} to {seen.high:+.4f}) on {rows} rows"


def _against(
    name: str, seen: Difference, guarded: Mapping[str, Guarded], cost: Cost,
    slices: Mapping[str, Mapping[str, SliceVerdict]], rules: Comparison,
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Give what speaks against the candidate whatever the primary metric says: first what cannot be told."""
    for metric, one in ({name: seen} | dict(guarded)).items():
        if one.reason:
            yield "unknown", f", but {metric} tells nothing: {one.reason}"
    if cost.applies and cost.reason:
        yield "unknown", f", but what errors cost cannot be told: {cost.reason}"
    if worse := [metric for metric, one in guarded.items() if not one.passed]:
        yield "worse", f", but {', '.join(worse)} may be worse by more than {rules.guarded_margin:g}"
    if cost.applies and not cost.passed:
        yield (
            "worse",
            (
                f", but a row's errors may cost more by over {cost.margin:g} {cost.currency}: "
                f"{cost.candidate:.4g} against {cost.champion:.4g}"
            ),
        )
    fallen = [f"{c} {v}" for c, values in slices.items() for v, one in values.items() if one.verdict == "worse"]
    if fallen:
        some = f"{', '.join(fallen[:5])}{f' and {len(fallen) - 5} more' if len(fallen) > 5 else ''}"
        yield "worse", f", but it is worse by more than {rules.slice_margin:g} in {some}"


def _of_primary(seen: Difference, rules: Comparison) -> tuple[str, str]:
    if seen.low is not None and seen.low > 0:
        return "better", ": the candidate is better"
    if _passes(seen, rules.margin):
        return "not-worse", f": worse by less than the margin of {rules.margin:g}, if at all"
    return "worse", f": it may be worse by more than the margin of {rules.margin:g}"


def _passes(seen: Difference, margin: float) -> bool:
    return not seen.reason and seen.low is not None and bool(np.isfinite(seen.low)) and seen.low > -margin


def _priced(told: Difference | None, rules: Comparison, costs: ErrorCosts) -> Cost:
    """Hold the cost of errors against its margin, a share of the dearer error."""
    if told is None:
        return Cost(None, None, None, reason="only errors of a binary problem have a price, where the charter sets one")
    margin = rules.cost_margin * max(costs.false_positive, costs.false_negative)
    return Cost(
        **vars(told), applies=True, currency=costs.currency, margin=margin, passed=_passes(told, margin)
    )  # fmt: skip


def _sliced(told: Differences, rules: Comparison) -> dict[str, dict[str, SliceVerdict]]:
    slices: dict[str, dict[str, SliceVerdict]] = {}
    for (column, value), one in told.slices.items():
        rows = told.slice_rows[column, value]
        verdict = _of_slice(one, rules.slice_margin)
        slices.setdefault(column, {})[value] = SliceVerdict(one.value, one.low, one.high, rows, verdict, one.reason)
    return slices


def _of_slice(one: Difference, margin: float) -> str:
    """Only a slice whose whole interval lies beyond the margin is worse: small ones are open, not at fault."""
    if one.reason or one.low is None or one.high is None:
        return "unknown"
    if one.low > -margin:
        return "not-worse"
    return "worse" if one.high < -margin else "open"
