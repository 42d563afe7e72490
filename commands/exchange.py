"""The commands that exchange lenses and answers with AWS's Well-Architected Tool: lens lint, import, export."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands.options import AsJson, settings_in_force

app = typer.Typer(help="Lenses and answers to and from AWS's Well-Architected Tool.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A custom-lens file, schemaVersion 2021-11-01.")]


class What(StrEnum):
    """What can be given out."""

    LENS = "lens"
    ANSWERS = "answers"


@app.command()
def lint(file: File, as_json: AsJson = False) -> None:
    """Look a custom lens over: format, limits, rules never reached, practices that change nothing."""
    from flows import exchange, exchange_words, show

    found = exchange.lint(file)
    show.show(found, exchange_words.linted, as_json=as_json)
    raise typer.Exit(0 if found.sound else 2)


@app.command("import")
def take_in(
    file: File,
    name: Annotated[str, typer.Option("--as", help="What its practices' ids begin with: ACME gives ACME-01.")] = "",
    version: Annotated[str, typer.Option("--lens-version", help="Its version; a file does not tell.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take a custom lens into this project: its practices can be stated, and hold gates."""
    settings_in_force()
    from flows import exchange, exchange_words, show

    show.show(exchange.take_in(file, name=name, version=version), exchange_words.taken_in, as_json=as_json)


@app.command("export")
def give_out(
    what: Annotated[What, typer.Argument(help="This project's lens, or a review's answers.")],
    file: Annotated[Path | None, typer.Argument(help="Where to; otherwise reports/aws/.")] = None,
    lens: Annotated[str, typer.Option("--lens", help="An imported lens in place of the project's own.")] = "",
    push: Annotated[bool, typer.Option("--push", help="Send the answers, through boto3.")] = False,
    workload_id: Annotated[str, typer.Option(help="The workload that gets them.")] = "",
    endpoint_url: Annotated[str, typer.Option(help="Another endpoint than AWS's own.")] = "",
    lens_alias: Annotated[str, typer.Option(help="Alias or ARN; otherwise the workload's lens of that name.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write a lens the WA Tool takes in, or the review's answers as its requests; send them on demand."""
    if push and not (workload_id and what is What.ANSWERS):
        raise typer.BadParameter("--push sends answers, and needs --workload-id")
    settings = settings_in_force()
    from flows import exchange, exchange_words, show

    if what is What.LENS:
        found = exchange.give_out_lens(file, lens)
    else:
        to = exchange.Workload(workload_id, lens_alias, endpoint_url) if push else None
        found = exchange.give_out_answers(settings, file, lens, to)
    show.show(found, exchange_words.given_out, as_json=as_json)
    raise typer.Exit(1 if found.pushed and found.pushed.refused else 0)
