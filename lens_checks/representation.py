"""Whether the rows that a model is validated on stand for what it will see: parts, their order, and segments."""

from datetime import datetime
from itertools import pairwise

from config.settings import Data, Params, Policy
from lens_checks.evidence.records import Evaluation, Interval, Leakage, Parts, Slice, at_least, at_most, finite

ORDER = ("train", "tune", "promotion")
SEARCH_OF = {"time": "future rows", "group": "shared entities", "fingerprint": "near duplicates"}
COVERAGE = 0.8  # least share of rows in segments large enough to be told


def of_split(data: Data, policy: Policy, parts: Parts, leakage: Leakage) -> list[str]:
    limit, allowed = policy.bounds.split_effect, data.shift_allowances
    worst = {
        name: list(effects.values()) for name, effects in parts.effects.items() if not allowed.get(name, "").strip()
    }
    shifted = [n for n, effects in worst.items() if not effects or not all(at_most(e, limit) for e in effects)]
    faults = [f"parts differ by more than {limit} (PSI) in {', '.join(shifted[:5])}"] if shifted else []
    if not parts.effects:
        faults.append("no column of the parts was compared")
    if parts.overlap_rows or not leakage.passed or not leakage.checks:
        faults.append(f"{parts.overlap_rows} rows lie in two parts, or the leakage search did not pass")
    if leakage.data_sha256 != parts.data_sha256:
        faults.append("the leakage search is of other rows than the split")
    return faults


def of_order(params: Params, parts: Parts, leakage: Leakage) -> list[str]:
    """The searches that the kind of split asks for were made; by time, each part lies wholly before the next."""
    asked = {"same rows"} | {SEARCH_OF[criterion] for criterion in params.split.criteria}
    lacking = sorted(asked - set(leakage.checks))
    faults = [f"nobody searched for {', '.join(lacking)}"] if lacking else []
    if "time" in params.split.criteria:
        for name, following in pairwise(ORDER):
            end, start = parts.parts[name].end, parts.parts[following].start
            if not start or not end or datetime.fromisoformat(start) <= datetime.fromisoformat(end):
                faults.append(f"the {name} part ends on {end}, the next begins on {start}")
    return faults


def of_required(params: Params, parts: Parts) -> list[str]:
    """Every segment and edge case that was asked for has its rows in every part."""
    faults = []
    for column, required in params.split.required.items():
        counted = {value.casefold(): counts for value, counts in parts.segments.get(column, {}).items()}
        for value, least in required.items():
            rows = {name: counted.get(value.casefold(), {}).get(name, 0) for name in parts.parts}
            faults += [f"{n:,} {part} rows where {column} is {value}, {least:,} are required"
                       for part, n in rows.items() if n < least]  # fmt: skip
    return faults


def of_segments(params: Params, policy: Policy, parts: Parts, evaluation: Evaluation, primary: Interval) -> list[str]:
    """Every named segmentation is looked at; without one, each class of a binary target must be in every part."""
    if not params.slices:
        bare = [
            name
            for name, part in parts.parts.items()
            if part.positives is not None and not 0 < part.positives < part.rows
        ]
        return [f"only one class in {', '.join(bare)}"] if bare else []
    faults = []
    for column in params.slices:
        told = {v: s for v, s in evaluation.slices.get(column, {}).items() if finite(s.primary) and finite(s.high)}
        share = sum(s.rows for s in told.values()) / evaluation.rows if evaluation.rows else 0.0
        if not at_least(share, COVERAGE):
            faults.append(
                f"segments of {column} that could be told cover {share:.0%} of rows, {COVERAGE:.0%} are needed"
            )
        faults += [f"{column} {value}: {words}" for value, s in told.items() if (words := _below(s, primary, policy))]
    return faults


def _below(segment: Slice, primary: Interval, policy: Policy) -> str:
    """Say how far a segment is, beyond its own uncertainty, worse than all rows together; nothing if it is not."""
    gap, whole = policy.bounds.slice_gap, primary.value
    if not finite(whole):
        return "there is no figure on all rows to hold it against"
    upward = primary.greater_is_better
    good = at_least(segment.high, whole - gap) if upward else at_most(segment.low, whole + gap)
    return "" if good else f"{segment.primary} against {primary.value} on all rows, at most {gap} worse is accepted"
