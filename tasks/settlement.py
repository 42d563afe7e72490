"""Moves of an alias: one at a time, closed in the ledger, and settled after whatever interrupted them."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm, LifecycleError
from tasks import history, packaging
from tasks.failpoints import failpoint
from tasks.ledger import Decision, Entry, Kind
from tasks.registry import Version
from tasks.stores import Stores


class Bypassed(IntegrityAlarm):
    """Somebody moved the champion alias past the gates."""


@dataclass(frozen=True)
class Move:
    """What a promotion or a rollback did to an alias."""

    alias: str
    version: int | None
    before: int | None
    entry: int | None
    changed: bool


@contextlib.contextmanager
def promotion_lock(state: Path, *, patience_seconds: float) -> Iterator[None]:
    """Hold the one lock under which aliases move; the kernel frees it when its holder ends."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(state / "promotion.lock", "a+") as lock:
        until = time.monotonic() + patience_seconds
        while not _taken(lock.fileno()):
            if time.monotonic() >= until:
                raise LifecycleError(
                    "another promotion or rollback is under way", expected="one at a time",
                    next_step="wait for it to end, then run the command again",
                )  # fmt: skip
            time.sleep(0.05)
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def fetch_verified(version: Version, decision: Decision, stores: Stores) -> packaging.Package:
    """Download a version's package afresh and verify digests and signature; what fails is an IntegrityAlarm."""
    folder = stores.registry.fetch(version.source, stores.state / "models" / str(version.number))
    package = packaging.verify(folder, digest=decision.model_digest, keys_folder=stores.ledger.keys)
    if package.package_digest != decision.figures.get("package_digest"):
        raise IntegrityAlarm(
            f"the package of version {version.number} is signed, but is not the one that was decided on",
            expected="the same golden rows and contract", next_step="run `lifecycle run`",
        )  # fmt: skip
    return package


def finish(intent: Entry, stores: Stores) -> Move:
    """Read back a moved alias and close its intent; also what recovery does after a crash."""
    body = intent.body
    alias, version, before = body["alias"], int(body["version"]), body["from"]
    if stores.registry.alias(alias) != version:
        raise _bypassed(alias, stores, intent, expected=version)
    if alias == "champion":
        _keep_previous(body, stores)
    failpoint("promote.read_back")
    kind = Kind.ROLLBACK if body["action"] == "rollback" else Kind.DONE
    done = stores.record(kind, {**body, "intent": intent.number})
    failpoint("promote.done")
    return Move(alias, version, before, done.number, changed=True)


def _keep_previous(body: dict[str, Any], stores: Stores) -> None:
    """Let `previous` name what a rollback would bring back."""
    previous = body.get("previous") if body["action"] == "rollback" else body["from"]
    if previous != stores.registry.alias("previous"):
        stores.registry.point("previous", previous)


def settle(stores: Stores) -> list[Entry]:
    """Close what an interrupted promotion left open, and see that champion stands where the ledger says (Bypassed)."""
    entries = stores.trusted()
    for intent in history.open_intents(entries):
        _settle_one(intent, stores)
        failpoint("settle.closed")
        entries = stores.trusted()
    said, seen = history.standing(entries, "champion"), stores.registry.alias("champion")
    if said != seen:
        raise _bypassed("champion", stores, None, expected=said)
    return entries


def _settle_one(intent: Entry, stores: Stores) -> None:
    body, seen = intent.body, stores.registry.alias(intent.body["alias"])
    if seen == body["version"]:
        decision = Decision.read(stores.ledger.entry(body["decision"]).body)
        fetch_verified(stores.registry.version(body["version"]), decision, stores)
        finish(intent, stores)
    elif seen == body["from"]:
        stores.record(Kind.ABORTED, {**body, "intent": intent.number, "because": "interrupted before the alias moved"})
    elif body["alias"] == "champion":
        raise _bypassed(body["alias"], stores, intent, expected=body["from"])
    else:  # staging serves nobody: what it names is taken from the ledger, and the next promotion puts it right
        because = f"somebody let {body['alias']} name version {seen} meanwhile"
        stores.record(Kind.ABORTED, {**body, "intent": intent.number, "because": because})


def _bypassed(alias: str, stores: Stores, intent: Entry | None, *, expected: int | None) -> Bypassed:
    """Record that somebody moved an alias past the gates; until it stands right, nothing is promoted."""
    seen = stores.registry.alias(alias)
    body = {"alias": alias, "seen": seen, "expected": expected, "intent": intent.number if intent else None}
    last = stores.ledger.head()
    if last is None or last.kind != Kind.ALARM or last.body != body:
        stores.record(Kind.ALARM, body)
    return Bypassed(
        f"alias {alias!r} names version {seen}, which no promotion of ours did: promotions are frozen",
        expected=f"version {expected}", next_step="find out who moved it; `lifecycle rollback` puts it right",
    )  # fmt: skip
