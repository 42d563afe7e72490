"""The ledger: every decision, promotion and rollback, one signed and hash-chained file each, never rewritten."""

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm, LifecycleError
from tasks import chain, files, keys
from tasks.chain import Break, Entry, Kind
from tasks.failpoints import failpoint

__all__ = ["Blocking", "Break", "Decision", "Entry", "Kind", "Ledger"]

ATTEMPTS = 100


@dataclass(frozen=True, kw_only=True)
class Blocking:
    """One reason why a gate refused: the practice or the bound, its verdict, what was seen, what to do."""

    practice: str | None = None
    bound: str | None = None
    verdict: str
    because: str
    fix: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a gate decided over which bytes, data and code, judged against which champion."""

    gate: str
    outcome: str  # passed | refused
    model: str
    version: int | None
    model_digest: str | None
    data_version: str | None
    commit: str | None
    dirty: bool | None
    lock_sha256: str | None
    promotion_sha256: str | None
    policy_sha256: str | None
    report_sha256: str | None
    base_champion: int | None
    waivers: tuple[dict[str, Any], ...] = ()
    blocking: tuple[Blocking, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    promotable: bool
    actor: str
    cause: str
    time: str

    @property
    def lets_through(self) -> bool:
        """Whether the gate is open: passed, nothing blocking, and not marked by --explore."""
        return self.outcome == "passed" and self.promotable is True and not self.blocking

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Decision":
        """Rebuild a decision from an entry's body; a missing or a foreign field is an alarm."""
        if odd := sorted(set(body) ^ {f.name for f in fields(cls)}):
            raise IntegrityAlarm(f"a decision is not complete: {', '.join(odd[:5])}", expected="every field, no other")
        try:
            blocking = tuple(Blocking(**item) for item in body["blocking"])
            return cls(**{**body, "blocking": blocking, "waivers": tuple(body["waivers"])})
        except TypeError as error:
            raise IntegrityAlarm(f"what a decision names is not complete: {error}", expected="lists of it") from error


@dataclass(frozen=True)
class Ledger:
    """A folder of entries, and the folder of the key that signs them."""

    folder: Path
    keys: Path = keys.KEYS

    def append(self, kind: str, body: Any) -> Entry:
        """Add the next entry, created exclusively: of two writers each gets a number of its own."""
        plain = files.plain(body)
        for _ in range(ATTEMPTS):
            entry = chain.make(Kind(kind), plain, after=self.head(), keys_folder=self.keys)
            if self._create(entry):
                return entry
        raise IntegrityAlarm(f"no free number in {self.folder} after {ATTEMPTS} tries", expected="fewer writers")

    def _create(self, entry: Entry) -> bool:
        path = chain.path_of(self.folder, entry.number)
        temporary = files.stage(path, files.canonical(entry))
        failpoint("ledger.staged")
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            raise LifecycleError(f"{path} could not be written: {error.strerror}", next_step="free space") from error
        finally:
            temporary.unlink(missing_ok=True)
        failpoint("ledger.linked")
        files.sync_folder(self.folder)
        return True

    def entry(self, number: int) -> Entry:
        """Read one entry; a missing, edited, unsigned or misplaced one is an alarm."""
        return chain.read(self.folder, number, keys_folder=self.keys)

    def entries(self) -> list[Entry]:
        """Read every entry, oldest first, each verified by itself; `verify` and `trusted` look at the chain."""
        return [self.entry(number) for number in chain.numbers_in(self.folder)]

    def numbers(self) -> list[int]:
        """List the numbers of the entries that are there, in order."""
        return chain.numbers_in(self.folder)

    def head(self) -> Entry | None:
        """Read the newest entry, if there is one."""
        numbers = chain.numbers_in(self.folder)
        return self.entry(numbers[-1]) if numbers else None

    def verify(self, mirrored: str | None = None) -> list[Break]:
        """Recompute the chain, and compare it with the head mirrored elsewhere ("<number>:<hash>"); [] is sound."""
        return chain.verify(self.folder, keys_folder=self.keys, mirrored=mirrored)

    def trusted(self, mirrored: str | None = None) -> list[Entry]:
        """Read every entry of a chain that holds; otherwise an alarm that names the first broken link."""
        if breaks := self.verify(mirrored):
            raise IntegrityAlarm(breaks[0].reason, expected="an unbroken ledger", next_step=chain.VERIFY)
        return self.entries()
