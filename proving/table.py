"""The proof as people see it: one table, live while it runs, whole when it is done."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from proving.children import CAUGHT
from proving.proof import Proof

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from proving.plan import Plan

REFRESH_SECONDS = 0.2


class Shown:
    """A live table on a terminal; elsewhere nothing is told before the end."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        # Refreshed by hand: a thread that draws could not be forked beside.
        self._live = Live(console=Console(stderr=True, highlight=False), auto_refresh=False, transient=True)
        self._again = 0.0

    @contextlib.contextmanager
    def running(self) -> Iterator["Shown"]:
        """Draw while the block runs, where there is a terminal."""
        with self._live if self._live.console.is_terminal else contextlib.nullcontext():
            yield self

    def draw(self, plan: "Plan") -> None:
        """Draw what is under way, a few times a second."""
        import time

        if self._live.console.is_terminal and time.monotonic() >= self._again:
            self._again = time.monotonic() + REFRESH_SECONDS
            self._live.update(_under_way(plan), refresh=True)


def _under_way(plan: "Plan") -> "Table":
    """Show what is running and what was not caught; the rest is a count."""
    from flows.show import table

    defects = plan.result().defects
    done = sum(row.outcome == CAUGHT for row in defects)
    rows = [(str(row.id), row.title, row.because[:200]) for row in defects if row.because]
    rows += [("", name, f"running, {child.seconds:.0f} s") for name, (child, _) in plan.running.items()]
    return table(("defect", "planted", f"{done} of {len(defects)} caught"), rows)


def words(proof: Proof) -> "Iterable[RenderableType]":
    """Show every defect with its verdict, the control, the kill rate, and the next command."""
    from rich.text import Text

    from flows.show import table

    rows = [
        (row.id, row.title, row.expected, "✓ caught" if row.outcome == CAUGHT else f"✗ {row.outcome}",
         row.caught_by or row.because, f"{row.seconds:.1f} s")
        for row in proof.defects
    ]  # fmt: skip
    yield table(("#", "planted", "expected", "outcome", "caught by, or seen instead", "time"), rows)
    why = f": {proof.control.because}" if proof.control.because else ""
    yield Text(f"control: the same pipeline without a defect was {proof.control.outcome}{why}")
    caught = sum(row.outcome == CAUGHT for row in proof.defects)
    yield Text(f"kill rate: {caught} of {len(proof.defects)}, {proof.kill_rate:.0%}")
    missed = [str(row.id) for row in proof.defects if row.outcome != CAUGHT]
    yield Text(f"next: lifecycle prove {' '.join(missed)} --keep" if missed else "next: lifecycle run")


def show(proof: Proof, *, as_json: bool) -> None:
    """Print the proof."""
    from flows import show as shown

    shown.show(proof, words, as_json=as_json)
