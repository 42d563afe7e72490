"""The last good models on the server's own disk, each with the signed decision that let it in."""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm, LifecycleError
from tasks import compatibility, files, history, keys, packaging
from tasks.ledger import Decision, Entry

ADMISSION = "admission.json"
PACKAGE = "package"


@dataclass(frozen=True)
class Admission:
    """A version that may serve: the signed ledger entry of its decision, and the move that let it serve."""

    version: int
    decision: Entry
    move: int

    @property
    def digest(self) -> str:
        """The digest of the model's own files."""
        return str(self.decision.body["model_digest"])

    @property
    def package_digest(self) -> str:
        """The digest of everything in the package but its signature."""
        return str(self.decision.body["figures"].get("package_digest"))

    @classmethod
    def of(cls, version: int, entries: list[Entry], *, move: int) -> "Admission":
        """Find the decision that let a version in (IntegrityAlarm)."""
        entry = history.let_in_by(entries, version)
        if entry is None:
            raise IntegrityAlarm(f"no decision in the ledger let version {version} in", expected="one that passed")
        return cls(version, _passed(entry, version), move)


def _passed(entry: Entry, version: int) -> Entry:
    decision = Decision.read(entry.body)
    if not decision.lets_through or decision.version != version or not decision.model_digest:
        raise IntegrityAlarm(f"ledger entry {entry.number} did not let version {version} in", expected="a pass")
    return entry


@dataclass(frozen=True)
class Shelf:
    """The folder of kept models; what stands on it was loaded and asked before it was put there."""

    folder: Path
    keys: Path

    def find(self, admission: Admission) -> Path | None:
        """Give the verified package of an admission, if it is kept, unchanged, and may be loaded here."""
        folder = self._place(admission) / PACKAGE
        if not folder.is_dir():
            return None
        try:
            verify(folder, admission, self.keys)
            compatibility.demand(folder)
        except LifecycleError:
            return None
        return folder

    def put(self, package: Path, admission: Admission) -> Path:
        """Keep a verified and tried package: whole, or not there."""
        place = self._place(admission)
        new = place.with_name(f".{place.name}.{os.getpid()}.new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(package, new / PACKAGE, symlinks=True)
        verify(new / PACKAGE, admission, self.keys)
        files.write_json(new / ADMISSION, {"schema": 1, "version": admission.version, "entry": admission.decision})
        shutil.rmtree(place, ignore_errors=True)
        new.rename(place)
        files.sync_folder(self.folder)
        return place / PACKAGE

    def used(self, admission: Admission) -> None:
        """Remember that a model served just now: the latest are kept."""
        with contextlib.suppress(OSError):
            os.utime(self._place(admission))

    def newest(self) -> tuple[Admission, Path] | None:
        """Give the model that served last and still verifies: what answers where there is no ledger to ask."""
        for place in self._places():
            with contextlib.suppress(LifecycleError, KeyError, TypeError):
                told: dict[str, Any] = files.read_json(place / ADMISSION)
                entry = Entry(**told["entry"])
                signed = files.canonical(entry.without("signature", "hash"))
                if keys.verify(self.keys, signed, entry.signature):
                    admission = Admission(told["version"], _passed(entry, told["version"]), 0)
                    if found := self.find(admission):
                        return admission, found
        return None

    def trim(self, keep: int) -> None:
        """Let go of all but the latest."""
        for place in self._places()[keep:]:
            shutil.rmtree(place, ignore_errors=True)

    def _place(self, admission: Admission) -> Path:
        return self.folder / f"{admission.version}-{admission.package_digest[:16]}"

    def _places(self) -> list[Path]:
        found = [(p.stat().st_mtime, p) for p in self.folder.glob("[0-9]*") if p.is_dir()]
        return [place for _, place in sorted(found, reverse=True)]


def verify(folder: Path, admission: Admission, keys_folder: Path) -> packaging.Package:
    """Verify a package against the decision that let it in (IntegrityAlarm)."""
    package = packaging.verify(folder, digest=admission.digest, keys_folder=keys_folder)
    if package.package_digest != admission.package_digest:
        raise IntegrityAlarm(
            f"the package of version {admission.version} is signed, but is not the one that was decided on",
            expected="the same golden rows and contract", next_step="run `lifecycle run`",
        )  # fmt: skip
    return package
