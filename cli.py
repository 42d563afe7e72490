"""The command line, thin: each command reads the configuration, calls one flow, and shows its answer."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from config.errors import LifecycleError
    from config.settings import Settings

HELP = "Takes a model through the machine-learning lifecycle, past gates that can refuse."
EXITS = "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 a gate refused, 4 superseded, 5 integrity alarm."

app = typer.Typer(name="lifecycle", help=HELP, epilog=EXITS, no_args_is_help=True, add_completion=False)
app_of_config = typer.Typer(help="The settings in force, and where each came from.", no_args_is_help=True)
app_of_schedule = typer.Typer(help="Monitoring, retraining and drills by the calendar.", no_args_is_help=True)
app.add_typer(app_of_config, name="config")
app.add_typer(app_of_schedule, name="schedule")

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Practice = Annotated[str, typer.Argument(help="An id of the lens, 2023 or 2025: MLSEC-05 or MLSEC03-BP04.")]
Owner = Annotated[str, typer.Option(help="Who states it.")]
Approver = Annotated[str, typer.Option(help="Who checked it; not the owner.")]
Evidence = Annotated[str, typer.Option(help="Link or path to what backs it.")]


class Rung(StrEnum):
    """The steps of the ladder."""

    STAGING = "staging"
    CHAMPION = "champion"


class Which(StrEnum):
    """The drills."""

    RESTORE = "restore"
    ROLLBACK = "rollback"
    TAMPER = "tamper"
    RESUME = "resume"
    ALL = "all"


class Format(StrEnum):
    """The forms of a review."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; whatever goes wrong ends in words and an exit code, never in a traceback."""
    from config.environment import prepare

    prepare()
    try:
        app(list(arguments) if arguments is not None else None)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the one place where every error becomes words
        from flows.endings import in_words

        _end(in_words(error), as_json="--json" in (arguments if arguments is not None else sys.argv))
    sys.exit(0)


def _end(error: "LifecycleError", *, as_json: bool) -> NoReturn:
    words = {"seen": error.seen, "expected": error.expected, "next": error.next_step}
    for label, text in words.items():
        if text:
            typer.echo(f"{label + ':':<10}" + text.replace("\n", "\n" + " " * 10), err=True)
    if as_json:
        import json

        typer.echo(json.dumps({"schema": 1, "error": words, "exit_code": error.exit_code}, ensure_ascii=False))
    sys.exit(error.exit_code)


def _settings() -> "Settings":
    from config.load import load

    return load()


@app.command()
def run(
    explore: Annotated[
        bool, typer.Option(help="Run on past a refusal; the candidate is unpromotable for good.")
    ] = False,
    force: Annotated[bool, typer.Option(help="Run every stage, up to date or not.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the whole lifecycle; what is up to date is skipped."""
    settings = _settings()
    from flows import operating, show

    show.show(operating.run(settings, explore=explore, force=force), operating.words, as_json=as_json)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show stages, aliases, the last decision, and what is due."""
    settings = _settings()
    from flows import show
    from flows import status as flow

    show.show(flow.status(settings), flow.words, as_json=as_json)


@app.command()
def review(
    form: Annotated[Format, typer.Option("--format", help="Table, JSON, or an HTML file.")] = Format.TABLE,
    as_json: AsJson = False,
) -> None:
    """Ask every practice of the lens, as the project stands."""
    settings = _settings()
    from flows import review as flow
    from flows import show

    found = flow.review_project(settings)
    if form is Format.HTML:
        typer.echo(flow.write_html(found))
    else:
        show.show(found, show.review, as_json=as_json or form is Format.JSON)


@app.command()
def plan(as_json: AsJson = False) -> None:
    """Say what to do next: open practices by risk, gates held and effort."""
    settings = _settings()
    from flows import guidance, show

    show.show(guidance.plan(settings), show.plan, as_json=as_json)


@app.command()
def explain(practice: Practice, as_json: AsJson = False) -> None:
    """Explain a practice: what it asks, why, what shows it, and how to meet it."""
    _settings()
    from flows import guidance, show

    show.show(guidance.explain(practice), show.explained, as_json=as_json)


@app.command()
def promote(
    to: Annotated[Rung, typer.Option(help="The alias that is to move.")] = Rung.CHAMPION, as_json: AsJson = False
) -> None:
    """Let an alias follow its gate's stored decision."""
    settings = _settings()
    from flows import ladder, show

    show.show(ladder.promote(settings, to.value), show.moved, as_json=as_json)


@app.command()
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
    settings = _settings()
    from flows import hand, ladder, show

    if in_prefect:
        show.show(hand.approve(settings), show.moved, as_json=as_json)
    elif replace_champion:
        show.show(ladder.replace_champion(settings, by, because), show.let_go, as_json=as_json)
    else:
        show.show(ladder.approve(settings, by), show.approved, as_json=as_json)


@app.command()
def rollback(
    to: Annotated[int | None, typer.Option(help="A version that served before; otherwise the last good one.")] = None,
    because: Annotated[str, typer.Option(help="Why; it stands in the ledger.")] = "rolled back by hand",
    as_json: AsJson = False,
) -> None:
    """Bring back what served before, after loading it and asking it the golden rows."""
    settings = _settings()
    from flows import ladder, show

    show.show(ladder.roll_back(settings, to, because), show.moved, as_json=as_json)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Recompute the ledger's chain, digests and signatures; name the first broken link."""
    settings = _settings()
    from flows import ladder, show

    found = ladder.verify(settings)
    show.show(found, show.verification, as_json=as_json)
    raise typer.Exit(0 if found.sound else 5)


@app.command()
def ledger(
    last: Annotated[int | None, typer.Option(min=1, help="Only so many of the newest entries.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every decision, promotion, refusal and rollback."""
    settings = _settings()
    from flows import ladder, show

    show.show(ladder.history(settings, last), show.history, as_json=as_json)


@app.command()
def reproduce(
    version: Annotated[int, typer.Argument(min=1, help="A registered version.")], as_json: AsJson = False
) -> None:
    """Build a version again from its commit and its data, and compare: digests first, then metrics."""
    settings = _settings()
    from flows import reproduction as flow
    from flows import show

    told = flow.reproduce(settings, version)
    show.show(told, flow.words, as_json=as_json)
    raise typer.Exit(0 if told.passed else 3)


@app.command()
def attest(
    practice: Practice,
    statement: Annotated[str, typer.Option(help="What is attested, in a sentence.")],
    owner: Owner,
    approver: Approver,
    evidence: Evidence,
    days: Annotated[int, typer.Option(min=1, max=365, help="For how long.")] = 365,
    as_json: AsJson = False,
) -> None:
    """State what no code can measure, with a name, an approver and an end."""
    settings = _settings()
    from flows import show, statements

    said = {"statement": statement, "owner": owner, "approver": approver, "evidence": evidence}
    show.show(statements.attest(settings, practice, days=days, **said), show.stated, as_json=as_json)


@app.command()
def waive(
    practice: Practice,
    reason: Annotated[str, typer.Option(help="Why it is acceptable, in a sentence.")],
    owner: Owner,
    approver: Approver,
    evidence: Evidence,
    first: Annotated[int, typer.Option("--from-version", min=1, help="First version it holds for.")],
    last: Annotated[int, typer.Option("--to-version", min=1, help="Last version it holds for.")],
    days: Annotated[int, typer.Option(min=1, max=90, help="For how long.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Accept one unmet practice for some versions and some days."""
    settings = _settings()
    from flows import show, statements

    said = {"reason": reason, "owner": owner, "approver": approver, "evidence": evidence}
    waived = statements.waive(settings, practice, days=days, first=first, last=last, **said)
    show.show(waived, show.stated, as_json=as_json)


@app.command()
def monitor(window: Annotated[str, typer.Argument(help="A month: 2013-09.")], as_json: AsJson = False) -> None:
    """Judge the live model on one window: data, drift, performance, service."""
    settings = _settings()
    from flows import hand, show

    report = hand.monitor(settings, window)
    from flows import monitoring

    show.show(report, monitoring.words, as_json=as_json)


@app.command()
def retrain(
    cause: Annotated[str, typer.Option(help="Why; it stands in the ledger.")] = "hand", as_json: AsJson = False
) -> None:
    """Train anew if there is a cause; the same gates, no side door."""
    settings = _settings()
    from flows import hand, show

    told = hand.retrain(settings, cause)
    from flows import retraining

    show.show(told, retraining.words, as_json=as_json)


@app.command()
def drill(
    which: Annotated[Which, typer.Argument(help="What is practised.")] = Which.ALL, as_json: AsJson = False
) -> None:
    """Practise recovery on copies of what is real: restore, rollback, tamper, resume; the live aliases stay."""
    settings = _settings()
    from flows import drills, show

    done = drills.drill(settings, drills.named(which.value))
    show.show(done, drills.words, as_json=as_json)
    raise typer.Exit(0 if done.passed else 3)


@app.command()
def backup(
    folder: Annotated[Path | None, typer.Argument(help="Where to; otherwise `backup` of config/runtime.yaml.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write registry, ledger, public key and the packages of the named versions elsewhere, and verify them there."""
    settings = _settings()
    from flows import drills, show

    show.show(drills.back_up(settings, folder), drills.written, as_json=as_json)


@app_of_schedule.command("serve")
def schedule_serve(
    every: Annotated[
        float | None, typer.Option(min=1, help="Seconds in place of the crons of monitoring and retraining.")
    ] = None,
) -> None:
    """Run monitoring, retraining and drills by the calendar until stopped."""
    settings = _settings()
    from datetime import timedelta

    from flows import names, schedules

    names.resolve(settings)
    schedules.serve(settings, every=timedelta(seconds=every) if every else None)


@app.command()
def serve(port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8000) -> None:
    """Serve the champion on this machine until stopped."""
    settings = _settings()
    from flows import service

    service.serve_champion(settings, port=port)


@app.command()
def ui() -> None:
    """Open the MLflow and Prefect interfaces on this project's stores until stopped."""
    settings = _settings()
    from flows import service

    service.open_interfaces(settings)


@app.command()
def prove(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers of docs/proof.md; none: all of them.")] = None,
    quick: Annotated[bool, typer.Option(help="Each defect once, on the flights alone.")] = False,
    keep: Annotated[bool, typer.Option(help="Leave the worlds of the defects in place, to look into.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plant every known defect into a copy of this project, and show which ones its gates catch."""
    _settings()
    from proving import run as proof
    from proving import table

    told = proof.prove(ids or [], quick=quick, keep=keep)
    table.show(told, as_json=as_json)
    raise typer.Exit(0 if told.proof.holds else 3)


@app_of_config.command("show")
def config_show(as_json: AsJson = False) -> None:
    """Show every value in force, and the file and line, the variable or the default it came from."""
    from config.load import explain
    from flows import show

    show.show(explain(), show.settings, as_json=as_json)


@app_of_config.command("schema")
def config_schema() -> None:
    """Print the JSON schema of the configuration."""
    import json

    from config.load import schema

    typer.echo(json.dumps(schema(), indent=2, ensure_ascii=False))


@app_of_config.command("check")
def config_check(as_json: AsJson = False) -> None:
    """Read every file and resolve every name; nothing else is done."""
    settings = _settings()
    from flows import names, show

    names.resolve(settings)
    show.show({"schema": 1, "sound": True}, show.sound, as_json=as_json)


if __name__ == "__main__":
    main()
