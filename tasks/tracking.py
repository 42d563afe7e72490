"""Where runs are recorded: MLflow opened safely, and the provenance that every run carries."""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import LifecycleError
from config.settings import Runtime, Settings
from tasks.files import sha256_file

if TYPE_CHECKING:
    from mlflow import MlflowClient

LOCK_FILE = "requirements.lock"
LANDED_POINTER = "data/landed.dvc"
STATE = Path(".lifecycle")
PATIENCE_SECONDS = 5.0
LOCK_SECONDS = 20.0  # as long as MLflow itself waits for another writer
# What a run itself writes is no change of the source.
NOT_SOURCE = ("dvc.lock", "**/*.dvc", "data/**", "reports/**", "ledger/**")


@dataclass(frozen=True)
class Tracking:
    """An open MLflow store: its address, a client, and the project's experiment."""

    uri: str
    client: "MlflowClient"
    experiment_id: str


@dataclass(frozen=True)
class Provenance:
    """What a run was made from: source, locked environment, data. None: not known."""

    commit: str | None
    dirty: bool
    lock_sha256: str | None
    data_revision: str | None

    def tags(self) -> dict[str, str]:
        """Give the MLflow tags of a run; what is not known has no tag."""
        values = {
            "lifecycle.commit": self.commit,
            "lifecycle.dirty": str(self.dirty).lower(),
            "lifecycle.lock_sha256": self.lock_sha256,
            "lifecycle.data_revision": self.data_revision,
        }
        return {name: value for name, value in values.items() if value is not None}


def connect(settings: Settings) -> Tracking:
    """Open the tracking store and the project's experiment, making both on first use (LifecycleError)."""
    uri = address(settings.runtime)
    os.environ["MLFLOW_TRACKING_URI"] = uri  # for what this process starts
    with in_words(uri):
        _reach(uri)
        client = _open(uri)
        return Tracking(uri, client, _experiment(client, settings.charter.project, settings.runtime))


def address(runtime: Runtime) -> str:
    """Give the store's address; a SQLite file by its full path: MLflow keeps an open store for each address."""
    path = database_file(runtime.tracking_uri)
    return runtime.tracking_uri if path is None else f"sqlite:///{path.resolve()}"


@contextlib.contextmanager
def in_words(uri: str) -> Iterator[None]:
    """Tell a failing tracking store in words (LifecycleError)."""
    from mlflow.exceptions import MlflowException
    from requests.exceptions import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, RequestException, SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise LifecycleError(
            f"the MLflow store {uri} failed: {str(error).splitlines()[0][:300]}",
            expected="a tracking store that answers and can be written to",
            next_step="check `tracking_uri` in config/runtime.yaml, that its disk can be written to, and that no other "
            "process holds the database; a damaged one is brought back from a backup",
        ) from error


def _reach(uri: str) -> None:
    if uri.startswith(("http://", "https://")):
        urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=PATIENCE_SECONDS).close()
    elif path := database_file(uri):
        with _first_open_lock():
            if not path.exists():
                _create_database(path)
        _probe(path)


def database_file(uri: str) -> Path | None:
    """Give the file of a SQLite address, None for any other address."""
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None


@contextlib.contextmanager
def _first_open_lock() -> Iterator[None]:
    """Let one process at a time make the database: MLflow's migrations race when two open it first."""
    STATE.mkdir(exist_ok=True, mode=0o700)
    with open(STATE / "mlflow.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _create_database(path: Path) -> None:
    """Run MLflow's migrations on a file beside, then rename it: a killed first open leaves no half database."""
    fresh = STATE / f"mlflow-new-{os.getpid()}.db"
    fresh.unlink(missing_ok=True)
    _open(f"sqlite:///{fresh.resolve()}").search_experiments(max_results=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    moved = path.with_name(f".{path.name}.new")  # a copy first: the state folder may be on another disk
    shutil.move(fresh, moved)
    os.replace(moved, path)


def _probe(path: Path) -> None:
    """Ask for the write lock and give it back, and see that no page is damaged: both are noticed before any work."""
    with contextlib.closing(sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
        database.execute("ROLLBACK")
    if found != "ok":
        raise sqlite3.DatabaseError(f"the database is damaged: {' '.join(str(found).split())}")


def _open(uri: str) -> "MlflowClient":
    import logging

    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    import mlflow

    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)


def _experiment(client: "MlflowClient", name: str, runtime: Runtime) -> str:
    if found := client.get_experiment_by_name(name):
        return str(found.experiment_id)
    with _first_open_lock():
        found = client.get_experiment_by_name(name)
        return str(found.experiment_id if found else client.create_experiment(name, _artifact_location(runtime)))


def _artifact_location(runtime: Runtime) -> str | None:
    """Give the address of the artefacts; a tracking server decides for itself unless a URL is configured."""
    if "://" in runtime.artifact_location:
        return runtime.artifact_location
    if database_file(runtime.tracking_uri) is None:
        return None
    return Path(runtime.artifact_location).resolve().as_uri()


def provenance() -> Provenance:
    """Say what this project's source, environment and data are at this moment."""
    lock = Path(LOCK_FILE)
    return Provenance(
        commit=(_git("rev-parse", "HEAD") or "").strip() or None,
        dirty=_git("status", "--porcelain", "--", ".", *(f":(exclude,glob){p}" for p in NOT_SOURCE)) != "",
        lock_sha256=sha256_file(lock) if lock.exists() else None,
        data_revision=_data_revision(Path(LANDED_POINTER)),
    )


def _git(*arguments: str) -> str | None:
    """Ask git; None where there is no git or no repository."""
    try:
        answer = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=30, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return answer.stdout if answer.returncode == 0 else None


def _data_revision(pointer: Path) -> str | None:
    import yaml

    if not pointer.exists():
        return None
    outs: list[dict[str, Any]] = yaml.safe_load(pointer.read_text())["outs"]
    return str(outs[0]["md5"])
