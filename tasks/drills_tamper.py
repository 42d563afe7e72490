"""The tamper drill: one byte changed in a copy of each thing that is trusted, and what of ours notices it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from config.errors import IntegrityAlarm, LifecycleError
from tasks import decisions, packaging, preparing, training
from tasks.drills import Practised, copy_ledger
from tasks.history import standing
from tasks.ledger import Entry
from tasks.settlement import fetch_standing
from tasks.stores import Stores

Verify = Callable[[], object]
PARTS = ("train", "tune", "promotion")


@dataclass(frozen=True)
class Tampered:
    """One byte of one thing, changed: what noticed it, and in which words; nothing did where `words` is empty."""

    what: str
    file: str
    by: str
    words: str

    @property
    def detected(self) -> bool:
        """Whether it was noticed."""
        return bool(self.words)


def tamper(place: Path, *, stores: Stores) -> Practised:
    """Change a byte of everything, each in a copy; the data keep their size and time of change, as DVC looks at."""
    entries = stores.trusted()
    number = standing(entries, "champion")
    found = [*_package(place, number, entries, stores), *_data(place), *_records(place, stores)]
    blind = [item.what for item in found if not item.detected]
    sentence = f"undetected: {', '.join(blind)}" if blind else f"{len(found)} changes of one byte, each detected"
    about = {"changes": [asdict(item) | {"detected": item.detected} for item in found]}
    return Practised(not blind and bool(found), sentence, number, about=about)


def flip(path: Path) -> None:
    """Change one bit in the middle of a file, and let its size and times be what they were."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _noticed(what: str, file: Path, by: str, verify: Verify) -> Tampered:
    """Verify what is sound, change a byte, verify again: only an alarm at the second look, and not at the first."""
    verify()
    flip(file)
    words = ""
    try:
        verify()
    except IntegrityAlarm as alarm:
        words = alarm.seen.replace(f"{file.parent}/", "").replace(str(file.parent), "its folder")
    except LifecycleError as error:  # refused, though not as what it is
        words = error.seen
    return Tampered(what, file.name, by, words[:300])


def _package(place: Path, number: int | None, entries: list[Entry], stores: Stores) -> list[Tampered]:
    """Change the model, then the golden rows, which the model's digest does not cover and the signature does."""
    if number is None:
        raise LifecycleError("there is no champion", expected="a promoted model", next_step="lifecycle run")
    copies = Stores(stores.registry, stores.ledger, place / "package", stores.reports)
    found = []
    for name, by in ((packaging.MODEL, "digest of the model"), (packaging.GOLDEN, "signature of the package")):
        package = fetch_standing(number, entries, copies)
        folder = package.folder

        def verify(folder: Path = folder, digest: str = package.digest) -> None:
            packaging.verify(folder, digest=digest, keys_folder=stores.ledger.keys)

        found.append(_noticed(f"model package, {name}", folder / name, by, verify))
    return found


def _data(place: Path) -> list[Tampered]:
    landed, prepared = place / "landed", place / "prepared"
    shutil.copytree(preparing.LANDED, landed)
    shutil.copytree(preparing.PREPARED, prepared)
    by = "SHA-256 in its record"
    found = [_noticed("landed snapshot", landed / "rows.parquet", by, lambda: preparing.read_landed(landed))]
    for name in PARTS:

        def verify(name: str = name) -> None:
            training.read_part(name, folder=prepared)

        found.append(_noticed(f"prepared part, {name}", prepared / f"{name}.parquet", by, verify))
    return found


def _records(place: Path, stores: Stores) -> list[Tampered]:
    """Change a stored decision, then an entry of the ledger."""
    reports = place / "reports"
    shutil.copytree(stores.reports / "decisions", reports / "decisions")
    ledger = copy_ledger(stores, place / "ledger")
    copies = Stores(stores.registry, ledger, place, reports)
    entries = sorted(ledger.folder.glob("[0-9]*.json"))
    return [
        _noticed(
            "stored decision", reports / "decisions" / "champion.json", "comparison with the ledger",
            lambda: decisions.stored("champion", copies),
        ),
        _noticed("ledger entry", entries[len(entries) // 2], "hash chain", ledger.trusted),
    ]  # fmt: skip
