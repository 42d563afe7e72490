"""What shows that the processor and the threads in use are the right ones: measured beside others, and not beaten."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from config.settings import Budget, Charter, Policy
from lens_checks.check import Missing, need
from lens_checks.evidence.records import Backend, Benchmark, Release, at_least, at_most, finite

JOULES_PER_KWH = 3_600_000
ROUNDING = 1e-6
FEWEST = 2  # settings of threads that make a choice
SURE = 2.0  # standard errors by which one measurement lies under another
HOUR = 3600.0


def ways_of(release: Release) -> tuple[Backend, ...]:
    """Give the ways to answer that were measured (Missing)."""
    return need(release.backends or None, "a benchmark of inference: `lifecycle run`, its deployment makes one")


def chosen(ways: Iterable[Backend], release: Release) -> Backend | None:
    """Give the way that answers, if it is the form that serves."""
    parity = need(release.parity, "the form that serves")
    return next((way for way in ways if way.chosen and way.form == parity.served), None)


def few_settings(ways: Iterable[Backend], mine: Backend) -> str:
    """Say so where the form that serves was measured with one number of threads alone."""
    threads = sorted({way.threads for way in ways if way.form == mine.form})
    told = ", ".join(map(str, threads))
    return "" if len(threads) >= FEWEST else f"{mine.form} was measured with {told} threads alone"


def of_energy(ways: Iterable[Backend], budget: Budget) -> list[str]:
    """Say where electricity does not follow from the time of the processor (Missing: it was not measured)."""
    told = list(ways)
    if bare := [name(way) for way in told if None in (way.kwh_per_1k, way.kwh_error, way.p95_ms)]:
        raise Missing(f"energy of 1,000 predictions, or latency, of {', '.join(bare[:5])}")
    return [f"the energy of {name(way)} is no figure that follows from its CPU seconds" for way in told
            if not _follows(way, budget)]  # fmt: skip


def _follows(way: Backend, budget: Budget) -> bool:
    kwh = way.cpu_seconds_per_1k * budget.watts_per_cpu * budget.power_overhead / JOULES_PER_KWH
    return at_least(way.kwh_error, 0) and at_most(abs(_energy(way) - kwh), ROUNDING * kwh)


def _energy(way: Backend) -> float:
    return need(way.kwh_per_1k, f"the energy of 1,000 predictions of {name(way)}")


def frugal(ways: Iterable[Backend], mine: Backend, *, quick_ms: float, exact: float) -> Backend | None:
    """Find the way that is quick and exact enough and evidently takes less energy: by more than both can err."""
    fit = [way for way in ways if at_most(way.p95_ms, quick_ms) and at_most(way.largest_difference, exact)]
    least = min(fit, key=_energy, default=mine)
    room = SURE * math.hypot(*(need(way.kwh_error, f"the error of the energy of {name(way)}") for way in (least, mine)))
    return least if _energy(mine) - _energy(least) > room else None


def cpu_error(way: Backend) -> float:
    """Give the standard error of what 1,000 predictions take of a processor; 0 where it was not told."""
    if not (finite(way.kwh_per_1k) and way.kwh_per_1k > 0 and finite(way.kwh_error) and way.kwh_error >= 0):
        return 0.0
    return way.cpu_seconds_per_1k * way.kwh_error / way.kwh_per_1k


def name(way: Backend) -> str:
    """Name a way to answer by form and threads."""
    return f"{way.form} with {way.threads}"


@dataclass(frozen=True)
class Measured:
    """A setting as it is weighed: time, memory and processor, and from which difference of each on one is better."""

    name: str
    chosen: bool
    sides: tuple[float, float, float]
    matters: tuple[float, float, float]
    busy: float

    def beats(self, other: "Measured") -> bool:
        """Tell whether it is evidently better on one side, and evidently worse on none."""
        gains = [(b - a, least) for a, b, least in zip(self.sides, other.sides, other.matters, strict=True)]
        return all(gain >= -least for gain, least in gains) and any(gain > least for gain, least in gains)


def of_training(benchmark: Benchmark, charter: Charter, policy: Policy) -> list[Measured]:
    """Give what the winner's fit takes with each number of threads; what is too small to choose by does not matter."""
    budget, share = charter.budget, policy.bounds.material_cost
    seconds, room = share * budget.training_cpu_hours * HOUR, share * budget.memory_mib
    return [
        Measured(
            f"training with {one.threads}", one.chosen, (one.wall_seconds, one.grown_mib, one.cpu_seconds),
            (seconds, room, seconds), one.busy,
        )
        for one in benchmark.hardware
    ]  # fmt: skip


def of_answering(release: Release, charter: Charter, policy: Policy) -> list[Measured]:
    """Give what the form that serves takes with each number of threads (Missing: not measured)."""
    ways, budget, share = ways_of(release), charter.budget, policy.bounds.material_cost
    mine = need(chosen(ways, release), "the form that serves among those that were measured")
    alike = [way for way in ways if way.form == mine.form]
    exact = [way for way in alike if at_most(way.largest_difference, policy.release.parity_tolerance)]
    return [_answering(way, share * budget.latency_p95_ms, share * budget.memory_mib) for way in exact]


def _answering(way: Backend, milliseconds: float, room: float) -> Measured:
    """Weigh a way to answer; of the processor it matters what two measurements cannot differ by (Missing)."""
    bare = f"latency, memory, energy or busy threads of {name(way)}"
    need(way.kwh_error, bare)
    return Measured(
        f"answering with {way.threads}", way.chosen,
        (need(way.p95_ms, bare), need(way.peak_rss_mib, bare), way.cpu_seconds_per_1k),
        (milliseconds, room, SURE * math.sqrt(2) * cpu_error(way)), need(way.busy, bare),
    )  # fmt: skip


def of_choice(what: str, settings: list[Measured], reason: str) -> list[str]:
    """Say where too little was measured to choose by, or another setting is better and nobody says why not."""
    if len({one.name for one in settings}) < FEWEST:
        raise Missing(f"what {what} takes with another number of threads")
    mine = next((one for one in settings if one.chosen), None)
    if mine is None:
        return [f"the threads that {what} is done with were not measured"]
    if odd := [one.name for one in settings if not all(at_least(side, 0) for side in (*one.sides, one.busy))]:
        return [f"what {', '.join(odd)} takes is no figure"]
    better = next((one for one in settings if one.beats(mine)), None)
    return (
        []
        if better is None or reason.strip()
        else [f"{better.name} is better than {mine.name} on one side, worse on none"]
    )


def in_words(settings: list[Measured], price: float, unit: str) -> str:
    """Tell time, memory, busy threads and price of each setting."""
    told = [
        f"{one.name} threads {one.sides[0]:.3g} {unit}, {one.sides[1]:.3g} MiB, {one.busy:.0%} busy, "
        f"{one.sides[2] / HOUR * price:.2g}"
        for one in settings
    ]
    return "; ".join(told)
