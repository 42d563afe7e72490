"""Shows an answer: JSON for machines, a table and one next step for people."""

import json
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from flows.terminal import Terminal
from tasks import files

if TYPE_CHECKING:
    from config.load import Shown
    from flows.guidance import Plan
    from flows.ladder import Approved, History, LetGo, Moved, Verification
    from flows.statements import Stated
    from lens_checks.explain import Explained
    from lens_checks.review import Review

A = TypeVar("A")
OUTCOMES = {"passed": "✓ passed", "refused": "✗ refused"}


def show(answer: A, words: Callable[[A], Iterable[RenderableType]], *, as_json: bool) -> None:
    """Print an answer in the form that was asked for."""
    if as_json:
        print_json(answer)
        return
    console = Terminal()
    for part in words(answer):
        console.print(part)


def print_json(answer: object) -> None:
    """Print an answer as JSON, and nothing else."""
    sys.stdout.write(files.pretty(answer).decode())


def table(columns: Iterable[str], rows: Iterable[Iterable[object]], title: str = "") -> Table:
    """Build a table that makes sense without colour."""
    made = Table(title=title or None, title_justify="left", show_edge=False)
    for column in columns:
        made.add_column(column)
    for row in rows:
        made.add_row(*("-" if cell is None else str(cell) for cell in row))
    return made


def settings(told: "Shown") -> Iterable[RenderableType]:
    """Show every value in force and where it came from."""
    rows = ((f"{s.file}.{s.key}", json.dumps(s.value, ensure_ascii=False), s.source) for s in told.settings)
    yield table(("setting", "value", "from"), rows)


def moved(move: "Moved") -> Iterable[RenderableType]:
    """Say where an alias points now."""
    if not move.changed:
        yield Text(f"{move.alias} names version {move.version} already: nothing to do")
    else:
        now = f"version {move.version}" if move.version is not None else "nothing"
        yield Text(f"{move.alias} names {now} now, before: {move.before or 'none'} (entry {move.entry})")
    if move.owed:
        yield Text(f"! the registry is owed the alias: {move.owed}")
        yield Text("the next command that reaches it moves it; the server follows the ledger meanwhile")
    yield Text("next: lifecycle status")


def approved(word: "Approved") -> Iterable[RenderableType]:
    """Say what was approved."""
    yield Text(f"{word.approver} lets version {word.version} in, by decision {word.decision} (entry {word.entry})")
    yield Text("next: lifecycle promote --to champion")


def let_go(word: "LetGo") -> Iterable[RenderableType]:
    """Say which champion may go, and for what."""
    what = f"the candidate {word.candidate_digest[:12]}"
    yield Text(f"{word.approver} lets {what} replace version {word.champion} without a comparison (entry {word.entry})")
    yield Text("next: lifecycle run")


def history(told: "History") -> Iterable[RenderableType]:
    """Show the ledger, one line an entry."""
    rows = ((e.number, e.time[:19].replace("T", " "), e.kind, _about(e.body), _why(e.body)) for e in told.entries)
    yield table(("entry", "time (UTC)", "kind", "about", "because"), rows)
    yield Text("next: lifecycle verify" if told.entries else "the ledger is empty; next: lifecycle run")


def _about(body: dict[str, Any]) -> str:
    """Name gate or alias, outcome and version."""
    outcome = OUTCOMES.get(str(body.get("outcome")), body.get("outcome"))
    version = f"version {body['version']}" if body.get("version") is not None else None
    return ", ".join(
        str(part) for part in (body.get("gate") or body.get("alias") or body.get("name"), outcome, version) if part
    )


def _why(body: dict[str, Any]) -> str:
    """Give the reasons against, or else the cause; at most five."""
    reasons = [f"{b.get('practice') or b.get('bound')}: {b['because']}" for b in body.get("blocking") or ()]
    more = [f"and {len(reasons) - 5} more"] if len(reasons) > 5 else []
    return "\n".join([*reasons[:5], *more]) or str(body.get("because") or body.get("cause") or "")


def verification(found: "Verification") -> Iterable[RenderableType]:
    """Show what holds and what does not."""
    yield Text(f"{found.entries} ledger entries recomputed; verified: {', '.join(found.verified) or 'no model yet'}")
    for owed in found.owed:
        yield Text(f"! {owed.where} {owed.reason}")
    if found.sound:
        yield Text("✓ chain, signatures, digests and aliases hold")
        yield Text("next: lifecycle status")
        return
    yield table(("✗ where", "what is wrong"), ((fault.where, fault.reason) for fault in found.faults))
    yield Text("next: restore what was changed from its last good copy, and find out who changed it")


def stated(said: "Stated") -> Iterable[RenderableType]:
    """Say what was taken down."""
    yield Text(f"{said.practice}: taken down in {said.file}, until {said.expires}")
    yield Text("next: lifecycle review")


def sound(_: object) -> Iterable[RenderableType]:
    """Say that the configuration holds."""
    yield Text("✓ every file of config/ is sound, and every name in it is found")
    yield Text("next: lifecycle run")


def review(found: "Review", *, every: bool = False) -> Iterable[RenderableType]:
    """Show the grid of the lens and what is open, or every practice."""
    from lens_checks import overview

    yield overview.review_table(found, every=every)
    yield Text("next: lifecycle plan")


def plan(told: "Plan") -> Iterable[RenderableType]:
    """Show what to do, in the order in which it pays."""
    from lens_checks import render

    yield render.plan_table(told.items)
    yield Text(f"next: lifecycle explain {told.items[0].id}" if told.items else "nothing is open")


def explained(told: "Explained") -> Iterable[RenderableType]:
    """Show a practice, explained."""
    from lens_checks import render

    yield render.explanation(told)
