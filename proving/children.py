"""Child processes of the proof: forked from a process that has imported the tools and run none of them."""

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proving import configs
from proving.commands import LetThrough

CAUGHT, LET_THROUGH, HUNG, BROKEN, NOT_PLANTED = "caught", "let through", "hung", "broken", "not planted"
# Imported before the first fork. Importing starts no thread that a fork could lose; running them would.
TOOLS = (
    "pandas", "pyarrow.parquet", "sklearn.ensemble", "sklearn.linear_model", "optuna", "mlflow.sklearn", "skops.io",
    "dvc.repo", "great_expectations.expectations", "model_signing.signing", "model_signing.verifying", "prefect",
    "mlflow.pyfunc", "mlflow.store.tracking.sqlalchemy_store", "mlflow.store.model_registry.sqlalchemy_store",
    "onnx.helper", "onnxruntime", "cyclonedx.output.json", "networkx", "git", "dvc.scm", "pyarrow.dataset",
    "cli", "tasks.audit", "flows.lifecycle", "flows.data_preparation", "flows.training", "flows.evaluation",
    "flows.deployment", "flows.monitoring", "flows.retraining", "flows.operating", "flows.hand", "flows.ladder",
)  # fmt: skip
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "Proof"), ("EMAIL", "proof@example.org"))}  # fmt: skip


@dataclass(frozen=True)
class Child:
    """A running child and where it will write its answer."""

    name: str
    pid: int
    answer: Path
    began: float
    deadline: float

    @property
    def seconds(self) -> float:
        """For how long it has been running."""
        return time.monotonic() - self.began


@dataclass(frozen=True)
class Answer:
    """How a child ended, why, and after how long."""

    outcome: str
    because: str
    seconds: float


def import_tools() -> None:
    """Import once what every child needs, and read once what none of them changes; it is garbage in none of them."""
    gc.disable()
    for name in TOOLS:
        importlib.import_module(name)
    from lens_checks import catalogue
    from lens_checks.evidence import licences, place
    from lens_checks.evidence.collect import COLLECTORS
    from tasks import sbom

    catalogue.load()
    place.remember(COLLECTORS)
    licences.remember()
    sbom.remember(configs.read(Path(__file__).parent / "sample", "charter")["project"])
    gc.freeze()
    gc.enable()


def start(name: str, work: Callable[[], None], *, folder: Path, seconds: float) -> Child:
    """Fork a child that does some work; it ends with this process, and its words go to a file."""
    folder.mkdir(parents=True, exist_ok=True)
    parent, answer = os.getpid(), folder / f"{name}.json"
    if (pid := os.fork()) == 0:
        try:
            _become_a_child(parent, folder / f"{name}.log")
            _tell(answer, _do(work))
            print("CPU", os.times(), flush=True)
        finally:
            os._exit(0)  # nothing of the parent's is to be ended by its copy
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    return Child(name, pid, answer, time.monotonic(), seconds)


def _become_a_child(parent: int, log: Path) -> None:
    from flows.prefect_process import die_with

    os.setpgid(0, 0)  # Ctrl-C reaches the parent alone, which then ends the group
    die_with(parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    with log.open("wb") as file, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(IDENTITY, PYTHONSAFEPATH="")


def _do(work: Callable[[], None]) -> tuple[str, str]:
    try:
        work()
    except LetThrough as error:
        return LET_THROUGH, str(error)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the defect was not caught
        traceback.print_exc()
        return BROKEN, f"{type(error).__name__}: {error}"
    return CAUGHT, ""


def _tell(answer: Path, said: tuple[str, str]) -> None:
    beside = answer.with_suffix(".new")
    beside.write_text(json.dumps(said), encoding="utf-8")
    beside.rename(answer)


def ended(child: Child) -> Answer | None:
    """Give a child's answer once it has ended; one that is past its deadline is ended here."""
    pid, status = os.waitpid(child.pid, os.WNOHANG)
    if pid == 0 and child.seconds < child.deadline:
        return None
    if pid == 0:
        end(child)
        return Answer(HUNG, f"no answer within {child.deadline:.0f} s", child.seconds)
    kill_group(child.pid)
    if not child.answer.exists():
        return Answer(BROKEN, f"it ended with status {os.waitstatus_to_exitcode(status)}", child.seconds)
    said: Any = json.loads(child.answer.read_text(encoding="utf-8"))
    return Answer(said[0], said[1], child.seconds)


def end(child: Child) -> None:
    """End a child and what it started."""
    kill_group(child.pid)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child.pid, 0)


def kill_group(pid: int) -> None:
    """Kill what is left of the process group that a child leads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def remove(folder: Path) -> None:
    """Remove a folder whatever a child that is just ending still writes into it."""
    for _ in range(3):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
