"""The ladder by hand: promote, approve, roll back, and look at the record of all of it."""

import getpass
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from tasks.ledger import Entry, Ledger

SCHEMA = 1
PATIENCE_SECONDS = 30.0
BY_HAND = "hand"


@dataclass(frozen=True)
class Moved:
    """What happened to an alias; `owed` says why the registry does not know of it yet, empty where it does."""

    schema: int
    alias: str
    version: int | None
    before: int | None
    entry: int | None
    changed: bool
    owed: str = ""


@dataclass(frozen=True)
class Approved:
    """A person's word for a decision."""

    schema: int
    decision: int
    version: int
    approver: str
    entry: int


@dataclass(frozen=True)
class LetGo:
    """A person's word that a champion may be replaced by just this candidate without a comparison."""

    schema: int
    champion: int
    candidate_digest: str
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
    owed: tuple[Fault, ...]


def promote(settings: Settings, gate: str, cause: str = BY_HAND) -> Moved:
    """Let a gate's alias follow its stored decision, and see that it serves (GateRefused, Superseded)."""
    from flows import turns
    from tasks import live, release, stores
    from tasks.approvals import Approvals

    opened, actor = stores.open_stores(settings), getpass.getuser()
    current = stores.facts(settings, reports=opened.reports)
    with turns.take_turn(settings, opened, about={"gate": gate}):
        move = release.promote(
            gate, decision=None, stores=opened, current=current, approvals=Approvals.of(settings), actor=actor,
            cause=cause, patience_seconds=PATIENCE_SECONDS,
        )  # fmt: skip
        if gate == "champion":
            live.confirm(opened, current, actor=actor, patience_seconds=PATIENCE_SECONDS)
    return Moved(SCHEMA, move.alias, move.version, move.before, move.entry, move.changed)


def roll_back(settings: Settings, to: int | None, cause: str) -> Moved:
    """Let champion name what served before, after loading it and asking it the golden rows (GateRefused)."""
    from tasks import absent, rollback, stores

    opened = absent.open_stores(settings)
    move = rollback.roll_back(
        to=to,
        stores=opened,
        current=stores.facts(settings, reports=opened.reports),
        actor=getpass.getuser(),
        cause=cause,
        patience_seconds=PATIENCE_SECONDS,
    )
    owed = absent.why_absent(opened)
    return Moved(SCHEMA, move.alias, move.version, move.before, move.entry, move.changed, owed)


def approve(settings: Settings, by: str) -> Approved:
    """Record a person's word for the stored decision of the champion gate (GateRefused)."""
    from tasks import approvals, decisions, stores

    opened = stores.open_stores(settings)
    opened.trusted()
    decided = decisions.stored("champion", opened)
    entry = approvals.approve(decided, by=by, rules=approvals.Approvals.of(settings), stores=opened)
    return Approved(SCHEMA, decided.number, int(decided.body["version"]), by, entry.number)


def replace_champion(settings: Settings, by: str, because: str) -> LetGo:
    """Record a person's word that a champion which cannot be scored any more may be replaced (GateRefused)."""
    from tasks import approvals, comparison, files, replacements, stores

    opened = stores.open_stores(settings)
    opened.trusted()
    compared = files.read_json(comparison.REPORT)
    rules = approvals.Approvals.of(settings)
    entry = replacements.approve(compared, by=by, because=because, rules=rules, stores=opened)
    return LetGo(SCHEMA, int(entry.body[replacements.REPLACES]), entry.body["candidate_digest"], by, entry.number)


def history(settings: Settings, last: int | None) -> History:
    """Read the ledger, or its last entries; each is verified by itself."""
    entries = Ledger(Path(settings.runtime.ledger)).entries()
    return History(SCHEMA, tuple(entries if last is None else entries[-last:]))


def verify(settings: Settings) -> Verification:
    """Recompute chain, signatures, digests and aliases, and list every fault, the first broken link first."""
    from tasks import stores, verification

    found = verification.verify(stores.open_stores(settings))
    faults, owed = (tuple(Fault(one.where, one.reason) for one in told) for told in (found.faults, found.owed))
    return Verification(SCHEMA, not faults, found.entries, found.verified, faults, owed)
