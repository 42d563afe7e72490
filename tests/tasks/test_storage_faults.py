"""A full disk, a folder that cannot be written, a database that is held or damaged: told in words, nothing lost."""

import ast
import contextlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import environment
from config.errors import LifecycleError
from tasks import files, janitor, tracking
from tasks.ledger import Kind, Ledger
from tests.tasks.test_tracking import settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    if mlflow := sys.modules.get("mlflow"):
        mlflow.set_tracking_uri(None)


@contextlib.contextmanager
def disk(place: Path, *, kib: int) -> Iterator[Callable[..., None]]:
    """Mount a small disk of its own, and give what remounts it; skipped where that is not allowed."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting needs root")
    try:
        yield lambda how: subprocess.run(["mount", "-o", f"remount,{how}", place], check=True)
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(place: Path) -> Path:
    """Leave no free byte."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    return filler


# --- S7, S8, S9: our own files ---------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_content_as_it_was(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", kib=64):
        path = files.write_json(tmp_path / "disk" / "state.json", {"old": True})
        filler = fill(tmp_path / "disk")
        with pytest.raises(LifecycleError, match="No space left") as caught:
            files.write_json(path, {"new": "x" * 20_000})
        assert files.read_json(path) == {"old": True} and "free space" in caught.value.next_step
        assert sorted(p.name for p in path.parent.iterdir()) == ["filler", "state.json"]
        filler.unlink()
        assert files.read_json(files.write_json(path, {"new": True})) == {"new": True}


def test_a_full_disk_cuts_no_ledger(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", kib=64):
        ledger = Ledger(tmp_path / "disk" / "ledger", tmp_path / "keys")
        ledger.append(Kind.RETRAINING, {"n": 1})
        filler = fill(tmp_path / "disk")
        with pytest.raises(LifecycleError, match="No space left"):
            ledger.append(Kind.RETRAINING, {"n": "x" * 20_000})
        assert ledger.verify() == [] and len(ledger.entries()) == 1
        filler.unlink()
        assert ledger.append(Kind.RETRAINING, {"n": 2}).number == 2
        assert ledger.verify() == []


def test_a_disk_that_is_read_only_is_named(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", kib=64) as remount:
        path = files.write_json(tmp_path / "disk" / "state.json", {"old": True})
        remount("ro")
        with pytest.raises(LifecycleError, match=r"state\.json could not be written: Read-only"):
            files.write_json(path, {"new": True})
        assert files.read_json(path) == {"old": True}


# --- S2, S9, S10: the registry's database --------------------------------------------------------------------


@pytest.fixture
def registry(project: Path, mlflow_template: Path) -> Path:
    """A database with MLflow's tables."""
    return Path(shutil.copy(mlflow_template, project / "mlflow.db"))


@contextlib.contextmanager
def held(database: Path, seconds: float) -> Iterator[None]:
    """Hold the write lock for a while, in another process."""
    code = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None)"
    code += "; c.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(float(sys.argv[2]))"
    command = [sys.executable, "-c", code, str(database), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        try:
            yield
        finally:
            holder.kill()


def test_a_lock_that_is_given_back_in_time_is_waited_for(registry: Path) -> None:
    assert tracking.LOCK_SECONDS >= 20
    with held(registry, 1.5):
        tracking.connect(settings())


def test_a_lock_that_is_not_given_back_is_told(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "LOCK_SECONDS", 0.5)
    with held(registry, 60), pytest.raises(LifecycleError, match="locked"):
        tracking.connect(settings())
    tracking.connect(settings())


def _overwrite(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(lambda p: _overwrite(p, 0), "not a database|malformed", id="its first page overwritten"),
        pytest.param(lambda p: _overwrite(p, 40 * 4096), "damaged|malformed", id="a page in the middle overwritten"),
        pytest.param(lambda p: p.write_bytes(p.read_bytes()[: 50 * 4096]), "damaged|malformed", id="cut short"),
        pytest.param(lambda p: p.write_bytes(b"no database at all" * 300), "not a database", id="something else"),
        pytest.param(lambda p: _set_schema(p, "0a8213491aaa"), "out-of-date|schema", id="an older schema"),
    ],
)
def test_a_damaged_registry_is_told_before_any_work(registry: Path, spoil: Callable[[Path], None], words: str) -> None:
    spoil(registry)
    before = registry.read_bytes()
    with pytest.raises(LifecycleError, match=words) as caught:
        tracking.connect(settings())
    assert "backup" in caught.value.next_step
    assert registry.read_bytes() == before, "nothing is written to it"


def _set_schema(path: Path, revision: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("update alembic_version set version_num = ?", (revision,))


def test_a_registry_on_a_disk_that_is_read_only_is_told(project: Path, mlflow_template: Path) -> None:
    with disk(project / "disk", kib=8192) as remount:
        shutil.copy(mlflow_template, project / "disk" / "mlflow.db")
        remount("ro")
        with pytest.raises(LifecycleError, match=r"readonly|read-only|unable to open"):
            tracking.connect(settings(f"sqlite:///{project / 'disk' / 'mlflow.db'}"))


# --- S6: a model on a full disk --------------------------------------------------------------------------------------


def test_a_model_that_found_no_room_is_marked_and_the_next_one_is_logged(
    project: Path, mlflow_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    shutil.copy(mlflow_template, project / "mlflow.db")
    model = LogisticRegression().fit(np.eye(2), [0, 1])
    given = settings()
    with disk(project / "disk", kib=256):
        place = {"artifact_location": (project / "disk").as_uri()}
        given = given.model_copy(update={"runtime": given.runtime.model_copy(update=place)})
        store = tracking.connect(given)
        filler = fill(project / "disk")
        with pytest.raises(OSError, match="No space left"):
            _log(model, store)
        janitor.tidy(store)
        assert statuses(store) <= {"FAILED"}
        filler.unlink()
        _log(model, store)
        assert statuses(store) - {"FAILED"} == {"READY"}
    mlflow.set_tracking_uri(None)


def statuses(store: tracking.Tracking) -> set[str]:
    return {str(model.status) for model in store.client.search_logged_models([store.experiment_id])}


def _log(model: object, store: tracking.Tracking) -> None:
    import mlflow

    with mlflow.start_run(experiment_id=store.experiment_id):
        mlflow.sklearn.log_model(model, name="model", serialization_format="skops", pip_requirements=[])


# --- S11, S12: a server that does not answer -------------------------------------------------------------------------


@pytest.fixture
def black_hole() -> Iterator[str]:
    """A server that takes every call and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken: list[socket.socket] = []

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    taken.append(listener.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for connection in taken:
            connection.close()


def test_a_server_that_never_answers_is_noticed_in_seconds(project: Path, black_hole: str) -> None:
    start = time.monotonic()
    with pytest.raises(LifecycleError, match="timed out"):
        tracking.connect(settings(black_hole))
    assert time.monotonic() - start < 10


def test_no_call_of_the_tracking_server_can_take_longer_than_half_a_minute() -> None:
    tries = int(environment.DEFAULTS["MLFLOW_HTTP_REQUEST_MAX_RETRIES"]) + 1
    seconds, factor = (int(environment.DEFAULTS[f"MLFLOW_HTTP_REQUEST_{n}"]) for n in ("TIMEOUT", "BACKOFF_FACTOR"))
    pauses = sum(factor * 2**number + 1 for number in range(tries - 1))  # MLflow adds up to a second of jitter
    assert tries * seconds + pauses <= 30


def test_a_call_to_a_black_hole_keeps_that_bound(
    project: Path, black_hole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    for name, value in {"MAX_RETRIES": "1", "TIMEOUT": "1", "BACKOFF_FACTOR": "1"}.items():
        monkeypatch.setenv(f"MLFLOW_HTTP_REQUEST_{name}", value)
    start = time.monotonic()
    with pytest.raises(LifecycleError, match="MLflow store"), tracking.in_words(black_hole):
        mlflow.MlflowClient(black_hole).search_experiments()
    assert time.monotonic() - start < 6


LOCKS_AND_LOGS = {"locks.py", "operating.py", "orchestrator.py", "prefect_process.py", "tracking.py"}
ASIDE = {"batches.py", "capture.py"}  # into a file beside, which is synced and then takes the place


def test_nothing_writes_state_in_place() -> None:
    """A file of state is replaced whole: `open(..., "w")` on one would leave half of it behind a crash."""
    root, allowed = Path(__file__).parents[2], LOCKS_AND_LOGS | ASIDE
    for path in (*(root / "tasks").glob("*.py"), *(root / "flows").glob("*.py"), *(root / "serving").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            modes = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            opens = name == "open" and any(set(mode) & set("wax") and set(mode) <= set("wxabt+") for mode in modes)
            assert not opens or path.name in allowed, f"{path.name}, line {node.lineno}"
