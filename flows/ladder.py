"""The ladder by hand: promote, approve, roll back, and look at the record of all of it."""

import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import Settings
from tasks import chain
from tasks.ledger import Decision, Entry, Kind, Ledger

if TYPE_CHECKING:
    from tasks.stores import Stores

SCHEMA = 1
PATIENCE_SECONDS = 30.0
BY_HAND = "hand"


@dataclass(frozen=True)
class Moved:
    """What happened to an alias."""

    schema: int
    alias: str
    version: int | None
    before: int | None
    entry: int | None
    changed: bool


@dataclass(frozen=True)
class Approved:
    """A person's word for a decision."""

    schema: int
    decision: int
    version: int
    approver: str
    entry: int


@dataclass(frozen=True)
class History:
    """The entries of the ledger, oldest first."""

    schema: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Fault:
    """Something that is not as the ledger says: which entry or alias, and how."""

    where: str
    reason: str


@dataclass(frozen=True)
class Verification:
    """What was recomputed, and every fault found."""

    schema: int
    sound: bool
    entries: int
    verified: tuple[str, ...]
    faults: tuple[Fault, ...]


def promote(settings: Settings, gate: str) -> Moved:
    """Take the stored decision of a gate and let its alias follow (GateRefused, Superseded, IntegrityAlarm)."""
    from tasks import release, stores
    from tasks.approvals import Approvals

    opened = stores.open_stores(settings)
    move = release.promote(
        gate,
        decision=None,
        stores=opened,
        current=stores.facts(settings, reports=opened.reports),
        approvals=Approvals.of(settings),
        actor=getpass.getuser(),
        cause=BY_HAND,
        patience_seconds=PATIENCE_SECONDS,
    )
    return Moved(SCHEMA, move.alias, move.version, move.before, move.entry, move.changed)


def roll_back(settings: Settings, to: int | None, cause: str) -> Moved:
    """Let champion name what served before, after loading it and asking it the golden rows (GateRefused)."""
    from tasks import rollback, stores

    opened = stores.open_stores(settings)
    move = rollback.roll_back(
        to=to,
        stores=opened,
        current=stores.facts(settings, reports=opened.reports),
        actor=getpass.getuser(),
        cause=cause,
        patience_seconds=PATIENCE_SECONDS,
    )
    return Moved(SCHEMA, move.alias, move.version, move.before, move.entry, move.changed)


def approve(settings: Settings, by: str) -> Approved:
    """Record a person's word for the stored decision of the champion gate (GateRefused)."""
    from tasks import approvals, decisions, stores

    opened = stores.open_stores(settings)
    opened.trusted()
    decided = decisions.stored("champion", opened)
    entry = approvals.approve(decided, by=by, rules=approvals.Approvals.of(settings), stores=opened)
    return Approved(SCHEMA, decided.number, int(decided.body["version"]), by, entry.number)


def history(settings: Settings, last: int | None) -> History:
    """Read the ledger, or its last entries; each is verified by itself."""
    entries = Ledger(Path(settings.runtime.ledger)).entries()
    return History(SCHEMA, tuple(entries if last is None else entries[-last:]))


def verify(settings: Settings) -> Verification:
    """Recompute chain, signatures, digests and aliases, and list every fault, the first broken link first."""
    from tasks import stores

    return verify_stores(stores.open_stores(settings))


def verify_stores(opened: "Stores") -> Verification:
    """Do so for stores that are open, be they the project's or copies of them."""
    breaks = opened.ledger.verify(opened.registry.remembered_head())
    faults = [Fault(f"ledger entry {item.number}", item.reason) for item in breaks]
    verified: list[str] = []
    if not faults:
        entries = opened.ledger.entries()
        for alias, fault in _aliases(entries, opened):
            faults += [Fault(alias, fault)] if fault else []
            verified += [] if fault else [alias]
    numbers = chain.numbers_in(opened.ledger.folder)
    return Verification(SCHEMA, not faults, len(numbers), tuple(verified), tuple(faults))


def _aliases(entries: list[Entry], opened: "Stores") -> Iterator[tuple[str, str]]:
    """Hold each alias, and the bytes it names, against the ledger; an empty reason is sound."""
    from tasks import history, settlement

    for alias in ("champion", "staging", "previous"):
        version = opened.registry.alias(alias)
        said = history.standing(entries, alias)
        if alias != "previous" and version != said:
            yield f"alias {alias}", f"names version {version}, and the ledger says {said}"
        elif version is not None:
            try:
                decision = _decision_of(version, entries)
                settlement.fetch_verified(opened.registry.version(version), decision, opened)
            except LifecycleError as error:
                yield f"version {version} ({alias})", error.seen
            else:
                yield f"version {version} ({alias})", ""


def _decision_of(version: int, entries: list[Entry]) -> Decision:
    """Find the decision by which a version was last let in."""
    for move in reversed(entries):
        if move.kind in (Kind.DONE, Kind.ROLLBACK) and move.body["version"] == version:
            return Decision.read(next(e for e in entries if e.number == move.body["decision"]).body)
    raise IntegrityAlarm(f"no decision in the ledger let version {version} in")
