"""Ask git for the commit that holds what the pipeline recorded, and whether code and parameters lie there too."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from lens_checks.evidence.delivery import objects
from lens_checks.evidence.pipeline import LOADER, Document, at
from lens_checks.evidence.place import NoEvidence, Place
from lens_checks.evidence.records.delivery import CommittedPipeline
from lens_checks.evidence.repository import ask_git

LOCK, POINTER = "dvc.lock", "data/landed.dvc"
SHOWN = 20


def committed_pipeline(place: Place) -> CommittedPipeline:
    """Hold the last commit of dvc.lock against the lock at hand, and what it records against that commit."""
    if not (place.root / LOCK).is_file():
        raise NoEvidence(f"{LOCK} is not there: run `lifecycle run`")
    if ask_git(place.root, "rev-parse", "--verify", "HEAD") is None:
        raise NoEvidence("there is no git commit: run `git init`, add the project and commit it")
    commit = (ask_git(place.root, "log", "-1", "--format=%H", "--", LOCK) or "").strip()
    if not commit:
        return CommittedPipeline(commit=None)
    lock = yaml.load((place.root / LOCK).read_bytes(), Loader=LOADER)  # noqa: S506 - both are safe loaders
    code, params = _code(lock), _params(lock)
    names = [LOCK, POINTER, *code, *params]
    held = dict(zip(names, objects(place.root, [f"{commit}:./{name}" for name in names]), strict=True))
    on_disk = {name: path.read_bytes() for name in (LOCK, POINTER) if (path := place.root / name).is_file()}
    strange = [*_other_code(code, held), *_other_values(params, held)]
    return CommittedPipeline(
        commit=commit,
        differing=tuple(name for name in (LOCK, POINTER) if held[name] is None or held[name] != on_disk.get(name)),
        strange=tuple(strange[:SHOWN]),
    )


def _code(lock: Document) -> dict[str, str]:
    """Give the digest of each module that a stage depends on, as the lock records it."""
    deps = (dep for stage in lock["stages"].values() for dep in stage.get("deps", []))
    return {dep["path"]: dep["md5"] for dep in deps if dep["path"].endswith(".py")}


def _params(lock: Document) -> dict[str, dict[str, Any]]:
    """Give the values that the stages ran with, by file."""
    found: dict[str, dict[str, Any]] = {}
    for stage in lock["stages"].values():
        for file, values in stage.get("params", {}).items():
            found.setdefault(file, {}).update(values)
    return found


def _other_code(code: Mapping[str, str], held: Mapping[str, bytes | None]) -> Iterator[str]:
    for path, md5 in code.items():
        text = held[path]
        if text is None or hashlib.md5(text, usedforsecurity=False).hexdigest() != md5:
            yield path


def _other_values(params: Mapping[str, Mapping[str, Any]], held: Mapping[str, bytes | None]) -> Iterator[str]:
    for file, values in params.items():
        document = yaml.load(held[file] or b"{}", Loader=LOADER)  # noqa: S506 - both are safe loaders
        yield from (f"{file}:{key}" for key, value in values.items() if at(document, key) != value)
