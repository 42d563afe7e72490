"""What the ledger's entries say of the aliases: where they stand, what is open, what may come back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.ledger import Entry, Kind

CLOSING = (Kind.DONE, Kind.ABORTED, Kind.ROLLBACK)


@dataclass(frozen=True)
class Owed:
    """What the registry is owed: where champion stands by which entry, and what the aliases may still name there."""

    entry: int
    version: int | None
    may_name: Mapping[str, frozenset[int | None]]


def open_intents(entries: Sequence[Entry]) -> list[Entry]:
    """List the intents that nothing closed: an interrupted promotion or rollback."""
    closed = {entry.body["intent"] for entry in entries if entry.kind in CLOSING}
    return [entry for entry in entries if entry.kind == Kind.INTENT and entry.number not in closed]


def moves(entries: Sequence[Entry], alias: str) -> list[Entry]:
    """List the completed moves of an alias, oldest first."""
    return [e for e in entries if e.kind in (Kind.DONE, Kind.ROLLBACK) and e.body["alias"] == alias]


def standing(entries: Sequence[Entry], alias: str) -> int | None:
    """Give the version that an alias names by the ledger; None where it never moved, or was withdrawn."""
    moved = moves(entries, alias)
    version = moved[-1].body["version"] if moved else None
    return None if version is None else int(version)


def previous(entries: Sequence[Entry]) -> int | None:
    """Give the version that the alias previous names by the ledger: what a rollback would bring back."""
    moved = moves(entries, "champion")[-1:]
    return next((m.body["previous"] if m.kind == Kind.ROLLBACK else m.body["from"] for m in moved), None)


def owed(entries: Sequence[Entry]) -> Owed | None:
    """Give what rollbacks owe to a registry that did not answer, if nobody has made it good since.

    One that was interrupted, and one that closed what it found open and was refused then, owe as well.
    """
    debts: list[Entry] = []
    for entry in reversed(entries):
        if entry.kind == Kind.SETTLED:
            break
        if entry.kind in (Kind.INTENT, *CLOSING) and entry.body["alias"] == "champion":
            if "owed" in entry.body:
                debts.append(entry)
            elif entry.kind in (Kind.DONE, Kind.ROLLBACK):
                break
    if not debts:
        return None
    said = [entry.body["owed"] for entry in debts]
    may_name = {name: frozenset(v for one in said for v in one[name]) for name in said[0]}
    return Owed(debts[0].number, standing(entries, "champion"), may_name)


def expected(entries: Sequence[Entry], alias: str) -> int | None:
    """Give what an alias of the ladder names by the ledger."""
    return previous(entries) if alias == "previous" else standing(entries, alias)


def rolled_back_from(entries: Sequence[Entry]) -> dict[int, Entry]:
    """Map each version that champion was taken from to the entry that says who and why."""
    back = (e for e in moves(entries, "champion") if e.kind == Kind.ROLLBACK and not e.body["restored"])
    return {int(e.body["from"]): e for e in back}


def served_before(entries: Sequence[Entry]) -> list[int]:
    """List the versions that a rollback brings back, the latest first: champions never rolled back from."""
    stack: list[int] = []
    for move in moves(entries, "champion"):
        version = move.body["version"]
        if move.kind == Kind.ROLLBACK and version in stack:
            del stack[_last_index(stack, version) + 1 :]
        elif version is not None and stack[-1:] != [version]:
            stack.append(int(version))
    return _may_come_back(reversed(stack), entries)


def once_champion(entries: Sequence[Entry]) -> list[int]:
    """List every version that may be asked for by name: once champion, never rolled back from, not serving now."""
    versions = [move.body["version"] for move in moves(entries, "champion")]
    return _may_come_back((int(v) for v in reversed(versions) if v is not None), entries)


def _may_come_back(versions: Iterable[int], entries: Sequence[Entry]) -> list[int]:
    bad, now = rolled_back_from(entries), standing(entries, "champion")
    return list(dict.fromkeys(v for v in versions if v not in bad and v != now))


def _last_index(values: Sequence[int], value: int) -> int:
    return len(values) - 1 - list(reversed(values)).index(value)


def decisions(entries: Sequence[Entry], *, gate: str, version: int | None) -> Iterable[Entry]:
    """Walk through the decisions of a gate over a version, oldest first."""
    mine = (e for e in entries if e.kind == Kind.DECISION and e.body.get("gate") == gate)
    return (e for e in mine if e.body.get("version") == version)


def uses_of(entries: Sequence[Entry], decision: int) -> list[Entry]:
    """List the completed moves that a decision was used for: one at most."""
    return [e for e in entries if e.kind == Kind.DONE and e.body.get("decision") == decision]


def let_in_by(entries: Sequence[Entry], version: int) -> Entry | None:
    """Find the decision by which a version was last let in, or brought back."""
    for move in reversed(entries):
        if move.kind in (Kind.DONE, Kind.ROLLBACK) and move.body["version"] == version:
            return next((e for e in entries if e.number == move.body["decision"]), None)
    return None


def live_check(entries: Sequence[Entry]) -> tuple[Entry | None, Entry | None]:
    """Give the promotion by which champion stands, and what the live check after it found; None where there is none."""
    last = moves(entries, "champion")[-1:]
    promotion = last[0] if last and last[0].kind == Kind.DONE else None
    if promotion is None:
        return None, None
    found = [e for e in entries if e.kind == Kind.LIVE and e.body["move"] == promotion.number]
    return promotion, found[-1] if found else None
