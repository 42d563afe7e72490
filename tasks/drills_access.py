"""The access drill: a stranger on this machine tries to get in, this process tries to get out and above itself."""

import contextlib
import os
import socket
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from config.settings import Platform, Runtime
from tasks import advisories
from tasks.drills import Practised
from tasks.keys import PRIVATE
from tasks.stores import Stores
from tasks.tracking import database_file

NOBODY = 65534  # a user and a group without any right, on every Unix
SYSTEM = ("/etc/passwd", "/etc/shadow")  # what a service has no business to write to
PATIENCE_SECONDS = 3.0
TRY = 'for path; do if test -r "$path" || test -w "$path"; then echo "$path"; fi; done'


def access(*, stores: Stores, runtime: Runtime, platform: Platform, tell: Callable[[str], None]) -> Practised:
    """Try every door, and look up the installed packages; passed when the stranger got at nothing."""
    tell("Try the doors as a stranger")
    tried = treasures(stores, runtime)
    how, entered = as_stranger(tried)
    tell("Try the way out, and look up the installed packages")
    looked = advisories.look_up(platform.advisories)
    about = {
        "stranger": {"how": how, "tried": sorted(tried), "entered": entered},
        "identity": {"uid": os.geteuid(), "above": [path for path in SYSTEM if os.access(path, os.W_OK)]},
        "outside": {"address": platform.outside, "reached": reached(platform.outside)},
        "advisories": asdict(looked),
    }
    if not tried:
        return Practised(False, "there is nothing yet that a stranger could get at", about=about)
    words = f"a stranger got at {', '.join(entered)}" if entered else f"{len(tried)} doors, none let a stranger in"
    return Practised(not entered, words, about=about)


def treasures(stores: Stores, runtime: Runtime) -> dict[str, Path]:
    """Name what others must not read or change, where it is there: keys, data, models, ledger, database."""
    database = database_file(runtime.tracking_uri)
    named = {
        "key": stores.ledger.keys / PRIVATE,
        "landed rows": Path("data/landed/rows.parquet"),
        "prepared rows": Path("data/prepared/train.parquet"),
        "ledger": next(iter(sorted(stores.ledger.folder.glob("*.json"))), stores.ledger.folder / "none"),
        "database": database or Path("none"),
        "models": _model(Path(runtime.artifact_location)),
    }
    return {name: path.resolve() for name, path in named.items() if path.exists()}


def _model(folder: Path) -> Path:
    return next((path for path in folder.rglob("*.skops") if path.is_file()), folder / "none")


def as_stranger(tried: Mapping[str, Path]) -> tuple[str, list[str]]:
    """Say how it was tried, and what could be read or changed: as nobody where we may become so, else by the modes."""
    if os.geteuid() != 0:
        return "by the modes", sorted(name for name, path in tried.items() if open_to_others(path))
    ended = subprocess.run(
        ["/bin/sh", "-c", TRY, "sh", *map(str, tried.values())], cwd="/", user=NOBODY, group=NOBODY, extra_groups=[],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    got = set(ended.stdout.splitlines())
    return f"as user {NOBODY}", sorted(name for name, path in tried.items() if str(path) in got)


def open_to_others(path: Path) -> bool:
    """Tell whether the modes let others read or change a file, every folder on the way included."""
    way = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    return way and bool(path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH))


def reached(address: str) -> bool | None:
    """Tell whether an address outside answers from here; None where none is configured."""
    if not address:
        return None
    host, _, port = address.rpartition(":")
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS):
        return True
    return False
