"""What each phase of a run takes, kept for months in reports/metering.json, and who is told when it is too much."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Literal

from config.errors import LifecycleError
from config.settings import Charter, Metering, Notify
from tasks import alerts, files, processes, spending
from tasks.alerts import Alert
from tasks.runlog import LOGS, RunLog

METERING = Path("reports/metering.json")
NEWEST = 20  # runs of a phase that make its usual duration


@dataclass(frozen=True)
class Line:
    """What one phase of one run took; `left` counts processes that it began and did not end.

    Bytes are those that went through calls of this process and of those that it waited for; `waited_seconds` those in
    which it could have gone on and another process had the processor; `inputs` is the digest of what a stage of
    dvc.yaml depends on, empty for a phase that is none.
    """

    run: str
    flow_run_id: str | None
    process: str
    phase: str
    cause: str
    start: datetime
    end: datetime
    seconds: float
    cpu_seconds: float
    peak_rss_mib: float
    read_bytes: int | None
    written_bytes: int | None
    left: int
    outcome: Literal["done", "stopped"]
    skipped: bool
    inputs: str = ""
    waited_seconds: float = 0.0


@dataclass(frozen=True)
class Reading:
    """The meters at one instant."""

    at: datetime
    clock: float
    cpu: float
    bytes: tuple[int, int] | None
    below: frozenset[int]
    waited: float

    @classmethod
    def take(cls) -> "Reading":
        """Read the meters of this process; where the system does not count bytes, there are none."""
        import psutil

        me = psutil.Process()
        try:
            counted = me.io_counters()
            through = (int(counted.read_chars), int(counted.write_chars))
        except (AttributeError, psutil.Error, OSError):
            through = None
        living = {child.pid for child in me.children(recursive=True) if _lives(child)}
        return cls(files.now(), time.monotonic(), sum(os.times()[:4]), through, frozenset(living), _waited())


def _waited() -> float:
    """Give the seconds for which this process stood in the queue of the processors; 0 where the system does not tell.

    The second figure of Linux's schedstat (kernel documentation, scheduler/sched-stats), in nanoseconds.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    return 0.0


def _lives(child: Any) -> bool:
    import psutil

    try:
        return bool(child.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


@dataclass
class Meter:
    """Meters the phases of one run, and tells somebody of what is too much as soon as it is."""

    cause: str
    charter: Charter
    rules: Metering
    days: int
    notify: Notify = field(default_factory=Notify)
    run: str = field(default_factory=lambda: f"{files.now():%Y%m%dT%H%M%S%f}-{os.getpid()}")
    path: Path = METERING
    logs: Path = LOGS

    def __post_init__(self) -> None:
        self.log = RunLog(self.logs / f"{self.run}.jsonl")
        self.tried = try_alarms(self.charter, self.rules)

    def begin(self) -> Reading:
        """Read the meters before a phase, whose peak of memory begins anew."""
        spending.begin_peak()
        return Reading.take()

    def end(
        self, began: Reading, phase: str, *, flow_run_id: str | None, outcome: Literal["done", "stopped"],
        skipped: bool, inputs: str,
    ) -> Line:  # fmt: skip
        """Write down what a phase took, and raise the alarms that it calls for; a full disk ends no run."""
        now = Reading.take()
        through = [after - before for after, before in zip(now.bytes or (), began.bytes or (), strict=False)]
        line = Line(
            run=self.run, flow_run_id=flow_run_id, process=processes.me(), phase=phase, cause=self.cause,
            start=began.at, end=now.at, seconds=round(now.clock - began.clock, 3),
            cpu_seconds=round(now.cpu - began.cpu, 3), peak_rss_mib=round(spending.peak_rss_mib(), 1),
            read_bytes=through[0] if through else None, written_bytes=through[1] if through else None,
            left=len(now.below - began.below), outcome=outcome, skipped=skipped, inputs=inputs,
            waited_seconds=round(now.waited - began.waited, 3),
        )  # fmt: skip
        with contextlib.suppress(LifecycleError):
            self._keep(line)
        return line

    def _keep(self, line: Line) -> None:
        earlier = [old for old in read(self.path) if line.end - old.end <= timedelta(days=self.days)]
        for about, words in alarms(line, earlier, charter=self.charter, rules=self.rules):
            alerts.raise_alert(Alert("alarm", about, words, "lifecycle review"), self.notify)
        book = {"schema": 1, "made": line.end, "lines": [*earlier, line], "tried": self.tried}
        files.write_json(self.path, book)


def read(path: Path = METERING) -> list[Line]:
    """Read every line that is kept, oldest first; a book that cannot be read is begun anew."""
    try:
        found = files.read_json(path)["lines"] if path.exists() else []
        return [_line(values) for values in found]
    except (KeyError, TypeError, ValueError, LifecycleError):
        return []


def _line(values: Mapping[str, Any]) -> Line:
    times = {name: datetime.fromisoformat(values[name]) for name in ("start", "end")}
    return Line(**{**values, **times})


def alarms(line: Line, earlier: Iterable[Line], *, charter: Charter, rules: Metering) -> list[tuple[str, str]]:
    """Give what somebody is to be told of a new line: what it is about, and the words."""
    known = list(earlier)
    told = [(f"phase {line.phase} of run {line.run}", unusual(line, known, rules))]
    if not overspent(known, charter, rules, now=line.end):  # told once, by the phase that goes past it
        told.append(("the budget of this month", overspent([*known, line], charter, rules, now=line.end)))
    return [(about, words) for about, words in told if words]


def unusual(line: Line, earlier: Iterable[Line], rules: Metering) -> str:
    """Say that a phase took far longer than usual; nothing where it did not, or nobody knows what is usual."""
    alike = [old.seconds for old in earlier if old.phase == line.phase and old.outcome == "done" and not old.skipped]
    if len(alike) < rules.least_runs or line.skipped:
        return ""
    usual = median(alike[-NEWEST:])
    bound = usual * rules.duration_factor + rules.slack_seconds
    return f"{line.phase} took {line.seconds:.0f} s, {usual:.0f} s is usual" if line.seconds > bound else ""


def overspent(lines: Iterable[Line], charter: Charter, rules: Metering, *, now: datetime) -> str:
    """Say that the month's budget is used up to the share at which somebody is told; nothing where it is not."""
    limit = charter.budget.monthly
    if limit is None:
        return ""
    cost = cost_of_month(lines, charter, now=now)
    told = f"{cost:.3g} of {limit:.3g} {charter.error_costs.currency} are spent this month"
    return told if cost >= limit * rules.budget_share else ""


def cost_of_month(lines: Iterable[Line], charter: Charter, *, now: datetime) -> float:
    """Price the processor time of this month's phases, in the charter's currency."""
    seconds = sum(line.cpu_seconds for line in lines if (line.end.year, line.end.month) == (now.year, now.month))
    return seconds / 3600 * charter.budget.cpu_hour_price


def try_alarms(charter: Charter, rules: Metering) -> dict[str, dict[str, bool]]:
    """Plant a phase that takes too long and a month that costs too much: each must raise its alarm, usual ones none."""
    now, usual = files.now(), 60.0
    plain = Line("", None, "", "", "", now, now, usual, 0.0, 0.0, None, None, 0, "done", skipped=False)
    known, long = [plain] * rules.least_runs, usual * rules.duration_factor + rules.slack_seconds
    tried = {"duration": (unusual(replace(plain, seconds=long + 1), known, rules), unusual(plain, known, rules))}
    if charter.budget.monthly:
        price = charter.budget.model_copy(update={"cpu_hour_price": 1.0})
        priced = charter.model_copy(update={"budget": price})
        hours = charter.budget.monthly * rules.budget_share
        spent = [replace(plain, cpu_seconds=share * hours * 3600) for share in (1.001, 0.999)]
        tried["budget"] = (overspent(spent[:1], priced, rules, now=now), overspent(spent[1:], priced, rules, now=now))
    return {name: {"raised": _raised(words), "quiet": not other} for name, (words, other) in tried.items()}


def _raised(words: str) -> bool:
    """Raise an alarm where nobody is told, and see that it is there."""
    if not words:
        return False
    with tempfile.TemporaryDirectory() as place:
        alerts.raise_alert(Alert("alarm", "a trial of the alarms", words), Notify(), folder=Path(place))
        return [alert["seen"] for alert in alerts.read_alerts(Path(place))] == [words]
