"""Reads, and compares and sets, the model's aliases straight in their store: quick, and what MLflow has no call for."""

import contextlib
import json
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from config.errors import LifecycleError

ANSWER_SECONDS = 2.0  # a rollback is followed within ten, whether or not the registry answers


@dataclass(frozen=True)
class Aliases:
    """Which version each alias names, and the head of the ledger that the registry remembers."""

    versions: dict[str, int] = field(default_factory=dict)
    ledger_head: str | None = None


def read_aliases(tracking_uri: str, model: str) -> Aliases:
    """Read a registered model's aliases from SQLite or a tracking server; empty where it is not registered.

    Raises LifecycleError for a store that does not answer, or that is of another kind.
    """
    try:
        if tracking_uri.startswith("sqlite:///"):
            return _from_file(Path(tracking_uri.removeprefix("sqlite:///")), model)
        if tracking_uri.startswith(("http://", "https://")):
            return _from_server(tracking_uri.rstrip("/"), model)
    except (OSError, ValueError, KeyError, sqlite3.Error) as error:
        raise _silent(tracking_uri, str(error)) from error
    raise _silent(tracking_uri, "its kind is only read through MLflow")


def _from_file(path: Path, model: str) -> Aliases:
    if not path.exists():
        return Aliases()
    with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
        named = database.execute("SELECT alias, version FROM registered_model_aliases WHERE name = ?", (model,))
        versions = {str(alias): int(version) for alias, version in named}
        tags = database.execute("SELECT key, value FROM registered_model_tags WHERE name = ?", (model,))
        return Aliases(versions, dict(tags).get("ledger_head"))


def _from_server(uri: str, model: str) -> Aliases:
    query = urllib.parse.urlencode({"name": model})
    try:
        with urllib.request.urlopen(
            f"{uri}/api/2.0/mlflow/registered-models/get?{query}", timeout=ANSWER_SECONDS
        ) as answer:
            found = json.load(answer)["registered_model"]
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return Aliases()
        raise
    versions = {item["alias"]: int(item["version"]) for item in found.get("aliases", [])}
    return Aliases(versions, {item["key"]: item["value"] for item in found.get("tags", [])}.get("ledger_head"))


def swap(database: Path, model: str, alias: str, *, before: int | None, after: int | None) -> bool:
    """Let an alias name another version, in one statement, if it still names `before`; tell whether it did.

    MLflow sets an alias whatever it names; two clients would overwrite each other without noticing.
    """
    place = "workspace = 'default' AND name = ? AND alias = ?"
    with contextlib.closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        if before is None:
            new = "INSERT OR IGNORE INTO registered_model_aliases (name, alias, version) VALUES (?, ?, ?)"
            done = connection.execute(new, (model, alias, after))
        elif after is None:
            gone = f"DELETE FROM registered_model_aliases WHERE {place} AND version = ?"
            done = connection.execute(gone, (model, alias, before))
        else:
            moved = f"UPDATE registered_model_aliases SET version = ? WHERE {place} AND version = ?"
            done = connection.execute(moved, (after, model, alias, before))
        return done.rowcount == 1


def _silent(uri: str, why: str) -> LifecycleError:
    return LifecycleError(
        f"the registry {uri} cannot be read: {why}",
        expected="an MLflow store that answers",
        next_step="check `tracking_uri` in config/runtime.yaml",
    )
