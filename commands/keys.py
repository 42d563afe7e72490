"""The commands for consumers of the scoring server: keys add, list, revoke."""

from pathlib import Path
from typing import Annotated

import typer

from commands.options import AsJson, settings_in_force

app = typer.Typer(help="Consumers of the scoring server and their keys.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The consumer, as the access log names it.")]


@app.command()
def add(name: Name, as_json: AsJson = False) -> None:
    """Give a consumer a key; it is shown once and kept as a hash alone."""
    place = _place()
    from flows import show
    from tasks.consumers import add_consumer

    told = {"schema": 1, "consumer": name, "key": add_consumer(place, name)}
    show.show(told, lambda it: [str(it["key"]), f"{name}'s key; it is not shown again"], as_json=as_json)


@app.command("list")
def list_consumers(as_json: AsJson = False) -> None:
    """List the consumers that have a key."""
    place = _place()
    from flows import show
    from tasks.consumers import read_consumers

    known = [{"consumer": consumer.name, "added": consumer.added} for consumer in read_consumers(place)]
    words = "\n".join(f"{one['added']}  {one['consumer']}" for one in known) or "no consumer has a key"
    show.show({"schema": 1, "consumers": known}, lambda _: [words], as_json=as_json)


@app.command()
def revoke(name: Name, as_json: AsJson = False) -> None:
    """Take a consumer's key away; a running server notices within a second."""
    place = _place()
    from flows import show
    from tasks.consumers import revoke_consumer

    gone = revoke_consumer(place, name)
    told = {"schema": 1, "consumer": gone.name, "added": gone.added}
    show.show(told, lambda it: [f"{it['consumer']} has no key any more"], as_json=as_json)


def _place() -> Path:
    return Path(settings_in_force().runtime.serving.keys_file)
