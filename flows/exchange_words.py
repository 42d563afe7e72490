"""What the exchange with AWS says to people: findings, what was taken in, what was given out, what was sent."""

import shlex
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from lens_checks.interchange.finding import Finding, Severity
from lens_checks.interchange.imported import cleaned

if TYPE_CHECKING:
    from flows.exchange import GivenOut, Linted, TakenIn
    from lens_checks.interchange.push import Pushed

SIGNS = {Severity.ERROR: "✗ error", Severity.WARNING: "! warning"}
ALIKE = 5  # findings of one kind that are shown


def linted(found: "Linted") -> Iterator[RenderableType]:
    """Show the findings, kind by kind, errors first."""
    named = cleaned(f"{found.name.strip() or 'a lens without a name'} {found.version}")
    parts = (("pillar", found.pillars), ("question", found.questions), ("choice", found.choices))
    yield Text(f"{named}: {', '.join(_count(number, word) for word, number in parts)}")
    yield from _findings(found.findings)
    if not found.sound:
        told = f"{_count(found.errors, 'error')}, {_count(found.warnings, 'warning')}"
        yield Text(f"✗ {told}: it cannot be taken in")
    elif found.warnings:
        yield Text(f"✓ no error, {_count(found.warnings, 'warning')}")
    else:
        yield Text("✓ nothing wrong, nothing odd")
    file = shlex.quote(str(found.file))
    yield Text(f"next: lifecycle lens import {file}" if found.sound else f"next: correct {found.file}")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _findings(findings: Iterable[Finding]) -> Iterator[RenderableType]:
    kinds = groupby(sorted(findings, key=_kind), key=_kind)
    table = Table(show_edge=False, expand=True)
    for name, ratio in (("finding", 0), ("where", 2), ("what", 3)):
        table.add_column(name, ratio=ratio or None, no_wrap=not ratio, overflow="fold")
    for (severity, code), alike in kinds:
        every = list(alike)
        for place, finding in enumerate(every[:ALIKE]):
            label = f"{SIGNS[Severity(severity)]}: {code}" if not place else ""
            table.add_row(label, Text(cleaned(finding.path)), Text(cleaned(finding.words)))
        if len(every) > ALIKE:
            table.add_row("", "", Text(f"and {len(every) - ALIKE} more; all with --json", style="dim"))
    if table.row_count:
        yield table


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.severity.value, finding.code  # error comes before warning


def taken_in(found: "TakenIn") -> Iterator[RenderableType]:
    """Say what the project has now."""
    yield from _findings(found.findings)
    yield Text(f"{cleaned(f'{found.name} {found.version}')}: kept in {found.folder}/{found.id}.json and .yaml")
    shared = f", {found.ours} more are practices of this project already" if found.ours else ""
    yield Text(f"{found.practices} practices{shared}; {len(found.new)} are new, {len(found.gone)} are gone")
    if found.practices:
        yield Text("They are stated with `lifecycle attest`; while a question is at high risk, no champion is let in.")
        yield Text(f"next: lifecycle explain {found.new[0] if found.new else found.id + '-01'}")
    else:
        yield Text("nothing is added; next: lifecycle review")


def given_out(found: "GivenOut") -> Iterator[RenderableType]:
    """Say what was written, and what became of it where it was sent."""
    yield Text(f"{found.what} of {cleaned(found.lens)}: {found.questions} questions, in {found.file}")
    if found.unanswered:
        yield Text(f"left alone, since nothing is known of them: {', '.join(found.unanswered)}")
    if found.pushed is not None:
        yield from _pushed(found.pushed)
    elif found.what == "answers":
        yield Text("next: `--push --workload-id ID` sends them into the WA Tool")
    else:
        yield Text(f"next: lifecycle lens lint {shlex.quote(str(found.file))}, then import it in the WA Tool")


def _pushed(sent: "Pushed") -> Iterator[RenderableType]:
    taken = [question for question in sent.questions if not question.refused]
    risks = ", ".join(f"{sum(q.risk == risk for q in taken)} {risk}" for risk in sorted({q.risk for q in taken} - {""}))
    yield Text(f"{len(taken)} of {len(sent.questions)} answers are in workload {sent.workload} now, lens {sent.lens}")
    if risks:
        yield Text(f"the WA Tool rates them: {risks}")
    for question in sent.refused:
        yield Text(f"✗ {question.question}: {question.refused}")
