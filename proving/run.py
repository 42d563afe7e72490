"""Runs the proof: the control step by step, and beside it every defect in a copy of the stage that it is planted at."""

import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from config.settings import Runtime
from flows import orchestrator
from proving import children, control
from proving.building import build
from proving.children import Answer, Child
from proving.defect import Case, Defect, Stage, chosen, defects
from proving.proof import Result, result
from proving.table import Shown
from proving.world import World, clone, enter

AT_ONCE = 2
DEADLINE_SECONDS = 240.0
LOOK_SECONDS = 0.02
HOME = ("PREFECT_HOME", "DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR", "MPLCONFIGDIR")


@dataclass
class Plan:
    """What is to be done, what is under way, and what came of it."""

    folder: Path
    rows: tuple[Defect, ...]
    keep: bool
    waiting: list[Case] = field(default_factory=list)
    ahead: list[Stage] = field(default_factory=list)
    running: dict[str, Child] = field(default_factory=dict)
    control: dict[Stage, Answer] = field(default_factory=dict)
    answers: dict[Case, Answer] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: tuple[Defect, ...], folder: Path, *, quick: bool, keep: bool) -> "Plan":
        """Plan the cases of some rows; the control goes to its champion, and on as far as some case needs it."""
        cases = [case for row in rows for case in row.cases if case.quick or not quick]
        order = list(Stage)
        last = max(order.index(stage) for stage in [Stage.CHAMPION, *(case.at for case in cases)])
        return cls(folder, rows, keep, cases, order[1 : last + 1])

    def place(self, stage: Stage) -> Path:
        """Where the undisturbed world of a stage lies."""
        return self.folder / "control" / stage.value

    def result(self) -> Result:
        """Tell what came of it so far."""
        return result(self.rows, self.answers, self.control)


def prove(ids: Iterable[int], *, quick: bool, keep: bool = False) -> Result:
    """Plant the chosen defects, all where none is named, and tell which were caught and whether the control was."""
    rows = chosen(ids, defects())
    with _scratch(keep) as folder, _tools(folder):
        plan = Plan.of(rows, folder, quick=quick, keep=keep)
        build(plan.place(Stage.FRESH))
        with Shown().running() as shown, _ending_children(plan):
            while plan.waiting or plan.running or plan.ahead:
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
def _tools(folder: Path) -> Iterator[None]:
    """Start one Prefect server for all, and import the tools while it starts; the user's state is not touched."""
    kept = {name: os.environ.get(name) for name in (*HOME, "PREFECT_API_URL")}
    os.environ.update({name: str(folder / "home" / name.lower()) for name in HOME})
    os.environ.pop("PREFECT_API_URL", None)
    server = orchestrator.start(Runtime())
    try:
        children.import_tools()
        server.ready()
        yield
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
        for child in plan.running.values():
            children.end(child)
        signal.signal(signal.SIGTERM, before)


def _collect(plan: Plan) -> None:
    """Take in the answers of those that have ended."""
    for name, child in list(plan.running.items()):
        if (answer := children.ended(child)) is None:
            continue
        del plan.running[name]
        if name in {stage.value for stage in Stage}:
            _advanced(plan, Stage(name), answer)
        else:
            case = next(case for row in plan.rows for case in row.cases if _name(case) == name)
            plan.answers[case] = answer


def _advanced(plan: Plan, stage: Stage, answer: Answer) -> None:
    """Go on with the control; where it stops, nothing that starts there can be planted."""
    plan.control[stage] = answer
    plan.ahead.remove(stage)
    if answer.outcome != "caught":
        plan.ahead.clear()
        for case in [case for case in plan.waiting if case.at is not Stage.FRESH and case.at not in plan.control]:
            plan.waiting.remove(case)
            plan.answers[case] = Answer("not planted", f"the control did not get to: {case.at}", 0.0)


def _start_some(plan: Plan) -> None:
    """Start what can be: the control first, which others wait for."""
    stage = plan.ahead[0] if plan.ahead else None
    if stage and stage.value not in plan.running and len(plan.running) < AT_ONCE:
        before = plan.place(control.BEFORE[stage])
        _begin(plan, stage.value, partial(control.advance, stage, before, plan.place(stage)))
    ready = [case for case in plan.waiting if case.at is Stage.FRESH or case.at in plan.control]
    for case in ready[: max(0, AT_ONCE - len(plan.running))]:
        plan.waiting.remove(case)
        _begin(plan, _name(case), partial(_plant, case, plan))


def _begin(plan: Plan, name: str, work: Callable[[], None]) -> None:
    plan.running[name] = children.start(name, work, folder=plan.folder / "answers", seconds=DEADLINE_SECONDS)


def _plant(case: Case, plan: Plan) -> None:
    """Plant a defect in a copy of its stage (LetThrough where it is not caught)."""
    root = plan.folder / "worlds" / _name(case)
    enter(clone(plan.place(case.at), root))
    case.plant(World(root, case.by))
    if not plan.keep:
        os.chdir(plan.folder)
        children.remove(root)


def _name(case: Case) -> str:
    return f"{case.id:03d}-{case.name}"
