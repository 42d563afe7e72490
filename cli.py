"""The command line: the groups of commands in one, and the one place where every error becomes words."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import typer

from commands import configuration, exchange, keys, ladder, lens, lifecycle, proofs, scoring

if TYPE_CHECKING:
    from config.errors import LifecycleError

HELP = "Takes a model through the machine-learning lifecycle, past gates that can refuse."
EXITS = "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 a gate refused, 4 superseded, 5 integrity alarm."

app = typer.Typer(name="lifecycle", help=HELP, epilog=EXITS, no_args_is_help=True, add_completion=False)
for group in (lifecycle, scoring, lens, ladder, proofs):
    app.add_typer(group.app)
app.add_typer(exchange.app, name="lens", rich_help_panel=lens.PANEL)
app.add_typer(keys.app, name="keys", rich_help_panel=lifecycle.PANEL)
app.add_typer(configuration.app, name="config", rich_help_panel="Settings")


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


if __name__ == "__main__":
    main()
