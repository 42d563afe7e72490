"""Asks people one line at a time: with editing in a terminal, from a pipe without waiting for anybody."""

import sys

from rich.console import RenderableType
from rich.text import Text

from config.errors import ConfigError
from flows.terminal import Terminal

STOP = "q"


class Stopped(Exception):
    """Somebody stopped answering: q, Ctrl-C, or the end of the input."""


class Asker:
    """Puts questions on standard error, so that standard output holds the answer of the command alone."""

    def __init__(self) -> None:
        self.console = Terminal(stderr=True)
        self.in_person = sys.stdin.isatty()
        if self.in_person:
            import readline  # noqa: F401 - what is typed can be edited

    def tell(self, what: RenderableType) -> None:
        """Show something."""
        self.console.print(what)

    def line(self, prompt: str) -> str:
        """Ask for one line (Stopped)."""
        try:
            said = input(prompt) if self.in_person and sys.stdout.isatty() else self._read(prompt)
        except (EOFError, KeyboardInterrupt) as stop:
            raise Stopped from stop
        if said.strip().casefold() == STOP:
            raise Stopped
        return said.strip()

    def wrong(self, because: str) -> None:
        """Say what is wrong with a line; from a pipe, whose next line answers another question, it ends there."""
        if not self.in_person:
            raise ConfigError(
                because,
                expected="one line for each question that is asked",
                next_step="correct the line, then `lifecycle answer` again: what was answered before it is written",
            )
        self.tell(Text(because, style="yellow"))

    def _read(self, prompt: str) -> str:
        self.console.file.write(prompt)
        self.console.file.flush()
        said = sys.stdin.readline()
        if not said:
            raise EOFError
        if not self.in_person:
            self.tell(Text(said.rstrip("\n")))
        return said
