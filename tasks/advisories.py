"""Known vulnerabilities of the installed packages: looked up in a folder of OSV files, or by an OSV query."""

import importlib.metadata
import json
import re
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.errors import LifecycleError
from tasks import files

ECOSYSTEM = "PyPI"
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Lookup:
    """What a look-up gave: packages asked about, vulnerability ids with what they are in; trouble where it failed."""

    source: str
    packages: int = 0
    found: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""


def look_up(source: str) -> Lookup:
    """Look up every installed package, by name and version (https://ossf.github.io/osv-schema/)."""
    if not source:
        return Lookup("", trouble="no source of advisories is configured")
    packages = installed()
    try:
        remote = source.startswith(("https://", "http://"))
        found = _asked(source, packages) if remote else _in_files(Path(source), packages)
        return Lookup(source, len(packages), dict(sorted(found)))
    except (LifecycleError, OSError, ValueError, KeyError, TypeError) as error:
        return Lookup(source, trouble=f"{type(error).__name__}: {error}"[:200])


def installed() -> dict[str, str]:
    """Give name and version of every installed package."""
    return {_plain(d.metadata["Name"]): d.version for d in importlib.metadata.distributions() if d.metadata["Name"]}


def _asked(url: str, packages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Ask as https://google.github.io/osv.dev/post-v1-querybatch says: one answer a package, in their order."""
    queries = [{"package": {"name": n, "ecosystem": ECOSYSTEM}, "version": v} for n, v in packages.items()]
    body = json.dumps({"queries": queries}).encode()
    request = urllib.request.Request(url, data=body, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        results = files.parse_json(answer.read())["results"]
    if len(results) != len(packages):
        raise ValueError(f"{len(results)} answers to {len(packages)} questions")
    for (name, version), result in zip(packages.items(), results, strict=True):
        yield from ((str(found["id"]), f"{name} {version}") for found in result.get("vulns", ()))


def _in_files(folder: Path, packages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    paths = sorted(folder.rglob("*.json"))
    if not paths:
        raise FileNotFoundError(f"{folder} holds no OSV file")
    for entry in (files.read_json(path) for path in paths):
        for affected in () if entry.get("withdrawn") else entry.get("affected", ()):
            about = affected.get("package", {})
            name = _plain(str(about.get("name", "")))
            if about.get("ecosystem") == ECOSYSTEM and name in packages and _hit(affected, packages[name]):
                yield str(entry["id"]), f"{name} {packages[name]}"


def _hit(affected: Mapping[str, Any], version: str) -> bool:
    if version in affected.get("versions", ()):
        return True
    return any(_within(r.get("events", ()), version) for r in affected.get("ranges", ()) if r["type"] == "ECOSYSTEM")


def _within(events: list[Mapping[str, str]], version: str) -> bool:
    """Walk the events of a range in order: each `introduced` opens it, each `fixed` or later version closes it."""
    from packaging.version import Version

    here, inside = Version(version), False
    for event in events:
        for kind, value in event.items():
            at = Version("0") if value == "0" else Version(value)
            if kind == "introduced" and here >= at:
                inside = True
            elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
                inside = False
    return inside


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
