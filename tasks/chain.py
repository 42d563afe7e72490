"""What a ledger entry is, and how a chain of them is verified."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm
from tasks import files, keys

SCHEMA = 1
GENESIS = "0" * 64
NAME = re.compile(r"(\d{6})\.json")
VERIFY = "run `lifecycle verify`, restore the ledger from its last good copy, and find out who changed it"


class Kind(StrEnum):
    """What an entry says."""

    DECISION = "decision"  # a gate decided, passed or refused
    APPROVAL = "approval"  # a person let a decision through
    INTENT = "intent"  # an alias is about to move
    DONE = "done"  # it moved, and was read back
    ABORTED = "aborted"  # it did not move
    ROLLBACK = "rollback"  # it moved back, who and why
    SETTLED = "settled"  # what a rollback without the registry owed to it was made good
    LIVE = "live"  # the real server was asked on what serves, after a promotion
    SUPERSEDED = "superseded"  # another promotion came first
    RETRAINING = "retraining"  # a retraining was started, or was not worth it
    ALARM = "alarm"  # somebody went round us
    DRILL = "drill"  # a recovery was practised, and how long it took
    REPRODUCTION = "reproduction"  # a version was built again from its record, and compared
    MILESTONE = "milestone"  # a review was kept under a name


@dataclass(frozen=True)
class Entry:
    """One entry, as stored."""

    schema: int
    number: int
    kind: str
    previous: str
    time: str
    body: dict[str, Any]
    signature: str
    hash: str

    @property
    def head(self) -> str:
        """The short form that is mirrored in the registry."""
        return f"{self.number}:{self.hash}"

    def without(self, *names: str) -> dict[str, Any]:
        """Give the fields that a signature or a hash covers: all but those named."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in names}


@dataclass(frozen=True)
class Break:
    """The place where the chain does not hold, and how."""

    number: int
    reason: str


def path_of(folder: Path, number: int) -> Path:
    """Give the file of an entry."""
    return folder / f"{number:06d}.json"


def numbers_in(folder: Path) -> list[int]:
    """List the numbers that exist, in order."""
    names = (NAME.fullmatch(path.name) for path in folder.glob("*.json"))
    return sorted(int(match.group(1)) for match in names if match)


def make(kind: Kind, body: dict[str, Any], *, after: Entry | None, keys_folder: Path) -> Entry:
    """Make the entry that follows another one, signed and hashed."""
    number, previous = (after.number + 1, after.hash) if after else (1, GENESIS)
    blank = Entry(SCHEMA, number, kind.value, previous, files.now().isoformat(), body, "", "")
    signature = keys.sign(keys_folder, files.canonical(blank.without("signature", "hash")))
    signed = {**blank.without("hash"), "signature": signature}
    return Entry(**signed, hash=files.sha256_json(signed))


def read(folder: Path, number: int, *, keys_folder: Path) -> Entry:
    """Read one entry; a missing, edited, unsigned or misplaced one is an alarm."""
    try:
        data = path_of(folder, number).read_bytes()
        entry = Entry(**files.parse_json(data))
    except (OSError, ValueError, TypeError) as error:
        raise IntegrityAlarm(f"ledger entry {number} cannot be read: {error}", next_step=VERIFY) from error
    if reason := _flaw(entry, number, data, keys_folder):
        raise IntegrityAlarm(f"ledger entry {number} {reason}", next_step=VERIFY)
    return entry


def _flaw(entry: Entry, number: int, data: bytes, keys_folder: Path) -> str | None:
    if entry.schema != SCHEMA or entry.number != number or entry.kind not in set(Kind):
        return f"says of itself schema {entry.schema}, number {entry.number}, kind {entry.kind}"
    if data != files.canonical(entry) or entry.hash != files.sha256_json(entry.without("hash")):
        return "was edited: its hash is not that of its content"
    if not keys.verify(keys_folder, files.canonical(entry.without("signature", "hash")), entry.signature):
        return "is not signed by our key"
    return None


def verify(folder: Path, *, keys_folder: Path, mirrored: str | None) -> list[Break]:
    """Recompute a chain and compare it with the head that the registry remembers; an empty list is sound."""
    numbers = numbers_in(folder)
    found: list[Entry | Break] = [_look(folder, n, numbers, keys_folder) for n in range(1, max(numbers, default=0) + 1)]
    breaks = [item for item in found if isinstance(item, Break)]
    return sorted([*breaks, *_loose_links(found), *_compare_head(found, mirrored)], key=lambda item: item.number)


def _look(folder: Path, number: int, numbers: list[int], keys_folder: Path) -> Entry | Break:
    if number not in numbers:
        return Break(number, f"ledger entry {number} is missing")
    try:
        return read(folder, number, keys_folder=keys_folder)
    except IntegrityAlarm as alarm:
        return Break(number, alarm.seen)


def _loose_links(found: list[Entry | Break]) -> Iterable[Break]:
    expected: str | None = GENESIS
    for item in found:
        if isinstance(item, Break):
            expected = None  # nothing can be said of a link to a broken entry
            continue
        if expected not in (None, item.previous):
            yield Break(item.number, f"ledger entry {item.number} does not follow entry {item.number - 1}")
        expected = item.hash


def _compare_head(found: list[Entry | Break], mirrored: str | None) -> Iterable[Break]:
    if not mirrored:
        return
    number, _, digest = mirrored.partition(":")
    last = len(found)
    if not number.isdigit() or int(number) > last:
        yield Break(
            last + 1, f"the ledger ends at entry {last}, the registry remembers entry {number}: its tail is cut"
        )
    elif isinstance(entry := found[int(number) - 1], Entry) and entry.hash != digest:
        yield Break(int(number), f"ledger entry {number} is not the one that the registry remembers: it was rewritten")
