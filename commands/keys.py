"""The commands for consumers of the scoring server: keys add, list, renew, revoke."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import AsJson, settings_in_force

if TYPE_CHECKING:
    from config.settings.serving import Serving

app = typer.Typer(help="Consumers of the scoring server and their keys.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The consumer, as the access log names it.")]


Often = Annotated[int | None, typer.Option(min=0, help="Requests a minute; 0: no limit. Else as the settings say.")]


@app.command()
def add(name: Name, per_minute: Often = None, as_json: AsJson = False) -> None:
    """Give a consumer a key; it is shown once and kept as a hash alone."""
    serving = _serving()
    from flows import show
    from tasks.consumers import add_consumer

    key = add_consumer(Path(serving.keys_file), name, days=serving.key_days, per_minute=per_minute)
    told = {"schema": 1, "consumer": name, "key": key}
    show.show(told, lambda it: [str(it["key"]), f"{name}'s key; it is not shown again"], as_json=as_json)


@app.command("list")
def list_consumers(as_json: AsJson = False) -> None:
    """List the consumers that have a key."""
    serving = _serving()
    from flows import show
    from tasks.consumers import read_consumers

    known = [
        {"consumer": one.name, "added": one.added, "expires": one.expires, "per_minute": one.per_minute}
        for one in read_consumers(Path(serving.keys_file))
    ]
    told = [f"{one['added']}  until {one['expires'] or 'it is revoked'}  {one['consumer']}" for one in known]
    words = "\n".join(told) or "no consumer has a key"
    show.show({"schema": 1, "consumers": known}, lambda _: [words], as_json=as_json)


@app.command()
def renew(name: Name, as_json: AsJson = False) -> None:
    """Say that a consumer was looked at and may go on asking: its key counts for another term."""
    serving = _serving()
    from flows import show
    from tasks.consumers import renew_consumer

    kept = renew_consumer(Path(serving.keys_file), name, days=serving.key_days)
    told = {"schema": 1, "consumer": kept.name, "expires": kept.expires}
    show.show(told, lambda it: [f"{it['consumer']} may ask until {it['expires']}"], as_json=as_json)


@app.command()
def revoke(name: Name, as_json: AsJson = False) -> None:
    """Take a consumer's key away; a running server notices within a second."""
    serving = _serving()
    from flows import show
    from tasks.consumers import revoke_consumer

    gone = revoke_consumer(Path(serving.keys_file), name)
    told = {"schema": 1, "consumer": gone.name, "added": gone.added}
    show.show(told, lambda it: [f"{it['consumer']} has no key any more"], as_json=as_json)


def _serving() -> "Serving":
    return settings_in_force().runtime.serving
