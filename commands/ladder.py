"""The commands of the promotion ladder and its record: promote, approve, rollback, verify, ledger."""

from enum import StrEnum
from typing import Annotated

import typer

from commands.options import AsJson, settings_in_force

PANEL = "The ladder"

app = typer.Typer()


class Rung(StrEnum):
    """The steps of the ladder."""

    STAGING = "staging"
    CHAMPION = "champion"


@app.command(rich_help_panel=PANEL)
def promote(
    to: Annotated[Rung, typer.Option(help="The alias that is to move.")] = Rung.CHAMPION, as_json: AsJson = False
) -> None:
    """Let an alias follow its gate's stored decision."""
    settings = settings_in_force()
    from flows import ladder, show

    show.show(ladder.promote(settings, to.value), show.moved, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def approve(
    by: Annotated[str, typer.Option(help="The approver of config/charter.yaml.")] = "",
    in_prefect: Annotated[bool, typer.Option(help="Wait at the form in Prefect's interface, then promote.")] = False,
    replace_champion: Annotated[
        bool, typer.Option(help="Let go a champion that cannot be scored any more; the next run decides without it.")
    ] = False,
    because: Annotated[str, typer.Option(help="Why the champion may go; it stands in the ledger.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let a passed decision through, as the person whom the charter names."""
    if bool(by) == in_prefect:
        raise typer.BadParameter("give --by NAME, or --in-prefect for the form")
    if replace_champion != bool(because) or (replace_champion and in_prefect):
        raise typer.BadParameter("--replace-champion goes with --by NAME and --because REASON")
    settings = settings_in_force()
    from flows import hand, ladder, show

    if in_prefect:
        show.show(hand.approve(settings), show.moved, as_json=as_json)
    elif replace_champion:
        show.show(ladder.replace_champion(settings, by, because), show.let_go, as_json=as_json)
    else:
        show.show(ladder.approve(settings, by), show.approved, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def rollback(
    to: Annotated[int | None, typer.Option(help="A version that served before; otherwise the last good one.")] = None,
    because: Annotated[str, typer.Option(help="Why; it stands in the ledger.")] = "rolled back by hand",
    as_json: AsJson = False,
) -> None:
    """Bring back what served before, after loading it and asking it the golden rows."""
    settings = settings_in_force()
    from flows import ladder, show

    show.show(ladder.roll_back(settings, to, because), show.moved, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def verify(as_json: AsJson = False) -> None:
    """Recompute the ledger's chain, digests and signatures; name the first broken link."""
    settings = settings_in_force()
    from flows import ladder, show

    found = ladder.verify(settings)
    show.show(found, show.verification, as_json=as_json)
    raise typer.Exit(0 if found.sound else 5)


@app.command(rich_help_panel=PANEL)
def ledger(
    last: Annotated[int | None, typer.Option(min=1, help="Only so many of the newest entries.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every decision, promotion, refusal and rollback."""
    settings = settings_in_force()
    from flows import ladder, show

    show.show(ladder.history(settings, last), show.history, as_json=as_json)
