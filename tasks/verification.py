"""Holds the registry and every version on the ladder against the ledger, and names whatever does not agree."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.errors import IntegrityAlarm, LifecycleError
from tasks import history, settlement
from tasks.ledger import Entry, Kind
from tasks.stores import Stores

LADDER = ("champion", "staging", "previous")
OURS = (*LADDER, "candidate")


@dataclass(frozen=True)
class Fault:
    """Something that is not as the ledger says: which entry or alias, and how; what is owed is not yet so."""

    where: str
    reason: str


@dataclass(frozen=True)
class Found:
    """What was verified, and every fault, the first broken link first."""

    entries: int
    verified: tuple[str, ...]
    faults: tuple[Fault, ...]
    owed: tuple[Fault, ...] = ()


def verify(stores: Stores) -> Found:
    """Recompute chain, head, signatures and digests, and compare the aliases with the ledger."""
    breaks = stores.ledger.verify(stores.registry.remembered_head())
    faults = [Fault(f"ledger entry {item.number}", item.reason) for item in breaks]
    verified: list[str] = []
    owed: list[Fault] = []
    if not faults:
        entries = stores.trusted()
        faults = [*_twins(stores), *_live(entries)]
        owed = list(_owed(entries, stores))
        for alias in LADDER:
            where, reason = _look(alias, entries, stores)
            if reason:
                faults.append(Fault(where, reason))
            elif where:
                verified.append(where)
    return Found(len(stores.ledger.numbers()), tuple(verified), tuple(faults), tuple(owed))


def demand(stores: Stores) -> None:
    """Record and raise what does not agree, if anything does not (IntegrityAlarm)."""
    if not (faults := verify(stores).faults):
        return
    words = "; ".join(f"{fault.where}: {fault.reason}" for fault in faults[:5])
    body = {"faults": [vars(fault) for fault in faults], "because": words}
    if (last := stores.ledger.head()) is None or last.body != body:
        stores.record(Kind.ALARM, body)
    raise IntegrityAlarm(words, expected="aliases and versions as the ledger says", next_step="lifecycle verify")


def champion_by_the_ledger(stores: Stores) -> int | None:
    """Give the champion that the ledger names, as far as it can be read; 0 where it cannot."""
    try:
        return history.standing(stores.ledger.entries(), "champion")
    except IntegrityAlarm:
        return 0


def _look(alias: str, entries: list[Entry], stores: Stores) -> tuple[str, str]:
    """Hold one alias, and the bytes that it names, against the ledger; an empty reason is sound."""
    seen, said = stores.registry.alias(alias), history.expected(entries, alias)
    if seen != said and not _is_owed(alias, seen, entries):
        return f"alias {alias}", f"names {_name(seen)}, and the ledger says {_name(said)}{_why(alias, entries, stores)}"
    if said is None:
        return "", ""
    try:
        settlement.fetch_standing(said, entries, stores)
    except LifecycleError as error:
        return f"version {said} ({alias})", error.seen
    return f"version {said} ({alias})", ""


def _is_owed(alias: str, seen: int | None, entries: list[Entry]) -> bool:
    """Tell whether an alias stands where a rollback that did without the registry had to leave it."""
    debt = history.owed(entries)
    return debt is not None and seen in debt.may_name.get(alias, ())


def _owed(entries: list[Entry], stores: Stores) -> Iterator[Fault]:
    if (debt := history.owed(entries)) is None:
        return
    for alias in debt.may_name:
        seen, said = stores.registry.alias(alias), history.expected(entries, alias)
        if seen != said and _is_owed(alias, seen, entries):
            words = f"names {_name(seen)} until the next command on the ladder lets it name {_name(said)}"
            yield Fault(f"alias {alias}", f"{words}: the registry did not answer at the rollback of entry {debt.entry}")


def _name(version: int | None) -> str:
    return "nothing" if version is None else f"version {version}"


def _why(alias: str, entries: list[Entry], stores: Stores) -> str:
    """Explain a difference that has an innocent cause, or a known one."""
    said, seen = history.expected(entries, alias), stores.registry.alias(alias)
    for intent in history.open_intents(entries):
        if alias in (intent.body["alias"], "previous") and seen in (intent.body["version"], intent.body["from"], said):
            return f": entry {intent.number} was interrupted, the next `lifecycle run` settles it"
    if said is not None and said not in [version.number for version in stores.registry.versions()]:
        return f": version {said} was deleted from the registry"
    return ": it was moved past the gates; `lifecycle rollback` puts it right" if alias == "champion" else ""


def _twins(stores: Stores) -> Iterator[Fault]:
    """Find aliases that people would take for ours: MLflow tells capitals apart, and people do not."""
    for name, version in sorted(stores.registry.aliases().items()):
        ours = name.strip().casefold()
        if ours in OURS and name != ours:
            yield Fault(f"alias {name}", f"names version {version} and is not {ours!r}, which alone is ours: delete it")


def _live(entries: list[Entry]) -> Iterator[Fault]:
    promotion, checked = history.live_check(entries)
    if promotion and checked and checked.body["passed"] is not True:
        because = f"its live check failed (entry {checked.number}): {checked.body['because']}"
        yield Fault(f"version {promotion.body['version']} (champion)", f"{because}; `lifecycle run` takes it back")
