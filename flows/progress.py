"""What is going on, as people see it: one live line on a terminal, plain lines elsewhere, and a journal of phases."""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from tasks.metering import Meter
from tasks.reporting import PhaseReport, duration

if TYPE_CHECKING:
    from rich.status import Status

_JOURNAL: ContextVar["Journal | None"] = ContextVar("journal", default=None)


@dataclass
class Entry:
    """What a phase fills in while it runs."""

    did: str = ""
    skipped: bool = False
    inputs: str = ""  # of a stage: the digest of all that it depends on
    counts: Mapping[str, int] = field(default_factory=dict)


class Journal:
    """The phases so far, told to people on standard error as they happen."""

    def __init__(self) -> None:
        from flows.terminal import Terminal

        self.console = Terminal(stderr=True)
        self.phases: list[PhaseReport] = []
        self.flow_run_id: str | None = None
        self.fingerprint = ""
        self.meter: Meter | None = None
        self._status: Status | None = None
        self._phase = ""

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[Entry]:
        """Time a phase and take down what it did, also when it fails."""
        entry, start, cpu, self._phase = Entry(), time.monotonic(), _cpu_seconds(), name
        self.step("")
        try:
            with self._metered(name, entry):
                yield entry
        except BaseException as error:
            entry.did = entry.did or f"stopped: {type(error).__name__}"
            raise
        finally:
            seconds = round(time.monotonic() - start, 2)
            spent = round(_cpu_seconds() - cpu, 2)
            self.phases.append(PhaseReport(name, entry.did, entry.skipped, dict(entry.counts), seconds, spent))
        self.say(f"{name}: {entry.did} ({duration(seconds)})")

    @contextlib.contextmanager
    def _metered(self, name: str, entry: Entry) -> Iterator[None]:
        """Let the meter of the run, if it has one, take down what a phase takes."""
        if (meter := self.meter) is None:
            yield
            return
        meter.log.write("phase", name, "")
        outcome: Literal["done", "stopped"] = "stopped"
        began = meter.begin()
        try:
            yield
            outcome = "done"
        finally:
            flow_run, skipped = self.flow_run_id, entry.skipped
            meter.end(began, name, flow_run_id=flow_run, outcome=outcome, skipped=skipped, inputs=entry.inputs)
            meter.log.write("done", name, entry.did, outcome=outcome)

    def step(self, what: str) -> None:
        """Show what is being done now."""
        if self.meter is not None and what:
            self.meter.log.write("step", self._phase, what)
        text = " · ".join(part for part in (self._phase, what) if part)
        if self._status is not None:
            from rich.text import Text

            self._status.update(Text(text))
        elif what and not self.console.is_terminal:
            self._show(f"  {text}")

    def say(self, text: str) -> None:
        """Leave a line standing."""
        if self.meter is not None:
            self.meter.log.write("said", self._phase, text)
        self._show(text)

    def _show(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)

    @contextlib.contextmanager
    def shown(self) -> Iterator["Journal"]:
        """Make this the journal that steps are told to, with a live line where there is a terminal."""
        token = _JOURNAL.set(self)
        try:
            if not self.console.is_terminal:
                yield self
                return
            with self.console.status("Starting") as self._status:
                yield self
        finally:
            self._status = None
            _JOURNAL.reset(token)


def _cpu_seconds() -> float:
    return sum(os.times()[:4])


@contextlib.contextmanager
def shown() -> Iterator[Journal]:
    """Show a new journal, or go on with the one that is shown: a terminal has room for one live line."""
    if (current := _JOURNAL.get()) is not None:
        yield current
        return
    with Journal().shown() as made:
        yield made


def journal() -> Journal:
    """Give the journal of the run under way, or one that nobody keeps."""
    return _JOURNAL.get() or Journal()


def tell(what: str) -> None:
    """Show what is being done now, if somebody looks."""
    if (current := _JOURNAL.get()) is not None:
        current.step(what)


def watch(module: ModuleType) -> None:
    """Let every Prefect task of a module tell its name when it starts."""
    from prefect import Task

    for member in vars(module).values():
        if isinstance(member, Task) and _announce not in member.on_running_hooks:
            member.on_running_hooks.append(_announce)


def _announce(task: Any, run: Any, state: Any) -> None:
    tell(task.name)
