"""Bringing back what served before: verified, loaded and asked before the alias moves, never to a bad version."""

import os
from collections.abc import Sequence
from typing import Any

from config.errors import GateRefused, IntegrityAlarm, LifecycleError
from tasks import decisions, history, packaging
from tasks.failpoints import failpoint
from tasks.files import read_json
from tasks.ledger import Decision, Entry, Kind
from tasks.scoring import TOLERANCE, Contract, Golden, largest_difference, score, to_frame
from tasks.settlement import Bypassed, Move, fetch_verified, finish, promotion_lock, settle
from tasks.stores import Facts, Stores

ALIAS = "champion"


def roll_back(
    *, to: int | None, stores: Stores, current: Facts, actor: str, cause: str, patience_seconds: float
) -> Move:
    """Let champion name what served before (or `to`, if it did); a foreign alias is put right first.

    Raises GateRefused, recorded in the ledger, when nothing sound is left to bring back.
    """
    with promotion_lock(stores.state, patience_seconds=patience_seconds):
        try:
            entries, foreign = settle(stores), False
        except Bypassed:
            entries, foreign = _close_open_intents(stores), True
        if foreign and history.standing(entries, ALIAS) is None:
            return _remove(stores)
        try:
            target, entry, skipped = _choose(to, foreign, entries, stores)
        except GateRefused as error:
            stores.record(Kind.DECISION, decisions.bare("rollback", error, stores, current, actor=actor, cause=cause))
            raise
        return _move(target, entry, skipped, foreign, entries, stores, actor, cause)


def _close_open_intents(stores: Stores) -> list[Entry]:
    for intent in history.open_intents(stores.trusted()):
        because = "somebody else moved the alias meanwhile"
        stores.record(Kind.ABORTED, {**intent.body, "intent": intent.number, "because": because})
    return stores.trusted()


def _remove(stores: Stores) -> Move:
    """Take away an alias that somebody set though nothing was ever promoted."""
    seen = stores.registry.alias(ALIAS)
    stores.registry.point(ALIAS, None)
    entry = stores.record(Kind.ALARM, {"alias": ALIAS, "seen": seen, "expected": None, "removed": True})
    return Move(ALIAS, None, seen, entry.number, changed=True)


def _choose(
    to: int | None, foreign: bool, entries: Sequence[Entry], stores: Stores
) -> tuple[int, Entry, list[dict[str, Any]]]:
    """Take the first version that served before and is sound; say which were passed over, and why."""
    possible = history.served_before(entries)
    if foreign:
        possible = [int(history.standing(entries, ALIAS) or 0), *possible]
    if to is not None:
        possible = [version for version in possible if version == to]
    skipped: list[dict[str, Any]] = []
    for version in possible:
        try:
            return version, _examine(version, entries, stores), skipped
        except LifecycleError as error:
            skipped.append({"version": version, "because": error.seen})
    raise GateRefused(_why_nothing(to, skipped, entries), expected="a version that served before and is sound",
                      next_step="lifecycle ledger shows what served; `lifecycle run` trains anew")  # fmt: skip


def _why_nothing(to: int | None, skipped: list[dict[str, Any]], entries: Sequence[Entry]) -> str:
    if skipped:
        words = "; ".join(f"version {item['version']}: {item['because']}" for item in skipped[:5])
        return f"nothing that served before is sound: {words}"
    if to is None:
        return "no version served before that was not itself rolled back from"
    if to == history.standing(entries, ALIAS):
        return f"version {to} is champion: rolling back to it would change nothing"
    return f"version {to} did not serve before, or was itself rolled back from"


def _examine(number: int, entries: Sequence[Entry], stores: Stores) -> Entry:
    """Verify a version that served: its record, signature and digest; load it; ask it the golden rows."""
    version = stores.registry.version(number)
    move = next(m for m in reversed(history.moves(entries, ALIAS)) if m.body["version"] == number)
    entry = stores.ledger.entry(int(move.body["decision"]))
    decision = Decision.read(entry.body)
    if not decision.lets_through or decision.version != number:
        raise IntegrityAlarm(f"decision {entry.number}, by which version {number} served, did not pass")
    answer_golden(fetch_verified(version, decision, stores))
    return entry


def answer_golden(package: packaging.Package) -> None:
    """Load a verified package and compare its answers to the golden rows with those stored (IntegrityAlarm)."""
    contract = Contract.read(read_json(package.folder / packaging.CONTRACT))
    golden = Golden.read(read_json(package.folder / packaging.GOLDEN))
    estimator = packaging.open_model(package.folder)
    answers = score(estimator, to_frame(golden.records, contract), contract)
    difference = largest_difference(golden.expected, answers)
    if not difference <= TOLERANCE:
        raise IntegrityAlarm(
            f"{package.folder} answers its golden rows with a difference of {difference:g}",
            expected=f"the stored answers, to {TOLERANCE:g}",
            next_step="install requirements.lock, or roll back further",
        )


def _move(
    target: int, entry: Entry, skipped: list[dict[str, Any]], foreign: bool, entries: Sequence[Entry], stores: Stores,
    actor: str, cause: str,
) -> Move:  # fmt: skip
    further = [v for v in history.served_before(entries) if v != target]
    passed_over = {item["version"] for item in skipped}
    body = {
        "action": "rollback", "alias": ALIAS, "version": target, "from": stores.registry.alias(ALIAS),
        "previous": next((v for v in further if v not in passed_over), None), "decision": entry.number,
        "digest": entry.body["model_digest"], "restored": foreign, "skipped": skipped, "actor": actor,
        "cause": cause, "pid": os.getpid(),
    }  # fmt: skip
    intent = stores.record(Kind.INTENT, body)
    failpoint("rollback.intent")
    stores.registry.point(ALIAS, target)
    failpoint("rollback.moved")
    return finish(intent, stores)
