"""The registry is read without MLflow, and says the same as MLflow."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from config.errors import LifecycleError
from tasks.aliases import Aliases, read_aliases
from tests.tasks.release_world import World


def test_sqlite_says_what_mlflow_says(tmp_path: Path, mlflow_template: Path) -> None:
    from mlflow import MlflowClient

    shutil.copy(mlflow_template, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    for model in ("ours", "theirs"):
        client.create_registered_model(model, tags={"ledger_head": f"7:{model}"})
        client.create_model_version(model, "somewhere")
        client.set_registered_model_alias(model, "champion", "1")
    assert read_aliases(uri, "ours") == Aliases({"champion": 1}, "7:ours")
    assert read_aliases(uri, "nobody's") == Aliases()


def test_no_database_is_an_empty_registry(tmp_path: Path) -> None:
    assert read_aliases(f"sqlite:///{tmp_path}/mlflow.db", "ours") == Aliases()
    assert not list(tmp_path.iterdir())


@contextmanager
def server(status: int, body: object) -> Iterator[str]:
    """Answer every request as a tracking server would."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None: ...

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()


MODEL = {
    "registered_model": {
        "aliases": [{"alias": "champion", "version": "3"}],
        "tags": [{"key": "ledger_head", "value": "9:abc"}],
    }
}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        pytest.param(200, MODEL, Aliases({"champion": 3}, "9:abc"), id="a model"),
        pytest.param(200, {"registered_model": {}}, Aliases(), id="a model without aliases"),
        pytest.param(404, {}, Aliases(), id="no model"),
    ],
)
def test_a_tracking_server_is_asked(status: int, body: object, said: Aliases) -> None:
    with server(status, body) as uri:
        assert read_aliases(uri, "ours") == said


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:9", "postgresql://nowhere", pytest.param("sqlite:////etc/hostname", id="no database")]
)
def test_what_cannot_be_read_is_told(uri: str) -> None:
    with pytest.raises(LifecycleError, match="cannot be read"):
        read_aliases(uri, "ours")


MOVES = {
    "where it was": (1, 1, 2, True),
    "moved meanwhile": (2, 1, 3, False),
    "nowhere yet": (None, None, 1, True),
    "set meanwhile": (2, None, 1, False),
    "taken away": (1, 1, None, True),
    "moved meanwhile, and not taken away": (2, 1, None, False),
    "taken away meanwhile": (None, 1, 2, False),
    "there already": (1, 1, 1, True),
    "not there any more": (2, 1, 1, False),
}


@pytest.mark.parametrize("uri", [None, "http://a-tracking-server"], ids=["SQLite", "a tracking server"])
def test_an_alias_moves_only_from_where_it_was(world: World, uri: str | None) -> None:
    """What a server lacks is told by its address; the client is the same."""
    ours = world.stores.registry
    ours.ensure()
    for _ in range(3):
        ours.client.create_model_version(ours.model, "file:///nowhere", await_creation_for=0)
    for name, (stands, before, after, moved) in MOVES.items():
        ours.point("champion", stands)
        registry = replace(ours, uri=uri or ours.uri)
        assert registry.swap("champion", before=before, after=after) is moved, name
        assert registry.alias("champion") == (after if moved else stands), name
