"""Read the DVC pipeline from dvc.yaml, dvc.lock and the .dvc files, and digest anew what they name."""

import configparser
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from lens_checks.evidence.place import Malformed, NoEvidence, Place
from lens_checks.evidence.records.ground import Pipeline, Stage, StageFile

Document = dict[str, Any]
WRITABLE = 0o222
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules; libyaml reads ten times as fast


def pipeline(place: Place) -> Pipeline:
    """Read every stage with what was recorded and what lies on disk, and the snapshots added by hand."""
    root = place.root
    if not (root / "dvc.yaml").is_file():
        raise NoEvidence("dvc.yaml is not there: it is the one definition of the pipeline")
    recorded = _yaml(root / "dvc.lock").get("stages", {})
    disk = Disk(root)
    stages = {n: _stage(n, d, recorded.get(n), disk) for n, d in _yaml(root / "dvc.yaml").get("stages", {}).items()}
    snapshots = {file.path: file for pointer in sorted(root.glob("data/*.dvc")) for file in _snapshot(pointer, disk)}
    return Pipeline(stages=stages, snapshots=snapshots, remote=disk.remote)


def _stage(name: str, declared: Document, lock: Document | None, disk: "Disk") -> Stage:
    hashes = {item["path"]: item.get("md5") for key in ("deps", "outs") for item in (lock or {}).get(key, [])}
    outs = [path for key in ("outs", "metrics", "plots") for path, _ in _items(declared.get(key, []))]
    params = _params(declared.get("params", []), disk)
    command = str(declared.get("cmd", ""))
    return Stage(
        name=name,
        command=command,
        deps=tuple(disk.file(path, hashes.get(path)) for path, _ in _items(declared.get("deps", []))),
        outs=tuple(disk.file(path, hashes.get(path)) for path in dict.fromkeys(outs)),
        params=params,
        params_current=lock is not None and _flat(lock.get("params", {})) == params,
        recorded=lock is not None and lock.get("cmd") == command,
    )


def _items(listed: list[Any]) -> Iterator[tuple[str, Any]]:
    """Give path and options of each item of a list in dvc.yaml: a name, or a mapping of names."""
    for item in listed:
        yield from item.items() if isinstance(item, dict) else [(str(item), None)]


def _params(declared: list[Any], disk: "Disk") -> dict[str, object]:
    """Give the values, now, of the parameters that a stage declares: "file:key" -> value."""
    values: dict[str, object] = {}
    for item in declared:
        named = item if isinstance(item, dict) else {"params.yaml": [item]}
        for file, keys in named.items():
            document = disk.document(file)
            values |= {f"{file}:{key}": at(document, key) for key in (keys or document)}
    return values


def _flat(recorded: Document) -> dict[str, object]:
    return {f"{file}:{key}": value for file, values in recorded.items() for key, value in values.items()}


def at(document: Document, key: str) -> object:
    value: Any = document
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _snapshot(pointer: Path, disk: "Disk") -> Iterator[StageFile]:
    for item in _yaml(pointer).get("outs", []):
        yield disk.file((pointer.parent / item["path"]).relative_to(disk.root).as_posix(), item.get("md5"))


def _yaml(path: Path) -> Document:
    if not path.is_file():
        return {}
    try:
        document = yaml.load(path.read_bytes(), Loader=LOADER) or {}  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise Malformed(f"{path.as_posix()} is not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(document, dict):
        raise Malformed(f"{path.as_posix()} holds no mapping")
    return document


class Disk:
    """The working tree and DVC's cache, digested the way DVC does; each path once."""

    def __init__(self, root: Path) -> None:
        config = configparser.ConfigParser(interpolation=None)
        config.read([root / ".dvc/config", root / ".dvc/config.local"])
        self.root = root
        self.cache = root / ".dvc" / config.get("cache", "dir", fallback="cache") / "files/md5"
        self.remote = config.get(f"'remote \"{config.get('core', 'remote', fallback='')}\"'", "url", fallback=None)
        self._seen: dict[str, str | None] = {}
        self._documents: dict[str, Document] = {}

    def document(self, path: str) -> Document:
        if path not in self._documents:
            self._documents[path] = _yaml(self.root / path)
        return self._documents[path]

    def file(self, path: str, recorded: str | None) -> StageFile:
        if path not in self._seen:
            self._seen[path] = md5_of(self.root / path)
        cached = self._cached(recorded) if recorded else None
        sealed = all(not at.stat().st_mode & WRITABLE for at in self.objects(recorded)) if recorded and cached else None
        return StageFile(path=path, recorded=recorded, on_disk=self._seen[path], cached=cached, sealed=sealed)

    def objects(self, digest: str) -> Iterator[Path]:
        """Name the files of the cache that hold a content: of a folder the list and every file."""
        path = self.cache / digest[:2] / digest[2:]
        yield path
        if digest.endswith(".dir") and path.is_file():
            for item in json.loads(path.read_bytes()):
                yield from self.objects(item["md5"])

    def _cached(self, digest: str) -> bool:
        return all(path.is_file() for path in self.objects(digest))


def md5_of(path: Path) -> str | None:
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if not path.is_dir():
        return None
    files = sorted((p for p in path.rglob("*") if p.is_file()), key=lambda p: p.relative_to(path).parts)
    listed = [{"md5": md5_of(p), "relpath": p.relative_to(path).as_posix()} for p in files]
    return hashlib.md5(json.dumps(listed).encode(), usedforsecurity=False).hexdigest() + ".dir"
