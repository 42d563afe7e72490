"""One open question as a person is asked it: why it matters, what would show it, and what the machine already saw."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lens_checks.catalogue import Catalogue
from lens_checks.checkpoint import SETTLED, PracticeResult
from lens_checks.explain import explain
from lens_checks.review import Review


def waiting(review: Review) -> tuple[PracticeResult, ...]:
    """List what waits for a person's word, in the order of the plan; last what only an example answers."""
    results = {result.id: result for result in review.practices}
    planned = (results[item.id] for item in review.plan)
    wordless = tuple(r for r in planned if r.attested not in (None, *SETTLED))
    return (*wordless, *(results[id] for id in review.example_statements if results[id] not in wordless))


def sheet(result: PracticeResult, catalogue: Catalogue, *, number: int, of: int) -> RenderableType:
    """Show the question to the person who is asked it."""
    told = explain(catalogue.practices[result.id], catalogue)
    head = Text(f"\n{number} of {of}   {told.id} ({told.id_2025})   {told.title}", style="bold")
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    rows = {
        "question": told.question,
        "why": told.risk,
        "key points": "; ".join(told.points),
        "what counts": told.asked_for,
        "what was seen": result.because,
        "page": told.page,
    }
    for name, words in rows.items():
        if words:
            table.add_row(name, Text(words))
    return Group(head, table, Text(""))
