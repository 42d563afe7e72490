"""Takes the places of data, models, ledger and state out of the reach of others on this machine."""

import contextlib
from pathlib import Path

from config.settings import Runtime
from tasks.tracking import STATE, database_file

DATA = Path("data")
CACHE = Path(".dvc/cache")
OTHERS = 0o007


def close(runtime: Runtime) -> None:
    """Make the folders that are not there yet, and take from others every permission on what is; groups keep theirs."""
    for folder in (DATA, STATE, *_local(runtime.ledger), *_local(runtime.artifact_location)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        _shut(folder)
    database = database_file(runtime.tracking_uri)
    for path in (CACHE, *(() if database is None else (database,))):
        if path.exists():
            _shut(path)


def _local(address: str) -> tuple[Path, ...]:
    return () if "://" in address else (Path(address),)


def _shut(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if mode & OTHERS:
        with contextlib.suppress(PermissionError):  # somebody else's: what stays open is seen by the auditor
            path.chmod(mode & ~OTHERS)
