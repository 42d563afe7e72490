"""Runs the proof: the control step by step, and beside it every defect in a copy of the stage that it is planted at."""

import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from types import FrameType

from config.settings import Runtime
from flows import orchestrator
from proving import children, control
from proving.defect import Case, Stage, chosen, defects
from proving.plan import Plan, Step
from proving.proof import Proof
from proving.table import Shown
from proving.world import World, clone, enter
from tasks.surroundings import processors

AT_ONCE = min(processors(), 7) + 1  # one more than keep the processors busy: each waits for servers and files at times
DEADLINE_SECONDS = 600.0  # thirty times what the longest takes where nothing else runs
LOOK_SECONDS = 0.02
HOME = ("PREFECT_HOME", "DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR", "MPLCONFIGDIR")


def prove(ids: Iterable[int], *, quick: bool, keep: bool = False) -> Proof:
    """Plant the chosen defects, all where none is named, and tell which were caught and whether the control was let in.

    Raises ConfigError for a number that is no defect's.
    """
    rows = chosen(ids, defects())
    with _scratch(keep) as folder, _server(folder) as server:
        plan = Plan.of(rows, folder, quick=quick, keep=keep)
        with Shown().running() as shown, _ending_children(plan):
            _start_some(plan)  # to make a fresh world takes few tools
            children.import_tools()
            server.ready()
            while not plan.done:
                _collect(plan)
                _start_some(plan)
                shown.draw(plan)
                time.sleep(LOOK_SECONDS)
        return plan.result()


@contextlib.contextmanager
def _scratch(keep: bool) -> Iterator[Path]:
    """Give a folder for all worlds, and remove it however this ends."""
    folder = Path(tempfile.mkdtemp(prefix="lifecycle-prove-")).resolve()
    try:
        yield folder
    finally:
        if keep:
            print(f"the worlds are in {folder}", file=sys.stderr)
        else:
            children.remove(folder)


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[orchestrator.Server]:
    """Start one Prefect server for all, and return while it starts; the user's state is not touched."""
    kept = {name: os.environ.get(name) for name in (*HOME, "PREFECT_API_URL")}
    os.environ.update({name: str(folder / "home" / name.lower()) for name in HOME})
    os.environ.pop("PREFECT_API_URL", None)
    server = orchestrator.start(Runtime())
    try:
        yield server
    finally:
        if server.process:
            server.process.terminate()
            server.process.wait()
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextlib.contextmanager
def _ending_children(plan: Plan) -> Iterator[None]:
    """End every child that is still running when this ends, also by Ctrl-C or a polite kill."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        for child, _ in plan.running.values():
            children.end(child)
        signal.signal(signal.SIGTERM, before)


def _collect(plan: Plan) -> None:
    """Take in the answers of those that have ended."""
    for name, (child, about) in list(plan.running.items()):
        if (answer := children.ended(child)) is not None:
            del plan.running[name]
            plan.take_in(about, answer)


def _start_some(plan: Plan) -> None:
    """Start as many as may run at once."""
    for about in list(islice(plan.ready(), max(0, AT_ONCE - len(plan.running)))):
        if isinstance(about, Case):
            plan.waiting.remove(about)
            name, work = _name(about), partial(_plant, about, plan)
        else:
            name, work = about.name, partial(_advance, about, plan)
        child = children.start(name, work, folder=plan.folder / "answers", seconds=DEADLINE_SECONDS)
        plan.running[name] = child, about


def _advance(step: Step, plan: Plan) -> None:
    """Take the control a step further (LetThrough where it does not get there)."""
    if step.stage is Stage.FRESH:
        control.begin(plan.place(step), step.problem)
    else:
        control.advance(step.stage, plan.place(step.before), plan.place(step))


def _plant(case: Case, plan: Plan) -> None:
    """Plant a defect in a copy of its stage (LetThrough where it is not caught)."""
    root = plan.folder / "worlds" / _name(case)
    enter(clone(plan.place(Step(case.problem, case.at)), root))
    case.plant(World(root, case.by))
    if not plan.keep:
        os.chdir(plan.folder)
        children.remove(root)


def _name(case: Case) -> str:
    return f"{case.id:03d}-{case.problem}-{case.name}"
