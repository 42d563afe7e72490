"""What a load says of the size of a service: what a worker bears within the agreed levels, and how many are needed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from config.settings import Charter, Usage
from lens_checks.check import Missing, need
from lens_checks.evidence.records import LoadCurve, LoadStep, Release, at_least, at_most

FEWEST = 20  # requests of a step, from which percentiles say something


@dataclass(frozen=True)
class Size:
    """What a worker answers a second within the levels, the workers that follow, and how busy each is at the peak."""

    capacity: float
    at_usual: int
    at_peak: int
    spare: int
    busy: float
    step: LoadStep

    @property
    def most(self) -> int:
        """The workers that the peak asks for, and those to spare."""
        return self.at_peak + self.spare


def profile(charter: Charter) -> Usage:
    """Give what is asked of the served model (Missing)."""
    return need(charter.usage, "`usage` in config/charter.yaml: what is asked of the served model, and why")


def measured(release: Release, usage: Usage) -> LoadCurve:
    """Give the curve of the load, if it has steps and its requests are those of the profile (Missing)."""
    curve = release.load
    if curve is None or not curve.steps or curve.rows_per_request != usage.rows_per_request:
        raise Missing(f"a load of requests with {usage.rows_per_request} rows on the server: run `lifecycle run`")
    return curve


def rate(step: LoadStep, usage: Usage) -> float:
    """Give what was answered a second: requests, or the rows of them where the workload is a batch."""
    each = usage.rows_per_request if usage.kind == "batch" else 1
    return (step.requests - step.errors) / step.seconds * each if step.seconds > 0 else 0.0


def broken(step: LoadStep, usage: Usage) -> list[str]:
    """Say which agreed levels a step does not keep."""
    faults = [] if step.requests >= FEWEST else [f"{step.requests} requests tell no percentile"]
    for name, agreed in usage.latencies.items():
        if not at_most(seen := getattr(step, name), agreed.figure):
            faults.append(f"{name} is {seen}, {agreed.figure:g} was agreed")
    share = step.errors / step.requests if step.requests else 1.0
    if not at_most(share, usage.levels.error_rate.figure):
        faults.append(f"{share:.3g} of requests fail, {usage.levels.error_rate.figure:g} was agreed")
    return faults


def size(usage: Usage, curve: LoadCurve) -> Size | None:
    """Reckon the workers: load over capacity, times headroom; None where no step keeps the levels.

    The step that counts is the first that bears a worker's share of the peak, for what lies beyond is nobody's load.
    """
    good = [step for step in curve.steps if not broken(step, usage) and rate(step, usage) > 0]
    if not good:
        return None
    best = max(good, key=lambda step: rate(step, usage))
    capacity = rate(best, usage)
    at_peak, at_usual = (_workers(load.figure, capacity, usage) for load in (usage.peak, usage.usual))
    share = usage.peak.figure / at_peak
    step = next((step for step in good if rate(step, usage) >= share), best)  # but for rounding, the best bears it
    busy = step.cpu_seconds / step.seconds * share / rate(step, usage)
    return Size(capacity, at_usual, at_peak, int(usage.spare.figure), busy, step)


def _workers(load: float, capacity: float, usage: Usage) -> int:
    return math.ceil(load / capacity * usage.headroom)


def up_to_peak(usage: Usage, curve: LoadCurve, workers: int) -> list[str]:
    """Say where the curve leaves the levels before so many workers bear the peak."""
    share = usage.peak.figure / workers
    for step in curve.steps:
        if faults := broken(step, usage):
            return [
                f"with {step.connections} connections {faults[0]}, before the peak of {usage.peak.figure:g} is reached"
            ]
        if rate(step, usage) >= share:
            return []
    return [f"the load ended at {rate(curve.steps[-1], usage):.3g} a second, a worker's share is {share:.3g}"]


def agreed(charter: Charter) -> dict[str, tuple[float, bool]]:
    """Give the bound of each agreed figure, and whether it is one from below."""
    usage = profile(charter)
    return {
        **{name: (level.figure, False) for name, level in usage.latencies.items()},
        "error_rate": (usage.levels.error_rate.figure, False),
        "per_second": (usage.peak.figure, False),
        "rss_mib": (charter.budget.memory_mib, False),
        "busy": (usage.busiest, False),
        "disk_free_mib": (usage.disk_free_mib, True),
    }


def exported(found: Size, charter: Charter) -> dict[str, float | None]:
    """Give the agreed figures of a step as the server exports them; use of the CPU is that at the peak."""
    told, usage = found.step.exported, profile(charter)
    share = usage.peak.figure / found.at_peak / rate(found.step, usage)
    names: Mapping[str, float | None] = {name: getattr(told, name) for name in agreed(charter)}
    return {**names, "busy": None if told.busy is None else told.busy * share}


def outside(seen: Mapping[str, float | None], charter: Charter) -> list[str]:
    """Say which agreed figures are not exported, or not as agreed; of the load more than the peak is no fault."""
    faults = []
    for name, (bound, upward) in agreed(charter).items():
        figure = seen.get(name)
        if figure is None:
            faults.append(f"the server does not export {name}")
        elif name != "per_second" and not (at_least(figure, bound) if upward else at_most(figure, bound)):
            faults.append(f"{name} is {figure:.4g}, {bound:g} was agreed")
    return faults
