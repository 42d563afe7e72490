"""Ways to host a model: which one a profile asks for, which are possible, and what each costs a month."""

from config.settings import Charter, Mode, Usage
from lens_checks.check import need
from lens_checks.evidence.records import LoadCurve, Release
from lens_checks.sizing import Size, measured, profile, rate

HOURS, SECONDS_PER_HOUR = 730, 3600  # of a month, of an hour
LARGEST_KIB = 6 * 1024  # of a request that is answered at once: SageMaker's endpoints take no more
LONGEST_MS = 60_000.0  # of an answer that is waited for: longer, and it is fetched later
SCHEDULED_MS = 15 * 60_000.0  # who can wait so long can wait for the next batch
STEADY = 50  # times the usual load, from which a peak is a burst


def asked_for(usage: Usage, release: Release) -> tuple[Mode, str]:
    """Derive the mode from frequency, latency, payload and run time, as the lens lists them."""
    curve = measured(release, usage)
    slowest = max(step.p99_ms or 0.0 for step in curve.steps)
    patience = _patience(usage)
    if usage.kind == "batch" or (usage.traffic == "scheduled" and patience >= SCHEDULED_MS):
        return Mode.BATCH, "nobody waits for an answer"
    if curve.request_kib > LARGEST_KIB or slowest > LONGEST_MS:
        return Mode.ASYNCHRONOUS, f"a request of {curve.request_kib:.3g} KiB or {slowest:.3g} ms is too much at once"
    if usage.traffic == "spiky" and patience >= _cold_start(release):
        return (
            Mode.SERVERLESS,
            f"between bursts nothing is asked, and a start of {_cold_start(release):.0f} ms is in time",
        )
    return Mode.REAL_TIME, f"answers are due within {patience:g} ms, and a start takes {_cold_start(release):.0f}"


def _patience(usage: Usage) -> float:
    return max((agreed.figure for agreed in usage.latencies.values()), default=float("inf"))


def _cold_start(release: Release) -> float:
    """Give the milliseconds from nothing to an answer, as the trial of the server measured them (Missing)."""
    return need(release.server.seconds_to_ready, "how long the server took to start") * 1000


def is_odd(usage: Usage) -> str:
    """Say where the figures of a profile are not those of the traffic that it claims."""
    times = usage.peak.figure / usage.usual.figure
    if usage.traffic == "steady" and times > STEADY:
        return f"traffic is said to be steady, and its peak is {times:.3g} times the usual"
    return ""


def costs(charter: Charter, release: Release, found: Size) -> dict[Mode, float]:
    """Give what each mode that is on offer costs a month, in the charter's currency.

    Workers that stand ready are paid by the hour; what starts when it is asked is paid by the CPU that it takes.
    """
    usage, price = profile(charter), charter.budget.cpu_hour_price
    case = need(charter.business_case, "`business_case` in config/charter.yaml: the requests of a month")
    each = found.step.cpu_seconds / (rate(found.step, usage) * found.step.seconds)
    hours = case.requests_per_month * each / SECONDS_PER_HOUR
    by_use = {Mode.BATCH: price} | {mode: own for mode, own in usage.prices.items() if mode is not Mode.REAL_TIME}
    standing = found.at_usual * HOURS * usage.prices.get(Mode.REAL_TIME, price)
    return {Mode.REAL_TIME: standing} | {mode: hours * own for mode, own in by_use.items()}


def cannot(mode: Mode, usage: Usage, release: Release) -> str:
    """Say why a mode is not possible for a profile; empty where it is."""
    patience, curve = _patience(usage), measured(release, usage)
    match mode:
        case Mode.REAL_TIME:
            return _too_large(curve)
        case Mode.SERVERLESS:
            start = _cold_start(release)
            late = f"a start takes {start:.0f} ms, answers are due within {patience:g}" if patience < start else ""
            return late or _too_large(curve)
        case Mode.ASYNCHRONOUS:
            return "" if patience >= LONGEST_MS else f"answers are due within {patience:g} ms"
        case Mode.BATCH:
            return (
                "" if usage.kind == "batch" or patience >= SCHEDULED_MS else f"answers are due within {patience:g} ms"
            )


def _too_large(curve: LoadCurve) -> str:
    return f"a request has {curve.request_kib:.3g} KiB" if curve.request_kib > LARGEST_KIB else ""
