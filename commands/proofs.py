"""The commands that prove and practise: prove, reproduce, drill, backup."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands.options import AsJson, settings_in_force

PANEL = "Proofs"

app = typer.Typer()


class Which(StrEnum):
    """The drills."""

    RESTORE = "restore"
    ROLLBACK = "rollback"
    TAMPER = "tamper"
    RESUME = "resume"
    ACCESS = "access"
    DECAY = "decay"
    SCALE = "scale"
    FEEDBACK = "feedback"
    SEARCH = "search"
    ALL = "all"


@app.command(rich_help_panel=PANEL)
def prove(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers of docs/proof.md; none: all of them.")] = None,
    quick: Annotated[bool, typer.Option(help="Each defect once, on the flights alone.")] = False,
    keep: Annotated[bool, typer.Option(help="Leave the worlds of the defects in place, to look into.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plant every known defect into a copy of this project, and show which ones its gates catch."""
    settings_in_force()
    from proving import run as proof
    from proving import table

    told = proof.prove(ids or [], quick=quick, keep=keep)
    table.show(told, as_json=as_json)
    raise typer.Exit(0 if told.holds else 3)


@app.command(rich_help_panel=PANEL)
def reproduce(
    version: Annotated[int, typer.Argument(min=1, help="A registered version.")], as_json: AsJson = False
) -> None:
    """Build a version again from its commit and its data, and compare: digests first, then metrics."""
    settings = settings_in_force()
    from flows import reproduction as flow
    from flows import show

    told = flow.reproduce(settings, version)
    show.show(told, flow.words, as_json=as_json)
    raise typer.Exit(0 if told.passed else 3)


@app.command(rich_help_panel=PANEL)
def drill(
    which: Annotated[Which, typer.Argument(help="What is practised.")] = Which.ALL, as_json: AsJson = False
) -> None:
    """Practise what may go wrong, on copies of what is real, by name or all; the live aliases stay."""
    settings = settings_in_force()
    from flows import drills, show

    done = drills.drill(settings, drills.named(which.value))
    show.show(done, drills.words, as_json=as_json)
    raise typer.Exit(0 if done.passed else 3)


@app.command(rich_help_panel=PANEL)
def backup(
    folder: Annotated[Path | None, typer.Argument(help="Where to; otherwise `backup` of config/runtime.yaml.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write registry, ledger, public key and the packages of the named versions elsewhere, and verify them there."""
    settings = settings_in_force()
    from flows import drills, show

    show.show(drills.back_up(settings, folder), drills.written, as_json=as_json)
