"""Moving an alias so that, at no instant and after no crash, it names a version that was not let in."""

import os
from collections.abc import Sequence

from config.errors import GateRefused, IntegrityAlarm, LifecycleError, Superseded
from tasks import decisions, history
from tasks.approvals import Approvals, AwaitsApproval
from tasks.failpoints import failpoint
from tasks.ledger import Decision, Entry, Kind
from tasks.registry import Version
from tasks.settlement import Move, fetch_verified, finish, promotion_lock, settle
from tasks.stores import Facts, Stores

__all__ = ["Move", "promote"]


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
    with promotion_lock(stores.state, patience_seconds=patience_seconds):
        entries = settle(stores)
        try:
            entry = decisions.stored(gate, stores) if decision is None else stores.ledger.entry(decision)
            version = stores.registry.version(int(entry.body.get("version") or 0))
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
            _record_refusal(entry, error, stores)
            raise
        if stores.registry.alias(gate) == version.number == history.standing(entries, gate):
            return _moved_already(history.moves(entries, gate)[-1])
        return _move(gate, allowed, entry, version, stores, actor, cause)


def _moved_by(entry: Entry, gate: str, version: Version, entries: Sequence[Entry], stores: Stores) -> bool:
    """Tell whether the last move of this gate's alias is this decision's, and still stands."""
    last = history.moves(entries, gate)[-1:]
    used = bool(last) and last[0].kind == Kind.DONE and last[0].body["decision"] == entry.number
    return used and stores.registry.alias(gate) == version.number


def _moved_already(move: Entry) -> Move:
    """Answer a promotion that was done before: by this very decision, or to staging by an earlier one."""
    return Move(move.body["alias"], move.body["version"], move.body["from"], move.number, changed=False)


def _examine(
    gate: str, entry: Entry, version: Version, entries: Sequence[Entry], stores: Stores, current: Facts,
    approvals: Approvals,
) -> Decision:  # fmt: skip
    """Look at everything once more, now: the base, the record, the ladder, the approval, the bytes."""
    _keep_the_base(gate, entry, version, stores)
    decision = decisions.consume(entry, gate=gate, version=version, entries=entries, current=current, stores=stores)
    if back := history.rolled_back_from(entries).get(version.number):
        raise _no(f"version {version.number} was rolled back from (entry {back.number}): {back.body['cause']}")
    if gate == "champion":
        if history.standing(entries, "champion") == version.number:
            raise _no(f"version {version.number} is champion: there is nothing to compare it with")
        if history.standing(entries, "staging") != version.number:
            raise _no(f"version {version.number} is not staging, the step before champion")
        approvals.demand(decision, entry, entries)
    fetch_verified(version, decision, stores)
    return decision


def _keep_the_base(gate: str, entry: Entry, version: Version, stores: Stores) -> None:
    base, serving = entry.body.get("base_champion"), stores.registry.alias("champion")
    if base == serving:
        return
    superseded = {"gate": gate, "decision": entry.number, "version": version.number, "base_champion": base}
    stores.record(Kind.SUPERSEDED, {**superseded, "champion": serving})
    raise Superseded(
        f"version {version.number} was judged against champion {base}, and champion is now {serving}",
        expected="the champion that it was compared with", next_step="run `lifecycle run`: it compares anew",
    )  # fmt: skip


def _record_refusal(entry: Entry, error: LifecycleError, stores: Stores) -> None:
    if entry.kind == Kind.DECISION:
        stores.record(Kind.DECISION, decisions.refusal(Decision.read(entry.body), error))


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
    stores.registry.point(gate, version.number)
    failpoint("promote.moved")
    return finish(intent, stores)


def _no(seen: str) -> GateRefused:
    return GateRefused(seen, expected="a new version that climbs the ladder", next_step="run `lifecycle run`")
