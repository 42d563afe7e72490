"""What several commands share: their options, and the settings they begin with."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from config.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Practice = Annotated[str, typer.Argument(help="An id of the lens, 2023 or 2025: MLSEC-05 or MLSEC03-BP04.")]
Owner = Annotated[str, typer.Option(help="Who states it.")]
Approver = Annotated[str, typer.Option(help="Who checked it; not the owner.")]
Evidence = Annotated[str, typer.Option(help="Link or path to what backs it.")]


def settings_in_force() -> "Settings":
    """Read the configuration (ConfigError), before anything else is done."""
    from config.load import load

    return load()
