"""Moves of an alias: one at a time, closed in the ledger, and settled after whatever interrupted them."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm, LifecycleError
from tasks import history, locks, packaging
from tasks.failpoints import failpoint
from tasks.history import Owed
from tasks.ledger import Decision, Entry, Kind
from tasks.registry import Version
from tasks.stores import Stores

PATIENCE_SECONDS = 60.0  # for a promotion or rollback that is under way


class Bypassed(IntegrityAlarm):
    """The champion alias stands where no promotion of ours let it stand."""


@dataclass(frozen=True)
class Move:
    """What a promotion or a rollback did to an alias."""

    alias: str
    version: int | None
    before: int | None
    entry: int | None
    changed: bool


def promotion_lock(state: Path, *, patience_seconds: float) -> contextlib.AbstractContextManager[None]:
    """Hold the one lock under which aliases move (Busy)."""
    return locks.held(state / "promotion.lock", patience_seconds=patience_seconds, by="another promotion or rollback")


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


def fetch_standing(number: int, entries: list[Entry], stores: Stores) -> packaging.Package:
    """Fetch and verify a version by the decision that let it in; what fails is an IntegrityAlarm."""
    entry = history.let_in_by(entries, number)
    if entry is None or not (decision := Decision.read(entry.body)).lets_through or decision.version != number:
        raise IntegrityAlarm(
            f"no decision in the ledger let version {number} in", expected="one that passed, for each that serves",
            next_step="lifecycle verify",
        )  # fmt: skip
    return fetch_verified(stores.registry.version(number), decision, stores)


def finish(intent: Entry, stores: Stores) -> Move:
    """Read back a moved alias and close its intent; also what recovery does after a crash."""
    body = intent.body
    alias, version, before = body["alias"], body["version"], body["from"]
    if stores.registry.alias(alias) != version:
        raise bypassed(alias, stores, intent, expected=version)
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
    """Close what an interrupted promotion left open, make good what a rollback owes to the registry.

    Champion stands where the ledger says then (Bypassed).
    """
    entries = stores.trusted()
    for intent in history.open_intents(entries):
        _settle_one(intent, stores)
        failpoint("settle.closed")
        entries = stores.trusted()
    if (debt := history.owed(entries)) is not None:
        _make_good(debt, entries, stores)
        entries = stores.trusted()
    said, seen = history.standing(entries, "champion"), stores.registry.alias("champion")
    if said != seen:
        raise bypassed("champion", stores, None, expected=said)
    return entries


def _settle_one(intent: Entry, stores: Stores) -> None:
    body, seen = intent.body, stores.registry.alias(intent.body["alias"])
    if "owed" in body:  # no alias was to move here: where champion stands is looked at with what is owed
        because = "interrupted while the registry did not answer"
        stores.record(Kind.ABORTED, {**body, "intent": intent.number, "because": because})
    elif seen == body["version"]:
        _verify_moved(body, stores)
        finish(intent, stores)
    elif seen == body["from"]:
        stores.record(Kind.ABORTED, {**body, "intent": intent.number, "because": "interrupted before the alias moved"})
    elif body["alias"] == "champion":
        raise bypassed(body["alias"], stores, intent, expected=body["from"])
    else:  # staging serves nobody: what it names is taken from the ledger, and the next promotion puts it right
        because = f"somebody let {body['alias']} name version {seen} meanwhile"
        stores.record(Kind.ABORTED, {**body, "intent": intent.number, "because": because})


def _make_good(debt: Owed, entries: list[Entry], stores: Stores) -> None:
    """Let the aliases follow a rollback that did without the registry; one that somebody else moved is an alarm."""
    seen = stores.registry.alias("champion")
    if seen not in (debt.version, *debt.may_name["champion"]):
        raise bypassed("champion", stores, None, expected=debt.version)
    if debt.version is not None:
        _verify_owed(debt.version, entries, stores)
    if not stores.registry.swap("champion", before=seen, after=debt.version):
        raise bypassed("champion", stores, None, expected=seen)
    failpoint("settle.owed")
    previous = history.previous(entries)
    if previous != stores.registry.alias("previous"):
        stores.registry.point("previous", previous)
    body = {"alias": "champion", "version": debt.version, "from": seen, "previous": previous, "move": debt.entry}
    stores.record(Kind.SETTLED, body | {"because": f"the registry answers again: entry {debt.entry} owed it the alias"})


def _verify_owed(version: int, entries: list[Entry], stores: Stores) -> None:
    """See that what the registry keeps of a version is what serves from the server's own disk."""
    try:
        fetch_standing(version, entries, stores)
    except LifecycleError as error:
        raise Bypassed(
            f"champion is owed to the registry, whose version {version} is not sound: {error.seen}",
            expected="the package that serves", next_step="`lifecycle rollback` serves what is sound",
        ) from error  # fmt: skip


def settle_owed(stores: Stores, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Make good what is owed to the registry, where a ledger that can be read says so (Busy, IntegrityAlarm)."""
    try:
        debt = history.owed(stores.ledger.entries())
    except IntegrityAlarm:  # for whoever rests on the ledger to tell
        return
    if debt is not None:
        with promotion_lock(stores.state, patience_seconds=patience_seconds):
            settle(stores)


def _verify_moved(body: dict[str, Any], stores: Stores) -> None:
    """See that what an interrupted move let in is sound; a champion that is not is for a rollback to take back."""
    if body["version"] is None:
        return
    decision = Decision.read(stores.ledger.entry(body["decision"]).body)
    try:
        fetch_verified(stores.registry.version(body["version"]), decision, stores)
    except IntegrityAlarm as alarm:
        raise Bypassed(
            f"an interrupted promotion let {body['alias']} name version {body['version']}: {alarm.seen}",
            expected=alarm.expected, next_step="`lifecycle rollback` puts it right",
        ) from alarm  # fmt: skip


def bypassed(alias: str, stores: Stores, intent: Entry | None, *, expected: int | None) -> Bypassed:
    """Record that somebody moved an alias past the gates; until it stands right, nothing is promoted."""
    seen = stores.registry.alias(alias)
    body = {"alias": alias, "seen": seen, "expected": expected, "intent": intent.number if intent else None}
    last = stores.ledger.head()
    if last is None or last.body != body:
        stores.record(Kind.ALARM, body)
    return Bypassed(
        f"alias {alias!r} names version {seen}, which no promotion of ours did: promotions are frozen",
        expected=f"version {expected}", next_step="find out who moved it; `lifecycle rollback` puts it right",
    )  # fmt: skip
