"""What is asked of the newest window, whichever practice asks: it is of the version that serves, and it is fresh."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from config.settings import Policy
from lens_checks.check import Missing, need
from lens_checks.evidence.records import (
    Clock,
    Drill,
    Ledger,
    LedgerEntry,
    MonitoringHistory,
    MonitoringWindow,
    Registry,
    WindowSides,
)

AHEAD = timedelta(minutes=5)  # by which clocks may differ


def newest(history: MonitoringHistory, registry: Registry) -> MonitoringWindow:
    """Give the newest window, if it is of the version that serves (Missing)."""
    version = need(registry.aliases.get("champion"), "a champion, of which there could be a window")
    if history.last.version != version:
        raise Missing(f"a window of version {version}, which serves now")
    return history.last


def sides(window: MonitoringWindow) -> WindowSides:
    """Give the other sides of a window (Missing)."""
    return need(window.sides, f"attribution, fairness, returns and effort of {window.name}: `lifecycle monitor`")


def stale(window: MonitoringWindow, policy: Policy, clock: Clock) -> str:
    """Say in words that a window is too old; nothing where it is not."""
    return too_old(f"the window of {window.name}", window.made, clock, days=policy.monitoring.freshness_days)


def too_old(what: str, made: datetime, clock: Clock, *, days: int) -> str:
    """Say in words that something is too old, or dated in the future; nothing where it is not."""
    if made > clock.now + AHEAD:
        return f"{what} is dated {made:%Y-%m-%d}, in the future"
    age = clock.now - made
    return f"{what} is {age.days} days old, {days} are accepted" if age > timedelta(days=days) else ""


def realised(window: MonitoringWindow, metric: str) -> float | None:
    """Give the realised value of a metric in a window; None where the truth has not come in."""
    told = (window.performance or {}).get(metric)
    value = told.get("value") if isinstance(told, dict) else None
    return value if isinstance(value, float) else None


def falls(window: MonitoringWindow) -> Iterator[str]:
    """Name the metrics that the window itself says have fallen."""
    for name, told in (window.performance or {}).items():
        if isinstance(told, dict) and told.get("dropped") is True:
            yield name


def of_decay(drill: Drill) -> list[str]:
    """Say what a drill of decay did not show: quiet on sound rows, an alarm with a cause on others."""
    faults = [] if drill.about.get("clean") == {"alarmed": False, "cause": None} else ["it alarmed on sound rows"]
    for what, causes in (("decayed", ("decay",)), ("drifted", ("drift", "decay"))):
        told = drill.about.get(what)
        if not isinstance(told, dict) or told.get("alarmed") is not True or told.get("cause") not in causes:
            faults.append(f"{what} rows raised no alarm that leads to a retraining")
    return faults


def answers(ledger: Ledger) -> tuple[LedgerEntry, ...]:
    """Give what answers a bad window: retrainings that were started, and rollbacks."""
    return (*ledger.retrainings, *ledger.of_kind("rollback"))
