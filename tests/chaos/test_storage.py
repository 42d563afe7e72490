"""Stores that many open at once, stages that are killed under DVC, objects that were altered behind its back."""

import contextlib
import hashlib
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tasks import tracking
from tests.chaos.conftest import Figures
from tests.chaos.test_orchestration import Project, assert_gone, finished, project
from tests.tasks.test_tracking import settings

__all__ = ["finished", "project"]
SPAWN = multiprocessing.get_context("spawn")
PROCESSES, OPENINGS, WRITES = 4, 20, 150


# --- S1, S3: the registry ---------------------------------------------------------------------------------------------


def _opener(folders: list[str], barrier: "multiprocessing.synchronize.Barrier") -> None:
    for folder in folders:
        os.chdir(folder)
        barrier.wait(300)
        tracking.connect(settings())


def test_processes_that_open_a_fresh_registry_agree(tmp_path: Path, figures: Figures, share: float) -> None:
    kind = "S1: 4 processes on a fresh registry"
    folders = [tmp_path / str(n) for n in range(max(1, round(OPENINGS * share)))]
    for folder in folders:
        folder.mkdir()
    barrier = SPAWN.Barrier(PROCESSES)
    openers = [SPAWN.Process(target=_opener, args=([str(f) for f in folders], barrier)) for _ in range(PROCESSES)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(3000)
    for folder in folders:
        with figures.trial(kind, folder.name), contextlib.closing(sqlite3.connect(folder / "mlflow.db")) as database:
            assert [opener.exitcode for opener in openers] == [0] * PROCESSES
            names = sorted(name for (name,) in database.execute("select name from experiments"))
            assert names == ["Default", "flight-delays"]
    figures.demand(kind)


def _writer(uri: str, number: int, count: int, took: "multiprocessing.queues.Queue[float]") -> None:
    import mlflow

    client = mlflow.MlflowClient(uri, uri)
    for n in range(count):
        start = time.monotonic()
        version = client.create_model_version("m", f"file:///nowhere/{number}/{n}", await_creation_for=0).version
        client.set_registered_model_alias("m", f"writer-{number}", version)
        client.set_model_version_tag("m", version, "n", str(n))
        took.put(time.monotonic() - start)


def test_four_writers_lose_nothing(tmp_path: Path, mlflow_template: Path, figures: Figures, share: float) -> None:
    import mlflow

    kind, count = "S3: versions by 4 writers, none lost, p99 < 3 s", max(3, round(WRITES * share))
    shutil.copy(mlflow_template, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    mlflow.MlflowClient(uri, uri).create_registered_model("m")
    took: multiprocessing.queues.Queue[float] = SPAWN.Queue()
    writers = [SPAWN.Process(target=_writer, args=(uri, n, count, took)) for n in range(PROCESSES)]
    for writer in writers:
        writer.start()
    seconds = sorted(took.get(timeout=600) for _ in range(PROCESSES * count))
    for writer in writers:
        writer.join(60)
    with figures.trial(kind, f"{PROCESSES} x {count}"):
        assert [writer.exitcode for writer in writers] == [0] * PROCESSES
        with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
            (versions,) = database.execute("select count(*) from model_versions").fetchone()
        assert versions == PROCESSES * count
        assert seconds[int(len(seconds) * 0.99)] < 3.0, f"p99 {seconds[int(len(seconds) * 0.99)]:.2f} s"
    figures.demand(kind)


@pytest.mark.parametrize(("seconds", "ends"), [(8, 0), (40, 1)])
def test_a_lock_is_waited_for_as_long_as_it_is_worth(
    project: Project, figures: Figures, seconds: int, ends: int
) -> None:
    kind = "S2: the registry's write lock held"
    with figures.trial(kind, f"{seconds} s"):
        holder = sqlite3.connect(project.root / "mlflow.db", isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(seconds, holder.close)
        process = project.start("-c", "import mlflow; print('ready', flush=True); from config.load import load; "
                                "from tasks import tracking; tracking.connect(load())")  # fmt: skip
        timer.start()
        ended = process.wait(120)
        timer.join()
        assert (ended != 0) == bool(ends), project.told[-2000:]
        assert "locked" in project.told if ends else True
        assert project.champion == 1
    figures.demand(kind)


# --- S15 to S20: DVC --------------------------------------------------------------------------------------------------


def digests(project: Project) -> dict[str, str]:
    folder = project.root / "data" / "prepared"
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.glob("*.parquet"))}


def flip(path: Path) -> None:
    """Change one byte and keep size, time and mode."""
    before, mode = path.stat(), path.stat().st_mode
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    path.chmod(mode)


def in_its_environment(project: Project) -> dict[str, str]:
    """Give what somebody has who activated the environment: DVC starts stages by the name `python`."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return project.environment() | {"PATH": path}


def repro(project: Project, log: str) -> "subprocess.Popen[bytes]":
    with (project.root / log).open("w") as told:
        return subprocess.Popen(
            [sys.executable, "-m", "dvc", "repro", "prepare", "--force"], cwd=project.root,
            env=in_its_environment(project), stdout=told, stderr=told, start_new_session=True,
        )  # fmt: skip


def is_clean_to_dvc(project: Project) -> bool:
    """Tell whether DVC sees no change; what it has looked at it takes for unchanged by size, time and inode."""
    told = subprocess.check_output(
        [sys.executable, "-m", "dvc", "status"], cwd=project.root, env=in_its_environment(project), text=True
    )
    return "up to date" in told


def await_stage(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """Wait until the stage of a `dvc repro` runs, and give its processes."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        found = [c for c in psutil.Process(process.pid).children(recursive=True) if "data_preparation" in _line(c)]
        if found:
            return found
        assert process.poll() is None
        time.sleep(0.1)
    raise AssertionError("the stage did not start")


def _line(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def test_of_two_repros_at_once_one_is_refused_and_the_lock_holds(project: Project, figures: Figures) -> None:
    kind = "S15: two `dvc repro` at once"
    with figures.trial(kind, "two"):
        before = digests(project)
        both = [repro(project, f"repro-{n}.log") for n in range(2)]
        ended = [process.wait(600) for process in both]
        assert 0 in ended, [(project.root / f"repro-{n}.log").read_text()[-500:] for n in range(2)]
        assert digests(project) == before
        assert project.run() in (0, 3), project.told[-2000:]
    figures.demand(kind)


@pytest.mark.parametrize("whole", [True, False], ids=["S16: the group", "S17: the parent alone"])
def test_a_killed_repro_leaves_nothing_that_a_run_does_not_mend(
    project: Project, figures: Figures, whole: bool
) -> None:
    kind = "S16: SIGKILL of dvc and its stage" if whole else "S17: SIGKILL of dvc alone"
    with figures.trial(kind, "mid stage"):
        before = digests(project)
        process = repro(project, "repro.log")
        stage = await_stage(process)
        time.sleep(2)
        assert process.poll() is None, (project.root / "repro.log").read_text()
        everybody = [*stage, *(psutil.Process(process.pid).children(recursive=True))]
        if whole:
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait(30)
        assert_gone(everybody)
        assert digests(project) in (before, {})
        assert project.run() in (0, 3), project.told[-2000:]
        assert digests(project) == before
        assert is_clean_to_dvc(project)
    figures.demand(kind)


@pytest.mark.parametrize("name", ["data/landed/rows.parquet", "data/prepared/tune.parquet"])
@pytest.mark.parametrize("where", ["S19: in the cache", "S20: in the workspace"])
def test_rows_that_were_altered_unseen_by_dvc_are_never_used(
    project: Project, figures: Figures, name: str, where: str
) -> None:
    kind = f"{where}, size and time kept"
    with figures.trial(kind, name):
        path = project.root / name
        sound = path.read_bytes()
        assert is_clean_to_dvc(project)
        if "cache" in where:
            digest = hashlib.md5(path.read_bytes()).hexdigest()  # noqa: S324 - DVC's name for it
            flip(project.root / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:])
            path.unlink()
        if path.exists():
            flip(path)
            assert is_clean_to_dvc(project)
        options = ("--force",) if "landed" in name else ()
        if "prepared" in name:
            project.change("params", "trials: 3", "trials: 4")
        ended = project.run(*options)
        told = project.told
        if "landed" in name:  # the source is still there: what was altered is not used, it is landed anew
            assert ended in (0, 3), told[-2000:]
            assert path.read_bytes() == sound
        else:
            assert ended == 5 and "digest" in told, (ended, told[-2000:])
        assert project.champion in (1, 2)
        assert not family_lives(project)
    figures.demand(kind)


def family_lives(project: Project) -> bool:
    """Tell whether a process still works in the project."""
    for process in psutil.process_iter(("cwd", "cmdline")):
        if process.info["cwd"] == str(project.root) and "prefect_process" in " ".join(process.info["cmdline"] or ()):
            return process.status() != psutil.STATUS_ZOMBIE
    return False
