"""The review in the terminal: tables that make sense without colour too."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lens_checks.check import Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.explain import Explained
from lens_checks.gates import GateOutcome
from lens_checks.progress import Moved
from lens_checks.review import PlanItem

GLYPHS: Mapping[str, str] = {
    Outcome.MET: "✓",
    Outcome.NOT_MET: "✗",
    Outcome.NOT_APPLICABLE: "–",
    Outcome.UNKNOWN: "?",
    Outcome.BROKEN: "!",
    By.WAIVED: "~",
}
STYLES: Mapping[str, str] = {
    Outcome.MET: "green",
    Outcome.NOT_MET: "red",
    Outcome.NOT_APPLICABLE: "dim",
    Outcome.UNKNOWN: "yellow",
    Outcome.BROKEN: "bold red",
    By.WAIVED: "magenta",
}


def spelled(word: str) -> Text:
    """Spell a verdict with its sign: meaning never rests on colour alone."""
    return Text(f"{GLYPHS[word]} {word.replace('_', ' ')}", style=STYLES[word])


def practices_table(title: str, results: Iterable[PracticeResult]) -> Table:
    """Show practices with verdict, what it rests on, and why."""
    table = Table(title=title, title_justify="left", expand=True, show_edge=False)
    for name, ratio in (("practice", 0), ("risk", 0), ("verdict", 0), ("by", 0), ("because", 1)):
        table.add_column(name, ratio=ratio or None, no_wrap=not ratio)
    for result in results:
        required = "" if result.required else " (not yet required)"
        because = Text(f"{result.title}{required}\n", style="bold") + Text(result.because, style="none")
        table.add_row(result.id, result.risk.value, spelled(result.state), result.by.value, because)
    return table


def moved_table(title: str, items: Iterable[Moved]) -> Table:
    """Show practices that are new, fixed or regressed, with the verdict before and the one of today."""
    table = Table(title=title, title_justify="left", expand=True, show_edge=False)
    for name, ratio in (("practice", 0), ("risk", 0), ("before", 0), ("now", 0), ("because", 1)):
        table.add_column(name, ratio=ratio or None, no_wrap=not ratio)
    for item in items:
        before, now = (spelled(word) if word else Text("-") for word in (item.before, item.after))
        mend = Text(f"\n{item.fix}", style="dim") if item.fix else Text("")
        because = Text(f"{item.title}\n", style="bold") + Text(item.because, style="none") + mend
        table.add_row(item.id, item.risk.value, before, now, because)
    return table


def plan_table(items: Iterable[PlanItem]) -> RenderableType:
    """Show what to do, in the order in which it pays; what may wait is named alone."""
    table = Table(expand=True, show_edge=False)
    for name, ratio in (("practice", 0), ("risk", 0), ("verdict", 0), ("holds", 0), ("effort", 0), ("what to do", 1)):
        table.add_column(name, ratio=ratio or None, no_wrap=not ratio)
    waiting = []
    for item in items:
        if not item.required:
            waiting.append(item.id)
            continue
        told = Text(f"{item.title}\n", style="bold") + Text(f"{item.because}\n", style="dim") + Text(item.fix)
        held = "\n".join(item.gates) or "-"
        table.add_row(item.id, item.risk.value, spelled(item.verdict.value), held, item.effort.value, told)
    later = (
        f"\n{len(waiting)} are not yet required, nothing was seen of them yet: {', '.join(waiting)}" if waiting else ""
    )
    return Group(table, Text(later)) if table.row_count else Text(f"Nothing that is required is open.{later}")


def gate_table(outcome: GateOutcome) -> RenderableType:
    """Show a decision: passed, or every reason against and the next step."""
    if outcome.passed:
        return Text(f"✓ {outcome.gate.value} gate: passed, {len(outcome.warnings)} warnings", style="green")
    table = Table(title=f"✗ {outcome.gate.value} gate: refused", title_justify="left", expand=True, show_edge=False)
    for name, ratio in (("held by", 0), ("verdict", 0), ("seen", 1), ("next", 1)):
        table.add_column(name, ratio=ratio or None, no_wrap=not ratio)
    for reason in outcome.blocking:
        name = reason.practice or reason.bound or ""
        table.add_row(name, spelled(reason.verdict.value), Text(reason.because), Text(reason.fix))
    return table


def explanation(told: Explained) -> RenderableType:
    """Show a practice, explained."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(ratio=1)
    rows = {
        "practice": f"{told.id} ({told.id_2025 or 'your own'}; {told.edition})",
        "says": told.title,
        "question": told.question,
        "in the lens": f"{told.pillar} × {told.phase}",
        "risk": told.risk,
        "judged": f"at the {told.checkpoint.value} checkpoint. {told.how_judged}",
        "wants": told.wants,
        "reads": ", ".join(told.reads),
        "key points": "; ".join(told.points),
        "lens asks for": told.asked_for,
        "how to meet it": told.fix,
        "page": told.page,
    }
    for name, words in rows.items():
        if words:
            table.add_row(name, Text(words))
    return table
