"""Bringing back what served before: verified, loaded and asked before the alias moves and after it has moved."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from config.errors import GateRefused, LifecycleError, Superseded
from tasks import decisions, history, isolation
from tasks.absent import Absent
from tasks.failpoints import failpoint
from tasks.ledger import Entry, Kind
from tasks.settlement import Bypassed, Move, bypassed, fetch_standing, finish, promotion_lock, settle
from tasks.stores import Facts, Stores

ALIAS = "champion"


class Withdrawn(GateRefused):
    """What was brought back failed too, and nothing else is sound: nobody serves."""


@dataclass(frozen=True)
class Wanted:
    """What is to be brought back (None: what served last), from which champion, by whom, why, and what was no good."""

    to: int | None
    actor: str
    cause: str
    foreign: bool = False  # champion stands where somebody else put it, and is put right
    skipped: list[dict[str, Any]] = field(default_factory=list)


def roll_back(
    *,
    to: int | None,
    stores: Stores,
    current: Facts,
    actor: str,
    cause: str,
    patience_seconds: float,
    instead_of: int | None = None,
    or_nobody: bool = False,
) -> Move:
    """Let champion name what served before (or `to`, if it did); a foreign alias is put right first.

    `instead_of` names the champion that is to go: where another serves by now there is nothing to do (Superseded).
    With nothing sound left the champion stays, and GateRefused is recorded and raised, unless `or_nobody` is better.
    """
    with promotion_lock(stores.state, patience_seconds=patience_seconds):
        wanted, entries = _begin(Wanted(to, actor, cause), stores)
        now = history.standing(entries, ALIAS)
        if wanted.foreign and now is None:
            return _remove(stores)
        if instead_of not in (None, now):
            raise Superseded(f"version {now} serves by now, not {instead_of}", next_step="lifecycle status")
        try:
            return _bring_back(wanted, entries, stores)
        except Withdrawn:
            raise
        except GateRefused as error:
            if or_nobody and not wanted.foreign:
                return _withdraw(wanted, stores)
            stores.record(Kind.DECISION, decisions.bare("rollback", error, stores, current, actor=actor, cause=cause))
            raise


def _begin(wanted: Wanted, stores: Stores) -> tuple[Wanted, Sequence[Entry]]:
    if isinstance(stores.registry, Absent):
        return wanted, stores.registry.begin(stores)
    try:
        return wanted, settle(stores)
    except Bypassed:
        for intent in history.open_intents(stores.trusted()):
            because = "somebody else moved the alias meanwhile, or what it names is not sound"
            stores.record(Kind.ABORTED, {**intent.body, "intent": intent.number, "because": because})
        entries = stores.trusted()
        foreign = stores.registry.alias(ALIAS) != history.standing(entries, ALIAS)
        return replace(wanted, foreign=foreign), entries


def _bring_back(wanted: Wanted, entries: Sequence[Entry], stores: Stores) -> Move:
    """Move to the first sound version, and look again at what serves then; one that fails is rolled back from too."""
    target = _choose(wanted, entries, stores)
    move = _move(target, wanted, entries, stores)
    entries = stores.trusted()
    try:
        _examine(target, entries, stores)
        failpoint("rollback.verified")
    except isolation.NotStarted:
        raise
    except LifecycleError as error:
        again = Wanted(None, wanted.actor, f"after the rollback: {error.seen}", skipped=wanted.skipped)
        try:
            return _bring_back(again, entries, stores)
        except Withdrawn:
            raise
        except GateRefused as refused:
            gone = _withdraw(again, stores)
            raise Withdrawn(
                f"{refused.seen}; version {target} failed after it was brought back: {error.seen}; nobody serves "
                f"(entry {gone.entry})", expected=refused.expected, next_step=refused.next_step,
            ) from error  # fmt: skip
    return move


def _choose(wanted: Wanted, entries: Sequence[Entry], stores: Stores) -> int:
    """Take the first version that served before and is sound, and note which were passed over, and why."""
    possible = history.served_before(entries)
    if wanted.foreign:
        possible = [int(history.standing(entries, ALIAS) or 0), *possible]
    if wanted.to is not None:
        possible = [v for v in (*possible, *history.once_champion(entries)) if v == wanted.to][:1]
    for version in possible:
        try:
            _examine(version, list(entries), stores)
        except isolation.NotStarted:
            raise
        except LifecycleError as error:
            wanted.skipped.append({"version": version, "because": error.seen})
        else:
            return version
    raise GateRefused(
        _why_nothing(wanted, entries), expected="a version that served before and is sound",
        next_step="lifecycle ledger shows what served; `lifecycle run` trains anew",
    )  # fmt: skip


def _why_nothing(wanted: Wanted, entries: Sequence[Entry]) -> str:
    if wanted.skipped:
        words = "; ".join(f"version {item['version']}: {item['because']}" for item in wanted.skipped[:5])
        return f"nothing that served before is sound: {words}"
    if wanted.to is None:
        return "no version served before that was not itself rolled back from"
    if wanted.to == history.standing(entries, ALIAS):
        return f"version {wanted.to} is champion: rolling back to it would change nothing"
    return f"version {wanted.to} did not serve before, or was itself rolled back from"


def _examine(number: int, entries: list[Entry], stores: Stores) -> None:
    """Fetch and verify a version that served, load it in a process apart, and ask it the golden rows."""
    isolation.ask_golden(fetch_standing(number, entries, stores).folder)


def _move(target: int, wanted: Wanted, entries: Sequence[Entry], stores: Stores) -> Move:
    passed_over = {target, *(item["version"] for item in wanted.skipped)}
    previous = next((v for v in history.served_before(entries) if v not in passed_over), None)
    decision = history.let_in_by(entries, target)
    return _point(target, previous, decision, wanted, stores)


def _withdraw(wanted: Wanted, stores: Stores) -> Move:
    """Take the alias away, so that nobody serves rather than a bad model."""
    return _point(None, None, None, wanted, stores)


def _point(target: int | None, previous: int | None, decision: Entry | None, wanted: Wanted, stores: Stores) -> Move:
    before = stores.registry.alias(ALIAS)
    body = {
        "action": "rollback", "alias": ALIAS, "version": target, "from": before, "previous": previous,
        "decision": decision.number if decision else None,
        "digest": decision.body["model_digest"] if decision else None,
        "restored": wanted.foreign, "skipped": wanted.skipped, "actor": wanted.actor, "cause": wanted.cause,
        "pid": os.getpid(), **stores.registry.owed(),
    }  # fmt: skip
    intent = stores.record(Kind.INTENT, body)
    failpoint("rollback.intent")
    if not stores.registry.swap(ALIAS, before=before, after=target):
        raise bypassed(ALIAS, stores, intent, expected=before)
    failpoint("rollback.moved")
    return finish(intent, stores)


def _remove(stores: Stores) -> Move:
    """Take away an alias that somebody set though nothing of ours stands there."""
    seen = stores.registry.alias(ALIAS)
    stores.registry.swap(ALIAS, before=seen, after=None)
    entry = stores.record(Kind.ALARM, {"alias": ALIAS, "seen": seen, "expected": None, "removed": True})
    return Move(ALIAS, None, seen, entry.number, changed=True)
