"""Retraining: is there a cause, and if so the same lifecycle with the same gates on more data."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow

from config.errors import GateRefused, LifecycleError
from config.load import load
from config.settings import Settings
from flows import operating
from flows.endings import tell_of_flow
from tasks import causes, files, landing, watching
from tasks.causes import FAILED, FINISHED, NOT_WORTH_IT, OVERLAPPED, REFUSED, STARTED, Cause
from tasks.ledger import Entry, Kind
from tasks.stores import Stores, open_stores
from tasks.watching import WINDOWS

if TYPE_CHECKING:
    from rich.console import RenderableType

LANDED = Path("data/landed")


@dataclass(frozen=True)
class Retraining:
    """What came of asking: the cause, until when data was taken in, and the outcome."""

    outcome: str
    cause: str
    because: str
    until: date | None
    entry: int
    schema: int = 1


@flow(
    name="Retraining", flow_run_name="Retraining asked for by {asked}", validate_parameters=False,
    on_failure=[tell_of_flow], on_crashed=[tell_of_flow],
)  # fmt: skip
def retrain(asked: str = "schedule") -> Retraining:
    """Ask whether there is a cause, record the answer, and run the lifecycle if there is one."""
    asked, settings = operating.stated(asked), load()
    with alone(asked, settings) as left:
        operating.tell_of_the_interrupted(left, settings)
        stores = open_stores(settings)
        entries = stores.trusted()
        until = take_in_until(settings, entries)
        cause = find_cause(asked, settings, entries, until)
        if cause.kind is None:
            return _record(NOT_WORTH_IT, asked, cause, until, stores)
        _record(STARTED, asked, cause, until, stores)
        try:
            operating.run_loop(settings, cause=cause.kind, because=cause.because, until=until)
        except LifecycleError as error:
            outcome = REFUSED if isinstance(error, GateRefused) else FAILED
            _record(outcome, asked, Cause(cause.kind, error.seen), until, stores)
            raise
        return _record(FINISHED, asked, cause, until, stores)


@contextlib.contextmanager
def alone(asked: str, settings: Settings) -> Iterator[str]:
    """Hold the project; a retraining that comes while another run does is recorded, and ends (Busy)."""
    with contextlib.ExitStack() as held:
        try:
            left = held.enter_context(operating.one_at_a_time(operating.LOCK))
        except operating.Busy as error:
            _record(OVERLAPPED, asked, Cause(None, error.seen), None, open_stores(settings))
            raise
        yield left


def find_cause(asked: str, settings: Settings, entries: list[Entry], until: date | None) -> Cause:
    """Weigh alarms, new rows and the calendar."""
    return causes.decide_cause(
        asked,
        policy=settings.policy.retraining,
        windows=watching.read_windows(WINDOWS),
        entries=entries,
        new_rows=count_new_rows(settings, until),
        now=files.now(),
    )


def take_in_until(settings: Settings, entries: list[Entry]) -> date | None:
    """Give the day up to which data is taken in: the end of the last watched window, else that of the next month."""
    manifest = landing.landed(LANDED)
    if manifest is None or manifest.window is None:
        return None
    if (cut := causes.unfinished(entries)) and cut.body.get("until"):
        return date.fromisoformat(cut.body["until"])
    end = date.fromisoformat(manifest.window["end"])
    watched = max((report.window.end for report in watching.read_windows(WINDOWS)), default=end)
    return watched if watched > end else min(watching.month_from(end).end, max(end, files.now().date()))


def count_new_rows(settings: Settings, until: date | None) -> int:
    """Count the rows that are there and were not landed."""
    manifest = landing.landed(LANDED)
    if manifest is None or landing.is_current(
        settings.data, window=landing.window_to_land(settings.data, manifest, until=until), destination=LANDED
    ):
        return 0
    window = landing.window_to_land(settings.data, manifest, until=until)
    return max(0, len(landing.read_rows(settings.data, window=window)) - manifest.rows)


def _record(outcome: str, asked: str, cause: Cause, until: date | None, stores: Stores) -> Retraining:
    """Write the answer into the ledger; what nothing speaks for is there with who asked."""
    kind = cause.kind or asked
    body = {"outcome": outcome, "asked": asked, "cause": kind, "because": cause.because, "until": until}
    return Retraining(outcome, kind, cause.because, until, stores.record(Kind.RETRAINING, body).number)


def words(told: Retraining) -> "Iterable[RenderableType]":
    """Say what came of it."""
    from rich.text import Text

    yield Text(f"retraining {told.outcome}: {told.because} (cause: {told.cause}, ledger entry {told.entry})")
    yield Text("next: lifecycle status")
