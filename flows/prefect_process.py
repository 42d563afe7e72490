"""The Prefect server of a single run, in a process of its own: `flows.orchestrator` starts this file as a program."""

import contextlib
import fcntl
import gc
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 3
DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
# Prefect's own command would import its whole command line; this is what it does.
MIGRATE = (
    "import asyncio; from prefect.server.database import provide_database_interface as database; "
    "asyncio.run(database().create_db())"
)


def main(descriptor: int, parent: int) -> None:
    """Serve Prefect's API on a socket that is already listening, until told to stop or the parent is gone."""
    die_with(parent)
    migrate(Path(os.environ["PREFECT_HOME"]))
    gc.disable()  # a fifth of the start would go into walking modules that stay anyway
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app()
    gc.freeze()
    gc.enable()
    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=GRACE_SECONDS)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


def die_with(parent: int) -> None:
    """Let the kernel end this process when its parent ends, however that ends (Linux; elsewhere atexit must do)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(f"process {parent}, which started this server, is gone")


def migrate(home: Path) -> None:
    """Give the database this Prefect's schema, one process at a time; nothing to do where a marker says so."""
    if os.environ.get(DATABASE) or os.environ.get("PREFECT_API_DATABASE_CONNECTION_URL"):
        _run_migrations({})
        return
    database, marker, ours = home / "prefect.db", home / "migrated", version("prefect")
    with open(home / "migration.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if database.exists() and marker.exists() and marker.read_text() == ours:
            return
        if database.exists():
            _run_migrations({})
        else:
            _place(database, Path(sys.prefix) / "share" / "lifecycle-lens" / f"prefect-{ours}.db")
        marker.write_text(ours)


def _place(database: Path, template: Path) -> None:
    """Put an empty migrated database in place in one step; migrations take seconds, so the environment keeps a copy."""
    fresh = database.with_name("fresh.db")
    for leftover in database.parent.glob("fresh.db*"):
        leftover.unlink()
    if template.exists():
        shutil.copy(template, fresh)
    else:
        _run_migrations({DATABASE: f"sqlite+aiosqlite:///{fresh}"})
        _fold(fresh)
        with contextlib.suppress(OSError):  # an environment that may not be written to keeps no copy
            template.parent.mkdir(parents=True, exist_ok=True)
            beside = template.with_name(f"{template.name}.{os.getpid()}")
            shutil.copy(fresh, beside)
            os.replace(beside, template)
    os.replace(fresh, database)


def _run_migrations(where: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-P", "-c", MIGRATE], env=os.environ | where, check=True)


def _fold(database: Path) -> None:
    """Bring what the write-ahead log holds into the file, so that the file alone is the database."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
