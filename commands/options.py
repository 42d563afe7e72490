"""What several commands share: their options, and the settings they begin with."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from config.settings import Settings
    from lens_checks.selection import Selection

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Practice = Annotated[str, typer.Argument(help="An id of the lens, 2023 or 2025: MLSEC-05 or MLSEC03-BP04.")]
Owner = Annotated[str, typer.Option(help="Who states it.")]
Approver = Annotated[str, typer.Option(help="Who checked it; not the owner.")]
Evidence = Annotated[str, typer.Option(help="Link or path to what backs it.")]
Pillar = Annotated[list[str] | None, typer.Option(metavar="WORD", help="Only this pillar: security, cost, MLREL, …")]
Phase = Annotated[
    list[str] | None, typer.Option(metavar="WORD", help="Only this phase: data, development, monitoring, …")
]
Checkpoint = Annotated[
    list[str] | None, typer.Option(metavar="WORD", help="Only what is judged there: framing, release, …")
]
Verdict = Annotated[list[str] | None, typer.Option(metavar="WORD", help="Only these: met, not_met, unknown, waived, …")]
Risk = Annotated[list[str] | None, typer.Option(metavar="WORD", help="Only this risk: high, medium.")]


def settings_in_force() -> "Settings":
    """Read the configuration (ConfigError), before anything else is done."""
    from config.load import load

    return load()


def selected(**words: list[str] | None) -> "Selection":
    """Find what of the lens is meant by the words of the options (ConfigError)."""
    from lens_checks.selection import select

    return select(**{name: said or [] for name, said in words.items()})
