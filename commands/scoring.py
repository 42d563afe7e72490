"""The command that scores a batch of rows with the champion: score."""

from pathlib import Path
from typing import Annotated

import typer

from commands.options import AsJson, settings_in_force

PANEL = "The lifecycle"
ROWS_REFUSED = 3

app = typer.Typer()


@app.command(rich_help_panel=PANEL)
def score(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="CSV or Parquet: a file, a folder, a pattern; or a database's address.")
    ],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="A file that ends in .parquet or .csv.")],
    table: Annotated[str, typer.Option(help="The table of a database.")] = "",
    query: Annotated[str, typer.Option(help="A query in its place; let it name an order.")] = "",
    key: Annotated[
        list[str] | None, typer.Option(help="A column to carry along; otherwise the keys of config/data.yaml.")
    ] = None,
    at: Annotated[str, typer.Option(help="The time that answers carry; otherwise now.")] = "",
    as_json: AsJson = False,
) -> None:
    """Score rows with the champion; what does not fit its contract goes to OUT.faults.csv, and ends with 3."""
    settings = settings_in_force()
    from flows import batch, show

    scored = batch.score(settings, batch.Asked(source, output, table, query, tuple(key or ()), at))
    show.show(scored, batch.words, as_json=as_json)
    raise typer.Exit(ROWS_REFUSED if scored.refused else 0)
