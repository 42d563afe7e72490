"""What the phases of runs took, and what their logs hold."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class MeteredPhase(Record):
    """What one phase of one run took; `left` counts processes that it began and did not end.

    `inputs` is the digest of what a stage of dvc.yaml depends on, empty for a phase that is none or was forced.
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
    outcome: str
    skipped: bool
    inputs: str
    waited_seconds: float = 0.0

    @property
    def worked(self) -> bool:
        """True when the phase did its work to the end."""
        return self.outcome == "done" and not self.skipped

    @property
    def idle_seconds(self) -> float:
        """The time in which not one processor was used, and none was asked for."""
        return max(self.seconds - self.cpu_seconds - max(self.waited_seconds, 0.0), 0.0)


@dataclass(frozen=True, kw_only=True)
class TriedAlarm(Record):
    """An alarm that was tried: it was raised by what was planted, and quiet at what is usual."""

    raised: bool
    quiet: bool


@dataclass(frozen=True, kw_only=True)
class LogOfRun(Record):
    """The log of a run: how many lines, which numbers are missing, which phases it began and ended, how it ended."""

    run: str
    lines: int
    missing: int
    begun: tuple[str, ...]
    done: tuple[str, ...]
    ended: str | None  # None: it goes on, or was killed


@dataclass(frozen=True, kw_only=True)
class Metering(Record):
    """What the phases of the last months took, oldest first: reports/metering.json; with the log of the last run."""

    made: datetime
    lines: tuple[MeteredPhase, ...]
    tried: dict[str, TriedAlarm]
    log: LogOfRun | None = None

    @property
    def last_run(self) -> tuple[MeteredPhase, ...]:
        """The phases of the last run."""
        return tuple(line for line in self.lines if line.run == self.lines[-1].run)

    def newest(self, phase: str) -> MeteredPhase | None:
        """Give the last time that a phase did its work."""
        return next((line for line in reversed(self.lines) if line.phase == phase and line.worked), None)

    @property
    def flow_runs(self) -> tuple[str, ...]:
        """Name the flow runs of the phases: first those in which a phase did its work last, then the newest."""
        last = {self.newest(phase) for phase in {line.phase for line in self.lines}}
        ordered = sorted(reversed(self.lines), key=lambda line: line not in last)
        return tuple(dict.fromkeys(line.flow_run_id for line in ordered if line.flow_run_id))

    def of_month(self, now: datetime) -> tuple[MeteredPhase, ...]:
        """Give the phases that ended in the month of an instant."""
        return tuple(line for line in self.lines if (line.end.year, line.end.month) == (now.year, now.month))

    @property
    def idle_share(self) -> float:
        """The share of all time in which a worker neither used a processor nor waited for one; 1 without any time."""
        seconds = sum(line.seconds for line in self.lines)
        return sum(line.idle_seconds for line in self.lines) / seconds if seconds > 0 else 1.0

    def needless(self) -> tuple[MeteredPhase, ...]:
        """Give the stages of the last run that did again what an earlier run had done of the very same inputs."""
        before = {line.inputs for line in self.lines if line.run != self.lines[-1].run and line.worked and line.inputs}
        return tuple(line for line in self.last_run if line.worked and line.inputs in before)
