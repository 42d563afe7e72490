"""Drills: recovery practised on real parts in a scratch place, timed, and put on record."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from config.errors import LifecycleError
from tasks import files
from tasks.ledger import Kind, Ledger
from tasks.stores import Stores
from tasks.tracking import provenance

Name = Literal["restore", "rollback", "tamper", "resume", "access", "decay", "scale", "feedback", "search"]
Tell = Callable[[str], None]  # says what is being done now
NAMES: tuple[Name, ...] = get_args(Name)
REPORTS = "drills"
# What a scratch copy of the project takes along: code, settings, lock, and the record of the pipeline.
ROOMS = ("commands", "config", "flows", "lens_checks", "serving", "tasks")
FILES = ("cli.py", "dvc.yaml", "dvc.lock", "pyproject.toml", "requirements.lock")


@dataclass(frozen=True)
class Practised:
    """What a drill came to: passed or not, in a sentence, with what was practised on and every figure."""

    passed: bool
    sentence: str
    version: int | None = None
    seconds: float | None = None  # of the recovery itself; the drill may take longer
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Drill:
    """A drill as it is on record, in reports/drills and in the ledger."""

    name: str
    passed: bool
    seconds: float
    version: int | None
    entry: int
    sentence: str


def practise(name: Name, act: Callable[[Path], Practised], *, stores: Stores) -> Drill:
    """Practise in a scratch place that is removed afterwards, and record it, also where it could not be done."""
    with scratch(stores.state) as place:
        start = time.monotonic()
        try:
            done = act(place)
        except LifecycleError as error:
            done = Practised(False, error.seen, about={"expected": error.expected, "next": error.next_step})
        except (OSError, subprocess.SubprocessError) as error:  # what is missing, full or hangs fails the drill too
            done = Practised(False, f"{type(error).__name__}: {error}"[:300])
        seconds = round(time.monotonic() - start if done.seconds is None else done.seconds, 3)
    return record(name, done, seconds=seconds, stores=stores)


@contextlib.contextmanager
def scratch(state: Path) -> Iterator[Path]:
    """Give an empty folder that only its owner reads, on the project's own disk, and remove it afterwards."""
    home = state / "drills"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = Path(tempfile.mkdtemp(dir=home.resolve()))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def record(name: Name, done: Practised, *, seconds: float, stores: Stores) -> Drill:
    """Write a drill into the ledger, then as reports/drills/<name>.json, which names its entry."""
    body = {
        "schema": 1,
        "made": files.now(),
        "name": name,
        "passed": done.passed,
        "seconds": seconds,
        "version": done.version,
        "commit": provenance().commit,
        "because": done.sentence,
        "about": dict(done.about),
    }
    entry = stores.record(Kind.DRILL, body)
    files.write_json(stores.reports / REPORTS / f"{name}.json", {**body, "entry": entry.number})
    return Drill(name, done.passed, seconds, done.version, entry.number, done.sentence)


def copy_ledger(stores: Stores, destination: Path) -> Ledger:
    """Copy the ledger, which may have no entry yet; the copy is signed with the same key."""
    destination.mkdir(parents=True)
    if stores.ledger.folder.is_dir():
        shutil.copytree(stores.ledger.folder, destination, dirs_exist_ok=True)
    return Ledger(destination, stores.ledger.keys)


def copy_code(destination: Path) -> None:
    """Copy the project's code and settings, as they lie here, to a scratch place."""
    for room in ROOMS:
        if Path(room).is_dir():
            shutil.copytree(room, destination / room, symlinks=True)
    for name in FILES:
        if Path(name).is_file():
            shutil.copy2(name, destination / name)
