"""Backups: registry, ledger, public key, pipeline records, and the artefacts of the versions that matter."""

import contextlib
import os
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import ConfigError, IntegrityAlarm, LifecycleError
from tasks import aliases, chain, files, keys, packaging
from tasks.ledger import Kind
from tasks.registry import Version
from tasks.stores import Stores
from tasks.tracking import database_file, provenance

ALIASES = ("champion", "staging", "candidate", "previous")
MANIFEST = "manifest.json"
# What DVC needs to find data by; the data lie in its cache or remote, which has a backup of its own.
REFERENCES = ("dvc.lock", "dvc.yaml", "data/landed.dvc", "data/landed/manifest.json")


@dataclass(frozen=True)
class Backup:
    """A backup as it was written and read again: where, what of, and how much."""

    folder: str
    versions: tuple[int, ...]
    files: int
    bytes: int
    manifest_sha256: str
    entry: int
    made: str


def copy_database(source: Path, destination: Path) -> Path:
    """Copy a SQLite database while others write to it, whole as of one instant."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    with (
        contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as live,
        contextlib.closing(sqlite3.connect(destination)) as copy,
    ):
        live.backup(copy)
    destination.chmod(0o600)
    return destination


def back_up(destination: Path, *, stores: Stores) -> Backup:
    """Write a backup into a new folder of `destination`, read it again, verify it, and record it."""
    stores.trusted()
    made, start = files.now(), time.monotonic()
    folder = destination / f"{stores.registry.model}-{made:%Y%m%dT%H%M%SZ}"
    partial = _begin(folder)
    versions = _named(stores)
    _write(partial, versions, stores)
    listed = files.list_tree(partial)
    manifest = {"schema": 1, "made": made, "model": stores.registry.model, "files": listed}
    files.write_json(partial / MANIFEST, {**manifest, "versions": [v.number for v in versions]})
    verify(partial)
    os.rename(partial, folder)
    files.sync_folder(destination)
    return _record(folder, versions, listed, made.isoformat(), time.monotonic() - start, stores)


def _begin(folder: Path) -> Path:
    partial = folder.with_name(f".{folder.name}.partial")
    try:
        partial.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise LifecycleError(
            f"{partial} could not be made: {error.strerror}", expected="a folder that can be written to",
            next_step="see `backup` in config/runtime.yaml, or name another folder: lifecycle backup FOLDER",
        ) from error  # fmt: skip
    return partial


def _named(stores: Stores) -> list[Version]:
    """Give each version that an alias names, once."""
    numbers = {stores.registry.alias(name) for name in ALIASES} - {None}
    return [stores.registry.version(int(number)) for number in sorted(n for n in numbers if n is not None)]


def _write(partial: Path, versions: list[Version], stores: Stores) -> None:
    """The registry first: a ledger that is longer than the head it remembers is sound, a shorter one is not."""
    database = database_file(stores.registry.uri)
    if database is None:
        raise ConfigError(
            f"the registry {stores.registry.uri} is a server", expected="SQLite: a server's operator backs it up",
            next_step="ask whoever runs the server for its backups",
        )  # fmt: skip
    copy_database(database, partial / "mlflow.db")
    shutil.copytree(stores.ledger.folder, partial / "ledger")
    (partial / "keys").mkdir()
    shutil.copy2(keys.public_key(stores.ledger.keys), partial / "keys" / keys.PUBLIC)
    for name in REFERENCES:
        if Path(name).is_file():
            (partial / "references" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, partial / "references" / name)
    for version in versions:
        home = partial / "versions" / str(version.number)
        stores.registry.fetch(version.source, home / "package")
        stores.registry.fetch(stores.registry.address(version.run_id, ""), home / "artifacts")


def verify(folder: Path) -> None:
    """Read a backup again: files as listed, database, chain and head, each package; what fails is an IntegrityAlarm."""
    manifest = files.read_json(folder / MANIFEST)
    if files.list_tree(folder, ignore=(MANIFEST,)) != manifest["files"]:
        raise _alarm(folder, "its files are not those that were written")
    tags = _tags(folder / "mlflow.db", str(manifest["model"]), folder)
    named = aliases.read_aliases(f"sqlite:///{folder / 'mlflow.db'}", str(manifest["model"]))
    if breaks := chain.verify(folder / "ledger", keys_folder=folder / "keys", mirrored=named.ledger_head):
        raise _alarm(folder, breaks[0].reason)
    for number in manifest["versions"]:
        package = folder / "versions" / str(number) / "package"
        packaging.verify(package, digest=tags.get(number), keys_folder=folder / "keys")


def _tags(database: Path, model: str, folder: Path) -> dict[int, str]:
    """Give the digest of each version, from a database that says of itself that it is whole."""
    query = "SELECT version, value FROM model_version_tags WHERE name = ? AND key = 'digest'"
    try:
        with contextlib.closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            if opened.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise _alarm(folder, "its database is damaged")
            return {int(version): str(value) for version, value in opened.execute(query, (model,))}
    except sqlite3.Error as error:
        raise _alarm(folder, f"its database is damaged: {error}") from error


def _record(
    folder: Path, versions: list[Version], listed: list[dict[str, Any]], made: str, seconds: float, stores: Stores
) -> Backup:
    """Put it on record: reports/backups/last.json, and a ledger entry among the drills, for it was read again."""
    numbers = tuple(version.number for version in versions)
    size, manifest = sum(int(item["size"]) for item in listed), files.sha256_file(folder / MANIFEST)
    about = {"folder": str(folder), "versions": numbers, "files": len(listed), "bytes": size, "manifest": manifest}
    body: dict[str, Any] = {
        "schema": 1, "made": made, "name": "backup", "passed": True, "version": max(numbers, default=None),
        "seconds": round(seconds, 3), "commit": provenance().commit,
        "because": "written, read again and verified", "about": about,
    }  # fmt: skip
    entry = stores.record(Kind.DRILL, body)
    files.write_json(stores.reports / "backups" / "last.json", {**body, "entry": entry.number})
    return Backup(str(folder), numbers, len(listed), size, manifest, entry.number, made)


def _alarm(folder: Path, seen: str) -> IntegrityAlarm:
    return IntegrityAlarm(
        f"the backup {folder} does not hold: {seen}", expected="what was written, every byte of it",
        next_step="look at the disk, and run `lifecycle backup` again",
    )  # fmt: skip
