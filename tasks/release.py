"""Moving an alias so that, at no instant and after no crash, it names a version that was not let in."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

from config.errors import GateRefused, IntegrityAlarm, LifecycleError, Superseded
from tasks import canary, decisions, history
from tasks.approvals import Approvals, AwaitsApproval
from tasks.failpoints import failpoint
from tasks.ledger import Decision, Entry, Kind
from tasks.locks import Busy
from tasks.registry import Version
from tasks.settlement import Move, bypassed, fetch_verified, finish, promotion_lock, settle
from tasks.stores import Facts, Stores

__all__ = ["Move", "promote", "superseded"]


def promote(
    gate: str,
    *,
    decision: int | None,
    stores: Stores,
    current: Facts,
    approvals: Approvals,
    actor: str,
    cause: str,
    patience_seconds: float,
) -> Move:
    """Let the alias of a gate name the version that a decision let in; `decision` None takes the stored one.

    Raises GateRefused, Superseded or IntegrityAlarm; every refusal is in the ledger then, and no alias moved.
    """
    with _in_turn(gate, decision, stores, patience_seconds):
        entries = settle(stores)
        try:
            entry, version = _find(gate, decision, stores)
        except LifecycleError as error:
            stores.record(Kind.DECISION, decisions.bare(gate, error, stores, current, actor=actor, cause=cause))
            raise
        if _moved_by(entry, gate, version, entries, stores):
            return _moved_already(history.moves(entries, gate)[-1])
        try:
            allowed = _examine(gate, entry, version, entries, stores, current, approvals)
        except AwaitsApproval:
            raise
        except (GateRefused, IntegrityAlarm) as error:
            _record_refusal(entry, error, stores, current, actor=actor, cause=cause)
            raise
        if stores.registry.alias(gate) == version.number == history.standing(entries, gate):
            return _moved_already(history.moves(entries, gate)[-1])
        return _move(gate, allowed, entry, version, stores, actor, cause)


@contextlib.contextmanager
def _in_turn(gate: str, decision: int | None, stores: Stores, patience_seconds: float) -> Iterator[None]:
    """Hold the promotion lock; who waits in vain was overtaken, and that is recorded."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(promotion_lock(stores.state, patience_seconds=patience_seconds))
        except Busy as busy:
            raise superseded({"gate": gate, "decision": decision}, busy.seen, stores) from busy
        yield


def superseded(about: dict[str, Any], because: str, stores: Stores) -> Superseded:
    """Record that another promotion came first, and give what is to be raised."""
    stores.record(Kind.SUPERSEDED, {**about, "champion": stores.registry.alias("champion"), "because": because})
    return Superseded(
        because, expected="the champion that it was compared with, and nobody else on the ladder",
        next_step="run `lifecycle run`: it compares anew",
    )  # fmt: skip


def _find(gate: str, decision: int | None, stores: Stores) -> tuple[Entry, Version]:
    entry = decisions.stored(gate, stores) if decision is None else stores.ledger.entry(decision)
    named: Any = entry.body.get("version")  # None is no version of the registry either
    return entry, stores.registry.version(named)


def _moved_by(entry: Entry, gate: str, version: Version, entries: Sequence[Entry], stores: Stores) -> bool:
    """Tell whether the last move of this gate's alias is this decision's, and still stands."""
    last = history.moves(entries, gate)[-1:]
    used = any(move.kind == Kind.DONE and move.body["decision"] == entry.number for move in last)
    return used and stores.registry.alias(gate) == version.number


def _moved_already(move: Entry) -> Move:
    """Answer a promotion that was done before: by this very decision, or to staging by an earlier one."""
    return Move(move.body["alias"], move.body["version"], move.body["from"], move.number, changed=False)


def _examine(
    gate: str, entry: Entry, version: Version, entries: Sequence[Entry], stores: Stores, current: Facts,
    approvals: Approvals,
) -> Decision:  # fmt: skip
    """Look at everything once more, now: the base, the record, the ladder, the approval, the bytes."""
    _keep_the_base(gate, entry, version, entries, stores)
    decision = decisions.consume(entry, gate=gate, version=version, entries=entries, current=current, stores=stores)
    if back := history.rolled_back_from(entries).get(version.number):
        raise _no(f"version {version.number} was rolled back from (entry {back.number}): {back.body['cause']}")
    if gate == "champion":
        if history.standing(entries, "champion") == version.number:
            raise _no(f"version {version.number} is champion: there is nothing to compare it with")
        if (staging := history.standing(entries, "staging")) != version.number:
            raise _no(f"version {version.number} is not staging, the step before champion: version {staging} is")
        package = str(decision.figures.get("package_digest"))
        canary.demand_not_ended(canary.place(stores.state / "serving", version.number, package), version.number)
        approvals.demand(decision, entry, entries)
    fetch_verified(version, decision, stores)
    return decision


def _keep_the_base(gate: str, entry: Entry, version: Version, entries: Sequence[Entry], stores: Stores) -> None:
    """Refuse where another promotion came first: champion is another now, or staging is, where this one stood."""
    base, serving = entry.body.get("base_champion"), stores.registry.alias("champion")
    staged = [move.body["version"] for move in history.moves(entries, "staging")]
    about = {"gate": gate, "decision": entry.number, "version": version.number, "base_champion": base}
    if base != serving:
        words = f"version {version.number} was judged against champion {base}, and champion is now {serving}"
        raise superseded(about, words, stores)
    if gate == "champion" and version.number in staged[:-1] and staged[-1] != version.number:
        raise superseded(about, f"version {staged[-1]} took the place of version {version.number} on staging", stores)


def _record_refusal(
    entry: Entry, error: LifecycleError, stores: Stores, current: Facts, *, actor: str, cause: str
) -> None:
    try:
        refused = decisions.refusal(Decision.read(entry.body), error)
    except IntegrityAlarm:  # there is nothing to build on
        refused = decisions.bare(str(entry.body.get("gate")), error, stores, current, actor=actor, cause=cause)
    stores.record(Kind.DECISION, refused)


def _move(
    gate: str, decision: Decision, entry: Entry, version: Version, stores: Stores, actor: str, cause: str
) -> Move:
    before = stores.registry.alias(gate)
    intent = stores.record(
        Kind.INTENT,
        {
            "action": "promotion", "alias": gate, "version": version.number, "from": before, "decision": entry.number,
            "digest": decision.model_digest, "actor": actor, "cause": cause, "pid": os.getpid(),
        },
    )  # fmt: skip
    failpoint("promote.intent")
    if not stores.registry.swap(gate, before=before, after=version.number):
        raise bypassed(gate, stores, intent, expected=before)
    failpoint("promote.moved")
    return finish(intent, stores)


def _no(seen: str) -> GateRefused:
    return GateRefused(seen, expected="a new version that climbs the ladder", next_step="run `lifecycle run`")
