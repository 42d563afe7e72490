"""Runs the loop as a command: quick when there is nothing to do, one at a time, with a server and a report."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

from config.errors import ConfigError, GateRefused, LifecycleError
from config.settings import Settings
from flows import ending_early, endings, idle, leftovers, orchestrator
from tasks import alerts, costs
from tasks.alerts import Alert
from tasks.metering import Meter
from tasks.reporting import RunReport, duration, phase_table, write_run

if TYPE_CHECKING:
    from rich.console import RenderableType

    from flows.progress import Journal

LOCK = Path(".lifecycle/run.lock")
NOTHING, COMPLETE, REFUSED, FAILED = "nothing to do", idle.COMPLETE, "refused", "failed"
INTERRUPTED, EXPLORED = "interrupted", "explored"


def run(settings: Settings, *, explore: bool = False, force: bool = False) -> RunReport:
    """Run the whole lifecycle, or say that there is nothing to do; what goes wrong is reported, then raised."""
    start = time.monotonic()
    reason = "it was asked for" if explore or force else idle.reason_to_run(settings)
    if reason is None:
        return RunReport.of(NOTHING, "all is as the last run left it", cause="hand", start=start)
    with one_at_a_time(LOCK) as left:
        tell_of_the_interrupted(left, settings)
        return run_loop(settings, cause="hand", because=reason, explore=explore, force=force)


def stated(cause: str) -> str:
    """Give a cause without spaces around it; a retraining that nobody gives one for is refused (ConfigError)."""
    if not cause.strip():
        raise ConfigError(
            "a retraining was asked for without a cause",
            expected="hand, schedule, or a sentence that says why",
            next_step='lifecycle retrain --cause "…"',
        )
    return cause.strip()


def run_loop(
    settings: Settings, *, cause: str, because: str, explore: bool = False, force: bool = False,
    until: date | None = None,
) -> RunReport:  # fmt: skip
    """Run the loop under the lock that the caller holds, and write the account of it however it ends."""
    start = time.monotonic()
    orchestrator.start(settings.runtime)  # it starts while the rest is imported
    from flows import names, progress

    names.resolve(settings)  # a name that is not there ends the command before there is a run to give account of
    with ending_early.softly(), progress.shown() as journal:
        try:
            with metered(journal, settings, cause=cause):
                _loop(settings, cause=cause, explore=explore, force=force, until=until)
        except BaseException as error:
            outcome, told = _ended_by(error)
            write_run(RunReport.of(outcome, told.seen, cause=cause, start=start, journal=journal))
            costs.add(journal.phases, cause=cause, charter=settings.charter, upkeep=settings.policy.upkeep)
            if outcome != INTERRUPTED:  # whoever stopped it by hand knows
                alerts.tell(told, f"a run of the lifecycle, caused by {cause}", settings.runtime.notify)
            journal.console.print(phase_table(journal.phases))
            raise
    outcome = EXPLORED if explore else COMPLETE
    report = RunReport.of(outcome, because, cause=cause, start=start, journal=journal)
    write_run(report)
    costs.add(journal.phases, cause=cause, charter=settings.charter, upkeep=settings.policy.upkeep)
    return report


@contextlib.contextmanager
def metered(journal: "Journal", settings: Settings, *, cause: str) -> Iterator[None]:
    """Meter and log the phases of a run; the last line of its log says how it ended."""
    policy = settings.policy
    meter = Meter(cause, settings.charter, policy.metering, policy.housekeeping.log_days, settings.runtime.notify)
    journal.meter, ended = meter, FAILED
    meter.log.write("begun", "", f"caused by {cause}")
    try:
        yield
        ended = COMPLETE
    except BaseException as error:
        ended = _ended_by(error)[0]
        raise
    finally:
        journal.meter = None
        meter.log.write("ended", "", ended, flow_run_id=journal.flow_run_id)


def tell_of_the_interrupted(left: str, settings: Settings) -> None:
    """Tell somebody of a run that ended without a word: its process was killed, or the machine went down."""
    if left:
        alert = Alert("interrupted", "a run of the lifecycle", f"process {left} ended without a word", "lifecycle run")
        alerts.raise_alert(alert, settings.runtime.notify)


def _ended_by(error: BaseException) -> tuple[str, LifecycleError]:
    """Name the outcome of a run that an exception ended, and tell the exception in words."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, LifecycleError("stopped by hand")
    told = endings.in_words(error)
    return REFUSED if isinstance(told, GateRefused) else FAILED, told


def _loop(settings: Settings, *, cause: str, explore: bool, force: bool, until: date | None) -> None:
    from flows.lifecycle import lifecycle

    with orchestrator.prefect_server(settings), ending_early.within(settings.policy.run_hours), leftovers.named():
        leftovers.mark()
        lifecycle(settings, cause=cause, explore=explore, force=force, until=until)


def words(report: RunReport) -> "Iterable[RenderableType]":
    """Show the phases of a run, where its report is, and the next command."""
    from rich.text import Text

    if report.outcome == NOTHING:
        yield Text(f"nothing to do: {report.because} ({duration(report.seconds)})")
    else:
        yield phase_table(report.phases)
        yield Text(f"{report.outcome} in {duration(report.seconds)}")
    yield Text(f"report: {report.report}")
    yield Text(f"next: {report.next_step}")


class Busy(LifecycleError):
    """Another run holds the project."""


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[str]:
    """Hold a lock that the kernel frees when its holder ends (Busy when it is held).

    Gives the process that held it last and could not say that it ended, or nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path, "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Busy(
                f"another run is under way in this project (process {lock.read().strip() or 'unknown'})",
                expected="one run at a time",
                next_step="wait for it to end, then run the command again",
            ) from error
        lock.seek(0)
        left = lock.read().strip()
        _sign(lock, str(os.getpid()))
        try:
            yield left
        finally:
            _sign(lock, "")


def _sign(lock: IO[str], holder: str) -> None:
    lock.truncate(0)
    lock.write(holder)
    lock.flush()
