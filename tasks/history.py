"""What the ledger's entries say of the aliases: where they stand, what is open, what may come back."""

from collections.abc import Iterable, Sequence

from tasks.ledger import Entry, Kind

CLOSING = (Kind.DONE, Kind.ABORTED, Kind.ROLLBACK)


def open_intents(entries: Sequence[Entry]) -> list[Entry]:
    """List the intents that nothing closed: an interrupted promotion or rollback."""
    closed = {entry.body["intent"] for entry in entries if entry.kind in CLOSING}
    return [entry for entry in entries if entry.kind == Kind.INTENT and entry.number not in closed]


def moves(entries: Sequence[Entry], alias: str) -> list[Entry]:
    """List the completed moves of an alias, oldest first."""
    return [e for e in entries if e.kind in (Kind.DONE, Kind.ROLLBACK) and e.body["alias"] == alias]


def standing(entries: Sequence[Entry], alias: str) -> int | None:
    """Give the version that an alias names by the ledger."""
    moved = moves(entries, alias)
    return int(moved[-1].body["version"]) if moved else None


def rolled_back_from(entries: Sequence[Entry]) -> dict[int, Entry]:
    """Map each version that champion was taken from to the entry that says who and why."""
    back = (e for e in moves(entries, "champion") if e.kind == Kind.ROLLBACK and not e.body["restored"])
    return {int(e.body["from"]): e for e in back}


def served_before(entries: Sequence[Entry]) -> list[int]:
    """List the versions that a rollback may bring back, the latest first: champions never rolled back from."""
    stack: list[int] = []
    for move in moves(entries, "champion"):
        version = int(move.body["version"])
        if move.kind == Kind.ROLLBACK and version in stack:
            del stack[_last_index(stack, version) + 1 :]
        elif not stack or stack[-1] != version:
            stack.append(version)
    bad = rolled_back_from(entries)
    now = standing(entries, "champion")
    return list(dict.fromkeys(v for v in reversed(stack[:-1]) if v not in bad and v != now))


def _last_index(values: Sequence[int], value: int) -> int:
    return len(values) - 1 - list(reversed(values)).index(value)


def decisions(entries: Sequence[Entry], *, gate: str, version: int | None) -> Iterable[Entry]:
    """Walk through the decisions of a gate over a version, oldest first."""
    mine = (e for e in entries if e.kind == Kind.DECISION and e.body.get("gate") == gate)
    return (e for e in mine if e.body.get("version") == version)


def uses_of(entries: Sequence[Entry], decision: int) -> list[Entry]:
    """List the completed moves that a decision was used for: one at most."""
    return [e for e in entries if e.kind == Kind.DONE and e.body.get("decision") == decision]
