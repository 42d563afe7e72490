"""The commands that run and operate the lifecycle: run, status, monitor, retrain, schedule, serve, ui."""

from typing import Annotated

import typer

from commands.options import AsJson, settings_in_force

PANEL = "The lifecycle"

app = typer.Typer()
app_of_schedule = typer.Typer(help="Monitoring, retraining, drills and reviews by the calendar.", no_args_is_help=True)
app.add_typer(app_of_schedule, name="schedule", rich_help_panel=PANEL)


@app.command(rich_help_panel=PANEL)
def run(
    explore: Annotated[
        bool, typer.Option(help="Run on past a refusal; the candidate is unpromotable for good.")
    ] = False,
    force: Annotated[bool, typer.Option(help="Run every stage, up to date or not.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the whole lifecycle; what is up to date is skipped."""
    settings = settings_in_force()
    from flows import operating, show

    show.show(operating.run(settings, explore=explore, force=force), operating.words, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def status(as_json: AsJson = False) -> None:
    """Show stages, aliases, the last decision, and what is due."""
    settings = settings_in_force()
    from flows import show
    from flows import status as flow

    show.show(flow.status(settings), flow.words, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def monitor(window: Annotated[str, typer.Argument(help="A month: 2013-09.")], as_json: AsJson = False) -> None:
    """Judge the live model on one window: data, drift, performance, service."""
    settings = settings_in_force()
    from flows import hand, show

    report = hand.monitor(settings, window)
    from flows import monitoring

    show.show(report, monitoring.words, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def retrain(
    cause: Annotated[str, typer.Option(help="Why; it stands in the ledger.")] = "hand", as_json: AsJson = False
) -> None:
    """Train anew if there is a cause; the same gates, no side door."""
    settings = settings_in_force()
    from flows import hand, show

    told = hand.retrain(settings, cause)
    from flows import retraining

    show.show(told, retraining.words, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def serve(port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8000) -> None:
    """Serve the champion on this machine until stopped."""
    settings = settings_in_force()
    from flows import service

    service.serve_champion(settings, port=port)


@app.command(rich_help_panel=PANEL)
def ui() -> None:
    """Open the MLflow and Prefect interfaces on this project's stores until stopped."""
    settings = settings_in_force()
    from flows import service

    service.open_interfaces(settings)


@app_of_schedule.command("serve")
def schedule_serve(
    every: Annotated[
        float | None, typer.Option(min=1, help="Seconds in place of the crons of monitoring and retraining.")
    ] = None,
) -> None:
    """Run monitoring, retraining, drills and reviews by the calendar until stopped."""
    settings = settings_in_force()
    from datetime import timedelta

    from flows import names, schedules

    names.resolve(settings)
    schedules.serve(settings, every=timedelta(seconds=every) if every else None)
