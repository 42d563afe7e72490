"""Where evidence is read, and the two ways in which it is not there."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from config.settings import Settings

R = TypeVar("R")


class NoEvidence(Exception):
    """There is no such record; the sentence says how to get it."""


class Malformed(Exception):
    """Something is there, and it is not what it should be; the sentence says where and how."""


@dataclass(frozen=True)
class Place:
    """The project as the auditor finds it: its root, its settings, the time, and which data is judged."""

    root: Path
    settings: Settings
    now: datetime
    attempt: bool = False
    _read: dict[Callable[["Place"], Any], Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, collector: Callable[["Place"], R]) -> R:
        """Give what a collector reads here, read once however many ask for it (NoEvidence, Malformed)."""
        if collector not in self._read:
            try:
                self._read[collector] = collector(self)
            except (NoEvidence, Malformed) as reason:
                self._read[collector] = reason
        if isinstance(found := self._read[collector], NoEvidence | Malformed):
            raise found
        return cast(R, found)

    @property
    def prepared(self) -> Path:
        """The prepared data that is judged: the attempt while it is audited, else what is published."""
        return self.root / "data" / ("attempt" if self.attempt else "prepared")


def read_record(kind: type[R], path: Path, how: str) -> R:
    """Read a record from a JSON file; `how` is the sentence on how to get it (NoEvidence, Malformed)."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NoEvidence(f"{path.as_posix()} is not there: {how}") from None
    except OSError as error:
        raise Malformed(f"{path.as_posix()} cannot be read: {error.strerror}") from error
    return parse(kind, data, path.as_posix())


def parse(kind: type[R], data: bytes, name: str) -> R:
    """Read a record from JSON bytes, strictly typed and finite (Malformed)."""
    try:
        return cast(R, _adapter(cast(Any, kind)).validate_json(data))
    except ValidationError as error:
        raise Malformed(f"{name} is malformed: {_in_words(error)}") from None


def remember(kinds: Iterable[type]) -> None:
    """Build what reads some types now, so that a process that is forked from this one need not."""
    for kind in kinds:
        _adapter(kind)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Build what reads a type once: for a small record that is ten times as dear as to read it."""
    return TypeAdapter(kind)


def _in_words(error: ValidationError) -> str:
    faults = error.errors()
    words = [f"{'.'.join(str(part) for part in fault['loc']) or 'document'}: {fault['msg']}" for fault in faults[:5]]
    return "; ".join(words) + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")


def sha256_of(path: Path) -> str | None:
    """Give the SHA-256 of a file as it lies on disk; None when there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
