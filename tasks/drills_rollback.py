"""The rollback drill: a scratch copy of registry and ledger, and in it the rollback that a bad champion would get."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config.errors import LifecycleError
from tasks import backup, history
from tasks.drills import copy_ledger
from tasks.ledger import Entry, Kind
from tasks.registry import Registry, Version
from tasks.rollback import ALIAS, roll_back
from tasks.settlement import Move, finish
from tasks.stores import Facts, Stores
from tasks.tracking import database_file

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class RolledBack:
    """A rollback in the scratch copy, and the stores in which it can be verified."""

    move: Move
    seconds: float
    planted: bool  # the version rolled back from was made for the drill
    stores: Stores


def copy_stores(place: Path, stores: Stores) -> Stores:
    """Copy registry and ledger; the copies sign with the project's key, and name packages where they lie."""
    from mlflow import MlflowClient

    live = database_file(stores.registry.uri)
    if live is None:
        raise LifecycleError(
            f"the registry {stores.registry.uri} is a server: it cannot be copied to a scratch place",
            expected="a registry in SQLite",
            next_step="practise on a copy of the server: `lifecycle rollback` there, then `lifecycle verify`",
        )
    backup.copy_database(live, place / "mlflow.db")
    uri = f"sqlite:///{place / 'mlflow.db'}"
    registry = Registry(MlflowClient(tracking_uri=uri, registry_uri=uri), stores.registry.model, uri)
    return Stores(registry, copy_ledger(stores, place / "ledger"), place / ".lifecycle", place / "reports")


def roll_back_in(place: Path, *, stores: Stores, current: Facts, actor: str) -> RolledBack:
    """Roll back for real in a scratch copy; where nothing served before, from a twin of the champion made there."""
    copies = copy_stores(place, stores)
    entries = copies.trusted()
    planted = not history.served_before(entries)
    if planted:
        plant_twin(entries, copies)
    start = time.monotonic()
    move = roll_back(
        to=None, stores=copies, current=current, actor=actor, cause="drill", patience_seconds=PATIENCE_SECONDS
    )
    return RolledBack(move, time.monotonic() - start, planted, copies)


def plant_twin(entries: list[Entry], copies: Stores) -> Version:
    """Let champion name a second version of the same bytes, in the scratch copy alone (LifecycleError)."""
    standing = history.standing(entries, ALIAS)
    if standing is None:
        raise LifecycleError(
            "nothing was ever promoted, so there is nothing to roll back to", expected="a champion",
            next_step="lifecycle run",
        )  # fmt: skip
    version = copies.registry.version(standing)
    made = copies.registry.client.create_model_version(
        copies.registry.model, version.source, version.run_id, tags=version.tags, await_creation_for=0
    )
    twin = replace(version, number=int(made.version))
    last = history.moves(entries, ALIAS)[-1]
    body: dict[str, Any] = {**last.body, "action": "promotion", "version": twin.number, "from": standing}
    intent = copies.record(Kind.INTENT, body)
    copies.registry.point(ALIAS, twin.number)
    finish(intent, copies)
    return twin
