"""What shows that the processor and the threads in use are the right ones: measured beside others, and not beaten."""

from collections.abc import Iterable

from config.settings import Budget
from lens_checks.check import Missing, need
from lens_checks.evidence.records import Backend, Release, at_least, at_most, finite

JOULES_PER_KWH = 3_600_000
ROUNDING = 1e-6
FEWEST = 2  # settings of threads that make a choice
SURE = 2.0  # standard errors by which one measurement lies under another


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
    if bare := [name(way) for way in told if way.kwh_per_1k is None or way.kwh_error is None or way.p95_ms is None]:
        raise Missing(f"energy of 1,000 predictions, or latency, of {', '.join(bare[:5])}")
    return [f"the energy of {name(way)} is no figure that follows from its CPU seconds" for way in told
            if not _follows(way, budget)]  # fmt: skip


def _follows(way: Backend, budget: Budget) -> bool:
    kwh = way.cpu_seconds_per_1k * budget.watts_per_cpu * budget.power_overhead / JOULES_PER_KWH
    return at_least(way.kwh_error, 0) and finite(way.kwh_per_1k) and abs(way.kwh_per_1k - kwh) <= ROUNDING * kwh


def frugal(ways: Iterable[Backend], mine: Backend, *, quick_ms: float, exact: float) -> Backend | None:
    """Find the way that is quick and exact enough and evidently takes less energy: by more than both can err."""
    fit = [way for way in ways if at_most(way.p95_ms, quick_ms) and at_most(way.largest_difference, exact)]
    least = min(fit, key=lambda way: way.kwh_per_1k or 0.0, default=mine)
    room = SURE * ((least.kwh_error or 0.0) ** 2 + (mine.kwh_error or 0.0) ** 2) ** 0.5
    return least if (mine.kwh_per_1k or 0.0) - (least.kwh_per_1k or 0.0) > room else None


def name(way: Backend) -> str:
    """Name a way to answer by form and threads."""
    return f"{way.form} with {way.threads}"
