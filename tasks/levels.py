"""The levels that were agreed for the served model as rules, each with its alarm, and the rehearsal of those alarms."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from config.settings import Notify, Usage
from tasks import alerts, files
from tasks.alerts import Alert
from tasks.exported import Exported

TESTS = Path("tests")  # under reports/alerts: no alert of these is to be answered
WAYS = ("webhook", "command")


@dataclass(frozen=True)
class Rule:
    """A figure of the server and the bound that it keeps: at most, or at least."""

    kpi: str
    bound: float
    at_least: bool = False

    def is_broken_by(self, value: float | None) -> bool:
        """Tell whether a figure calls for an alarm; one that was not seen does not, one that is no number does."""
        if value is None:
            return False
        return not (value >= self.bound if self.at_least else value <= self.bound)

    @property
    def words(self) -> str:
        """What the alarm says; without the figure seen, so that the same cause is told once."""
        return f"{self.kpi} is {'below' if self.at_least else 'above'} the {self.bound:g} that was agreed"


@dataclass(frozen=True)
class Rehearsed:
    """One rule, tried: silent at its bound, and not beyond it."""

    kpi: str
    bound: float
    at_least: bool
    silent_within: bool
    fires_beyond: bool


@dataclass(frozen=True)
class Rehearsal:
    """All rules, tried, and what became of the test alarm: its file, and each way in which it was to be told."""

    made: datetime
    rules: tuple[Rehearsed, ...]
    file: str
    kept: bool
    configured: tuple[str, ...]
    delivered: Mapping[str, str]


def rules_of(usage: Usage, *, memory_mib: float) -> tuple[Rule, ...]:
    """Give a rule for each agreed figure; `memory_mib` is granted to a worker."""
    return (
        *(Rule(name, agreed.figure) for name, agreed in usage.latencies.items()),
        Rule("error_rate", usage.levels.error_rate.figure),
        Rule("per_second", usage.peak.figure),
        Rule("rss_mib", memory_mib),
        Rule("busy", usage.busiest),
        Rule("disk_free_mib", usage.disk_free_mib, at_least=True),
    )


def figures(seen: Exported, *, rows_each: int) -> dict[str, float | None]:
    """Name what a server exported as the rules do; the load is counted in the charter's unit."""
    return {**asdict(seen), "per_second": None if seen.per_second is None else seen.per_second * rows_each}


def broken(rules: Iterable[Rule], seen: Mapping[str, float | None]) -> list[str]:
    """Say which rules the figures break."""
    return [rule.words for rule in rules if rule.is_broken_by(seen.get(rule.kpi))]


def rehearse(rules: Sequence[Rule], notify: Notify, *, folder: Path = alerts.ALERTS) -> Rehearsal:
    """Try every rule with a figure at its bound and one beyond, and send one test alarm all the way."""
    tried = tuple(_try(rule) for rule in rules)
    words = ", ".join(rule.kpi for rule in tried if rule.fires_beyond)
    alert = Alert(
        "test", "a rehearsal of the alarms of the scoring server", f"planted: {words}", "nothing: it is a test"
    )
    path = alerts.raise_alert(alert, notify, folder=folder / TESTS)
    told = files.read_json(path) if path.exists() else {}
    return Rehearsal(
        made=files.now(), rules=tried, file=path.as_posix(), kept=told.get("seen") == alert.seen,
        configured=tuple(way for way in WAYS if getattr(notify, way)), delivered=told.get("delivered", {}),
    )  # fmt: skip


def _try(rule: Rule) -> Rehearsed:
    beyond = math.nextafter(rule.bound, -math.inf if rule.at_least else math.inf)
    within, fired = broken([rule], {rule.kpi: rule.bound}), broken([rule], {rule.kpi: beyond})
    return Rehearsed(rule.kpi, rule.bound, rule.at_least, not within, fired == [rule.words])
