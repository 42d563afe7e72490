"""The commands that show the settings in force."""

import typer

from commands.options import AsJson, settings_in_force

app = typer.Typer(help="The settings in force, and where each came from.", no_args_is_help=True)


@app.command("show")
def config_show(as_json: AsJson = False) -> None:
    """Show every value in force, and the file and line, the variable or the default it came from."""
    from config.load import explain
    from flows import show

    show.show(explain(), show.settings, as_json=as_json)


@app.command("schema")
def config_schema() -> None:
    """Print the JSON schema of the configuration."""
    import json

    from config.load import schema

    typer.echo(json.dumps(schema(), indent=2, ensure_ascii=False))


@app.command("check")
def config_check(as_json: AsJson = False) -> None:
    """Read every file, imported lenses too, and resolve every name; nothing else is done."""
    settings = settings_in_force()
    from flows import names, show
    from lens_checks import catalogue

    names.resolve(settings)
    catalogue.load()
    show.show({"schema": 1, "sound": True}, show.sound, as_json=as_json)
