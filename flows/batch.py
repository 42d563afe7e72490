"""Batch scoring as a command: the champion as the ledger names it, one input, one output, and how far it is."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ConfigError
from config.settings import Settings
from flows.terminal import Terminal
from tasks import absent, batches, files, inference, live, packaging, streams
from tasks.batches import Job, Scored
from tasks.scoring import Contract

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True)
class Asked:
    """What is to be scored, and where to."""

    source: str
    output: Path
    table: str = ""
    query: str = ""
    keys: tuple[str, ...] = ()
    at: str = ""


def score(settings: Settings, asked: Asked) -> Scored:
    """Score an input with the champion, which comes from this disk where the registry does not answer.

    Raises ConfigError, LifecycleError and IntegrityAlarm.
    """
    stores, at = absent.open_stores(settings), _instant(asked.at)
    source = streams.open_source(asked.source, table=asked.table, query=asked.query)
    version, package = live.serving(stores)
    opened = inference.open_package(package.folder, _contract(package.folder))
    keys = asked.keys or tuple(settings.data.key_columns)
    silent = absent.why_absent(stores)
    if silent:
        _tell_of_silence(silent, version, package.folder)
    job = Job(asked.output, source, opened, version, package.package_digest, keys, at, silent)
    with _shown(source.total) as told:
        return batches.score(job, state=stores.state, told=told)


def words(scored: Scored) -> "Iterable[RenderableType]":
    """Say what came of a batch, and what to look at next."""
    from rich.text import Text

    if not scored.changed:
        yield Text(f"{scored.output} holds these answers already: nothing to do")
    went_on = f", {scored.resumed_rows:,} of them before it was interrupted" if scored.resumed_rows else ""
    by = f"{scored.model} {scored.version} ({scored.form})"
    yield Text(f"{scored.scored:,} of {scored.rows:,} rows answered by {by}{went_on}")
    yield Text(f"{scored.rows_per_second:,} rows a second")
    for reason, rows in scored.reasons.items():
        yield Text(f"refused: {rows:,} rows, {reason}")
    yield Text(f"next: correct the rows of {scored.faults}" if scored.faults else f"answers: {scored.output}")


def _tell_of_silence(silent: str, version: int, folder: Path) -> None:
    from rich.text import Text

    console = Terminal(stderr=True)
    console.print(Text(f"! the registry does not answer: {silent}"))
    console.print(Text(f"the ledger says that version {version} is champion; its verified copy in {folder} answers"))


def _contract(folder: Path) -> Contract:
    return Contract.read(files.read_json(folder / packaging.CONTRACT))


def _instant(text: str) -> str:
    if not text:
        return files.now().isoformat(timespec="seconds")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--at {text} is no time", expected="a time such as 2013-09-01T12:00:00Z") from error
    if instant.tzinfo is None:
        raise ConfigError(f"--at {text} has no time zone", expected="a time such as 2013-09-01T12:00:00Z")
    return instant.isoformat(timespec="seconds")


@contextmanager
def _shown(total: int | None) -> Iterator[batches.Told]:
    """Show a bar with rows and rows a second on a terminal; elsewhere, nothing."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Terminal(stderr=True)
    rate = TextColumn(
        "{task.completed:,.0f} rows · {task.fields[rate]:,.0f} a second · {task.fields[refused]:,} refused"
    )
    with Progress(
        TextColumn("scoring"), BarColumn(), rate, TimeRemainingColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("", total=total, rate=0.0, refused=0)

        def told(rows: int, refused: int, seconds: float) -> None:
            progress.update(bar, completed=rows, rate=rows / max(seconds, 1e-9), refused=refused)

        yield told
