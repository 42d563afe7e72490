"""DVC: snapshots of data, and whether a stage of the pipeline is up to date with what it reads."""

import contextlib
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import LifecycleError
from tasks.files import sha256_json

if TYPE_CHECKING:
    from dvc.repo import Repo

LOCK = Path("dvc.lock")
RWLOCK = Path(".dvc/tmp/rwlock")  # who reads and writes what; DVC does not mend it itself
WRITING_SECONDS = 0.2  # it is written in place: it may be looked at while somebody does
CONFIG = "[core]\n    analytics = false\n    check_update = false\n"


def ensure_repository() -> None:
    """Make the project a DVC repository: with git if it lies in one, without otherwise; nobody is phoned."""
    folder = Path(".dvc")
    if not (folder / "config").exists():
        folder.mkdir(exist_ok=True)
        (folder / "config").write_text(CONFIG)
        (folder / ".gitignore").write_text("/config.local\n/tmp\n/cache\n")
    local = folder / "config.local"
    if not _in_git() and not local.exists():
        local.write_text("[core]\n    no_scm = true\n")
    elif _in_git() and local.exists() and local.read_text() == "[core]\n    no_scm = true\n":
        local.unlink()


def snapshot(path: Path) -> str:
    """Put a file or folder under DVC, as it is now, and give its revision; the content goes into DVC's cache."""
    with repository() as repo:
        repo.add(str(path))
    return revision(path)


def revision(path: Path) -> str:
    """Give the MD5 by which DVC knows a snapshot, from the .dvc file beside it (LifecycleError without one)."""
    import yaml

    pointer = path.with_name(f"{path.name}.dvc")
    if not pointer.exists():
        raise LifecycleError(f"{pointer} is not there", expected=f"{path} under DVC", next_step="run `lifecycle run`")
    return str(yaml.safe_load(pointer.read_text())["outs"][0]["md5"])


def stage_is_current(name: str) -> bool:
    """Tell whether a stage is up to date; outputs that were removed or changed are brought back from DVC's cache."""
    with repository() as repo:
        changes = repo.status(targets=[name]).get(name, [])
        if not changes:
            return True
        if any(not isinstance(change, dict) or set(change) != {"changed outs"} for change in changes):
            return False
        from dvc.exceptions import CheckoutError

        try:
            repo.checkout(targets=[name], force=True)
        except CheckoutError:  # the cache no longer has them: the stage has to run again
            return False
        return not repo.status(targets=[name])


def record_stage(name: str) -> None:
    """Record that a stage has run on what lies in the project now: dvc.lock, and its outputs into DVC's cache."""
    with repository() as repo:
        repo.commit(name, force=True)


def inputs_of(name: str) -> str:
    """Give one digest of what a recorded stage depends on: command, files, parameters; empty where it never ran."""
    stage = recorded().get(name)
    if stage is None:
        return ""
    read = {dep["path"]: dep["md5"] for dep in stage.get("deps", [])}
    return sha256_json([stage["cmd"], read, stage.get("params", {})])


def recorded() -> dict[str, Any]:
    """Give what dvc.lock records of each stage that ran."""
    import yaml

    if not LOCK.is_file():
        return {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules, ten times as fast
    lock = yaml.load(LOCK.read_bytes(), Loader=loader) or {}  # noqa: S506 - both are safe loaders
    stages: dict[str, Any] = lock.get("stages", {})
    return stages


def status() -> dict[str, list[Any]]:
    """List what is not up to date, by stage; empty when everything is."""
    with repository() as repo:
        return dict(repo.status())


def _in_git() -> bool:
    return any((folder / ".git").exists() for folder in (Path.cwd(), *Path.cwd().parents))


def _mend_rwlock() -> None:
    """Remove DVC's list of readers and writers where a kill left it unreadable, and no DVC works here."""
    for pause in (WRITING_SECONDS, 0.0):
        try:
            if not RWLOCK.exists() or isinstance(json.loads(RWLOCK.read_bytes()), dict):
                return
        except ValueError:
            time.sleep(pause)
    if not _dvc_works_here():
        RWLOCK.unlink(missing_ok=True)


def _dvc_works_here() -> bool:
    """Tell whether another process runs DVC's command in this folder."""
    import psutil

    here, me = str(Path.cwd()), psutil.Process().pid
    for process in psutil.process_iter(("pid", "cmdline", "cwd")):
        about = process.info
        if about["pid"] != me and about["cwd"] == here and any("dvc" in Path(w).name for w in about["cmdline"] or ()):
            return True
    return False


@contextlib.contextmanager
def repository() -> "Iterator[Repo]":
    """Open DVC's repository, and turn DVC's own errors into words."""
    ensure_repository()
    _mend_rwlock()
    from dvc.exceptions import DvcException
    from dvc.lock import LockError
    from dvc.repo import Repo

    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    try:
        with Repo() as repo:
            yield repo
    except LockError as error:
        raise LifecycleError(
            "DVC is busy with this project in another process",
            expected="one at a time",
            next_step="wait for the other to end, then run the same command again",
        ) from error
    except DvcException as error:
        raise LifecycleError(
            f"DVC: {' '.join(str(error).split())[:300]}",
            expected="a sound dvc.yaml, dvc.lock and .dvc folder",
            next_step="`dvc status` shows more; have dvc.lock and .dvc/config back from git, or remove dvc.lock: "
            "the next run records every stage anew",
        ) from error
