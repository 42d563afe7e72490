"""Runs, calendars and servers that are killed or told to stop: nothing is half done, and one more run completes."""

import contextlib
import fcntl
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tasks.ledger import Ledger
from tests.chaos.conftest import Figures

ROOT = Path(__file__).parents[2]
# In the order of a run; tests/tasks/crash_stage.py has those of the ladder.
POINTS = (
    "lifecycle.landed", "prepare.read", "prepare.publishing", "lifecycle.prepare.ran", "lifecycle.prepare.recorded",
    "train.tried", "train.fitted", "train.logged", "train.reported", "lifecycle.train.ran", "lifecycle.train.recorded",
    "evaluate.answered", "evaluate.written", "lifecycle.evaluate.ran", "lifecycle.evaluate.recorded",
    "lifecycle.compared",
)  # fmt: skip
SERVE = """
from datetime import timedelta
from config.load import load
from flows import schedules
schedules.serve(load(), every=timedelta(seconds=15))
"""
OPEN = ("RUNNING", "PENDING", "CANCELLING")


@dataclass(frozen=True)
class Project:
    """A project on disk, and the command line in it, with a Prefect server of its own."""

    root: Path

    def environment(self) -> dict[str, str]:
        """Give the environment without what would lead to another server or store."""
        foreign = ("PREFECT_", "MLFLOW_TRACKING")
        return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        """Begin a command; its words go to a file."""
        given = self.environment() | environment
        with (self.root / "told.log").open("w") as told:
            return subprocess.Popen(
                [sys.executable, *words], cwd=self.root, env=given, text=True, stdout=told, stderr=told
            )

    def run(self, *options: str, **environment: str) -> int:
        """Run the lifecycle to its end."""
        return self.start("-m", "cli", "run", *options, **environment).wait(900)

    @property
    def told(self) -> str:
        """What the last command said."""
        return (self.root / "told.log").read_text()

    def await_words(self, words: str, process: "subprocess.Popen[str]", seconds: float = 300) -> None:
        """Wait until a command has said something."""
        until = time.monotonic() + seconds
        while words not in self.told:
            assert process.poll() is None and time.monotonic() < until, self.told[-2000:]
            time.sleep(0.05)

    @property
    def champion(self) -> int | None:
        """The version that the alias names."""
        rows = self.rows("mlflow.db", "select version from registered_model_aliases where alias = 'champion'")
        return int(rows[0][0]) if rows else None

    def rows(self, database: str, query: str) -> list[tuple[Any, ...]]:
        """Ask a database as it lies on the disk."""
        with contextlib.closing(sqlite3.connect(self.root / database, timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def open_flow_runs(self) -> list[str]:
        """Name the flow runs of which Prefect thinks that they go on."""
        found = self.rows(".lifecycle/prefect/prefect.db", "select name, state_type from flow_run")
        return [name for name, state in found if state in OPEN]

    def is_free(self) -> bool:
        """Tell whether a run could begin."""
        with (self.root / ".lifecycle" / "run.lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    def assert_tidy(self) -> None:
        """See that the ledger holds, and that nothing in MLflow is open or there twice."""
        assert Ledger(self.root / "ledger", keys=self.root / ".lifecycle" / "keys").verify() == []
        assert self.rows("mlflow.db", "select run_uuid from runs where status = 'RUNNING'") == []
        assert self.rows("mlflow.db", "select model_id from logged_models where status = 1") == []  # PENDING
        twice = "select run_id from model_versions group by run_id having count(*) > 1"
        assert self.rows("mlflow.db", twice) == []

    def change(self, name: str, old: str, new: str) -> None:
        """Change a configuration file."""
        path = self.root / "config" / f"{name}.yaml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))


@pytest.fixture(scope="module")
def finished(project_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a champion."""
    root = tmp_path_factory.mktemp("finished") / "project"
    shutil.copytree(project_template, root, symlinks=True)
    assert Project(root).run() == 0, Project(root).told
    return root


@pytest.fixture
def project(finished: Path) -> Project:
    """The finished project, put back as it was: MLflow keeps whole addresses, so its place is always the same."""
    kept = finished.with_name("kept")
    if not kept.exists():
        shutil.copytree(finished, kept, symlinks=True)
    shutil.rmtree(finished)
    shutil.copytree(kept, finished, symlinks=True)
    return Project(finished)


def family(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Give the processes that a command has started."""
    return psutil.Process(process.pid).children(recursive=True)


def assert_gone(processes: list[psutil.Process], seconds: float = 10) -> None:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_failpoint_the_champion_stays_and_one_run_completes(
    project: Project, figures: Figures, point: str
) -> None:
    kind = "K1: champion unchanged, one rerun completes"
    with figures.trial(kind, point):
        project.change("params", "trials: 3", "trials: 4")
        assert project.run("--force", LIFECYCLE_FAILPOINT=f"{point}:kill") == -signal.SIGKILL, project.told[-2000:]
        assert project.champion == 1 and project.is_free()
        assert project.run() in (0, 3), project.told[-2000:]
        assert project.champion in (1, 2)
        project.assert_tidy()
        assert project.open_flow_runs() == []
    figures.demand(kind)


def test_the_list_of_failpoints_is_whole() -> None:
    texts = [path.read_text() for room in ("flows", "tasks") for path in (ROOT / room).glob("*.py")]
    names = {name for text in texts for name in re.findall(r'failpoint\(f?"([^"]+)"\)', text)}
    stages = {f"lifecycle.{stage}.{what}" for stage in ("prepare", "train", "evaluate") for what in ("ran", "recorded")}
    mine = {
        n for n in names if n.startswith(("lifecycle.", "prepare.", "train.", "evaluate.")) and "{" not in n
    } | stages
    assert mine == set(POINTS)


@pytest.mark.parametrize("trial", range(10))
def test_killed_while_it_logs_a_model_no_half_model_stays(
    project: Project, figures: Figures, share: float, trial: int
) -> None:
    if trial >= max(1, 10 * share):
        pytest.skip("a share of the trials was asked for")
    kind = "K3: no half model can be promoted"
    with figures.trial(kind, f"trial {trial}"):
        before = (project.root / "reports" / "training" / "training.json").read_bytes()
        process = project.start("-m", "flows.training")
        project.await_words("Log the winner", process)
        time.sleep(random.Random(trial).uniform(0.0, 3.0))
        process.kill()
        process.wait()
        now = (project.root / "reports" / "training" / "training.json").read_bytes()
        digests = [row[0] for row in project.rows("mlflow.db", "select count(*) from model_versions")]
        assert digests == [1]
        assert project.run() in (0, 3), project.told[-2000:]
        project.assert_tidy()
        assert now == before or b"content_digest" in now
    figures.demand(kind)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_in_seconds_and_leaves_nothing(
    project: Project, figures: Figures, number: signal.Signals
) -> None:
    kind = "K4: terminal in 10 s, lock freed, no orphans"
    with figures.trial(kind, number.name):
        process = project.start("-m", "cli", "run", "--force", LIFECYCLE_FAILPOINT="lifecycle.landed:hang")
        project.await_words("Take the snapshot into DVC", process)
        time.sleep(5)
        children, start = family(process), time.monotonic()
        process.send_signal(number)
        assert process.wait(60) == 130, project.told[-2000:]
        assert time.monotonic() - start <= 10
        assert_gone(children)
        assert project.is_free() and project.open_flow_runs() == []
        assert "interrupted" in (project.root / "reports" / "run.json").read_text()
    figures.demand(kind)


def test_killed_its_lock_is_free_at_once_and_the_next_run_tells_prefect(project: Project, figures: Figures) -> None:
    kind = "K5: lock free at once, reconciled by the next run"
    with figures.trial(kind, "SIGKILL"):
        process = project.start("-m", "cli", "run", "--force", LIFECYCLE_FAILPOINT="lifecycle.landed:hang")
        project.await_words("Take the snapshot into DVC", process)
        time.sleep(5)
        children = family(process)
        process.kill()
        process.wait()
        assert project.is_free()
        assert_gone(children)
        assert project.open_flow_runs() != []
        assert project.run("--force") in (0, 3), project.told[-2000:]
        assert project.open_flow_runs() == []
    figures.demand(kind)


def test_without_its_server_a_run_ends_in_words_and_the_next_completes(project: Project, figures: Figures) -> None:
    kind = "K8: the Prefect server killed mid-flow"
    with figures.trial(kind, "SIGKILL of the server"):
        process = project.start("-m", "cli", "run", "--force", LIFECYCLE_FAILPOINT="lifecycle.prepare.ran:stop")
        _await_stop(process)
        for child in family(process):
            if "prefect_process" in " ".join(child.cmdline()):
                child.kill()
        process.send_signal(signal.SIGCONT)
        start = time.monotonic()
        assert process.wait(600) not in (0, None)
        assert time.monotonic() - start < 300
        assert "seen:" in project.told and "next:" in project.told, project.told[-2000:]
        assert project.champion == 1 and project.is_free()
        assert project.run() in (0, 3), project.told[-2000:]
        project.assert_tidy()
    figures.demand(kind)


def _await_stop(process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 300
    while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_calendar_that_was_down_retrains_once(project: Project, figures: Figures, number: signal.Signals) -> None:
    kind = "K6, K7: after a restart exactly one retraining"
    with figures.trial(kind, number.name):
        first = project.start("-c", SERVE)
        _await(lambda: project.rows(".lifecycle/prefect/prefect.db", "select 1 from deployment"), first)
        children = family(first)
        first.send_signal(number)
        first.wait(60)
        assert_gone(children, 30)
        time.sleep(60)
        second, start = project.start("-c", SERVE), time.time()
        try:
            _await(
                lambda: [e for e in retrainings(project) if e["outcome"] in ("finished", "refused", "failed")], second
            )
        finally:
            second.send_signal(signal.SIGINT)
            second.wait(60)
        assert len([e for e in retrainings(project) if e["outcome"] == "started"]) == 1
        assert project.champion in (1, 2) and time.time() - start < 900
    figures.demand(kind)


def retrainings(project: Project) -> list[dict[str, Any]]:
    entries = Ledger(project.root / "ledger", keys=project.root / ".lifecycle" / "keys").entries()
    return [entry.body for entry in entries if entry.kind == "retraining"]


def _await(seen: Any, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 900
    while True:
        with contextlib.suppress(sqlite3.Error):
            if seen():
                return
        assert process.poll() is None and time.monotonic() < until
        time.sleep(1)
