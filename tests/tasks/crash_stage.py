"""A stage on which promotions are interrupted: each trial from a copy of a prepared state, in a child forked warm."""

import contextlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.errors import GateRefused, LifecycleError
from config.settings import Settings
from tasks import failpoints, history, isolation, packaging, settlement
from tests.tasks.auditor import audit, check_closed_once
from tests.tasks.release_world import MODEL, World

ROOT = Path(__file__).parents[2]
FORK = multiprocessing.get_context("fork")
ROOMS = ("tasks", "flows", "serving")


def settle(world: World) -> object:
    """Begin as every deployment does, and say what the ledger calls champion."""
    with settlement.promotion_lock(world.root / ".lifecycle", patience_seconds=20):
        return history.standing(settlement.settle(world.stores), "champion")


def take_up(world: World) -> None:
    """Take version 2 from staging to champion, as a rerun would: what is done is not done again."""
    if settle(world) != 2:
        entry = world.decide("champion", world.stores.registry.version(2))
        world.promote("champion", entry.number)


def take_back(world: World) -> None:
    """Roll version 2 back, unless that is done."""
    if settle(world) == 2:
        world.roll_back()


def take_back_alone(world: World) -> None:
    """Roll version 2 back while the registry does not answer, unless that is done; then let the registry follow."""
    if history.standing(world.stores.ledger.entries(), "champion") == 2:
        world.roll_back(registry=False)
    settle(world)


def check_live(world: World) -> None:
    """Do the live check that is due, and expect it to end in a rollback."""
    settle(world)
    with contextlib.suppress(GateRefused):
        world.confirm()


def register(world: World) -> None:
    """Package and register the model of a run as a candidate."""
    world.register_package(0.2, (world.root / "spare").read_text())


@dataclass(frozen=True)
class Scene:
    """What is interrupted, from where, which champions may be seen before and after, and which one is damaged."""

    act: Callable[[World], object]
    start: str
    before: int | None
    after: int | None
    damaged: int | None = None


SCENES = {
    "promotion": Scene(take_up, "staged", 1, 2),
    "rollback": Scene(take_back, "promoted", 2, 1),
    "recovery of a promotion that moved": Scene(settle, "moved", 2, 2),
    "recovery of a promotion that did not": Scene(settle, "intended", 1, 1),
    "rollback without the registry": Scene(take_back_alone, "promoted", 2, 1),
    "settling what is owed": Scene(settle, "owed", 2, 1),
    "settling it after a staging that moved": Scene(settle, "owed and staged", 2, 1),
    "automatic rollback": Scene(check_live, "damaged", 2, 1, damaged=2),
    "withdrawal of the only champion": Scene(check_live, "alone", 1, None, damaged=1),
    "registration": Scene(register, "staged", 1, 1),
}


class Stage:
    """One folder in which every trial is played, from copies of prepared states; children alone open its database."""

    def __init__(self, root: Path, template: Path, settings: Settings) -> None:
        self.root, self.template, self.settings, self.states = root / "world", template, settings, root / "states"

    def world(self) -> World:
        """Open the world, in a child: the current directory is its root."""
        os.chdir(self.root)
        return World(self.root, self.template, self.settings, fresh=False)

    def prepare(self) -> None:
        """Make the states: version 1 serves; 2 is staged, promoted, rolled back, or was interrupted; 3 and 4 wait."""
        assert run(self._make_first, "") == 0
        self.keep("first")
        assert run(lambda: damage(self.world(), 1), "") == 0
        self.keep("alone")
        self.set("first")
        assert run(lambda: self._make_others(self.world()), "") == 0
        self.keep("staged")
        assert run(lambda: take_up(self.world()), "") == 0
        self.keep("promoted")
        assert run(lambda: self.world().roll_back(registry=False), "") == 0
        self.keep("owed")
        self.set("promoted")
        assert run(lambda: stage_another(self.world()), "promote.moved:kill") == -signal.SIGKILL
        assert run(lambda: self.world().roll_back(registry=False), "") == 0
        self.keep("owed and staged")
        self.set("promoted")
        assert run(lambda: damage(self.world(), 2), "") == 0
        self.keep("damaged")
        for state, point in (("moved", "promote.moved"), ("intended", "promote.intent")):
            self.set("staged")
            assert run(lambda: take_up(self.world()), f"{point}:kill") == -signal.SIGKILL
            self.keep(state)
        self.set("staged")
        assert run(lambda: make_rivals(self.world()), "") == 0
        self.keep("rivals")

    def _make_first(self) -> None:
        self.root.mkdir()
        os.chdir(self.root)
        world = World(self.root, self.template, self.settings)
        world.champion(1.0)

    def _make_others(self, world: World) -> None:
        version = world.register(0.5)
        world.promote("staging", world.decide("staging", version).number)
        world.register(0.3)
        (self.root / "spare").write_text(world.begin_run())

    def keep(self, state: str) -> None:
        """Put the folder aside as a state to start from."""
        shutil.copytree(self.root, self.states / state)

    def set(self, state: str) -> None:
        """Begin anew from a state."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.states / state, self.root)

    def points(self, scene: Scene) -> dict[str, int]:
        """Count how often a scene passes each failpoint."""
        self.set(scene.start)
        seen = self.root / "seen.json"

        def act() -> None:
            scene.act(self.world())
            seen.write_text(json.dumps(failpoints.passed))

        assert run(act, "none:none") == 0
        found: dict[str, int] = json.loads(seen.read_text())
        return found

    def judge(self, scene: Scene, about: str) -> None:
        """See that an interrupted scene left the old or the new, and that one more run completes it."""
        assert audit(self.root, damaged=scene.damaged) in (scene.before, scene.after), about
        assert run(lambda: scene.act(self.world()), "") == 0, f"the next run after {about}"
        assert audit(self.root, damaged=scene.damaged) == scene.after, about
        check_closed_once(self.root)


def damage(world: World, number: int) -> None:
    """Change a byte of a version's model, where MLflow keeps it."""
    path = world.path_of(number) / packaging.MODEL
    path.write_bytes(path.read_bytes()[:-1])


def stage_another(world: World) -> None:
    """Take version 3 to staging."""
    world.promote("staging", world.decide("staging", world.stores.registry.version(3)).number)


def make_rivals(world: World) -> None:
    """Let versions 2 and 3 each pass both gates against the same champion, so that both may climb."""
    numbers = {}
    for version in map(world.stores.registry.version, (2, 3)):
        numbers[version.number] = [world.decide(gate, version).number for gate in ("staging", "champion")]
    (world.root / "rivals.json").write_text(json.dumps(numbers))


def run(act: Callable[[], Any], failpoint: str) -> int:
    """Do something in a child process of its own, and give its exit code."""
    process = begin(act, failpoint)
    process.join(240)
    assert process.exitcode is not None, "the child hangs"
    return process.exitcode


def begin(act: Callable[[], Any], failpoint: str = "") -> Any:
    """Begin something in a child process; an error told in words ends it with that error's exit code."""

    def child() -> None:
        failpoints.passed.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(failpoints.VARIABLE, failpoint) if failpoint else patch.delenv(failpoints.VARIABLE, False)
            try:
                act()
            except LifecycleError as error:
                print(f"{type(error).__name__}: {error.seen}", flush=True)
                os._exit(error.exit_code)
        os._exit(0)  # what this process registered to be done at its end is not for the child to do

    process = FORK.Process(target=child)
    process.start()
    return process


def wait_until_stopped(process: Any, seconds: float = 60.0) -> bool:
    """Wait until a child has stopped itself at a failpoint; False where it ended without passing it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.exitcode is None:
        with contextlib.suppress(OSError), open(f"/proc/{process.pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "T":
                return True
        time.sleep(0.005)
    assert process.exitcode is not None, "the child neither stopped nor ended"
    return False


def interfere(stage: Stage, act: Callable[[World], object], point: str, meanwhile: Callable[[], object]) -> int | None:
    """Stop a child at a failpoint, do something meanwhile, let it go on, and give its exit code; None: not passed."""
    process = begin(lambda: act(stage.world()), f"{point}:stop")
    stopped = wait_until_stopped(process)
    if stopped:
        meanwhile()
        os.kill(process.pid, signal.SIGCONT)
    process.join(240)
    return process.exitcode if stopped else None


def point_by_hand(root: Path, alias: str, version: int | None, model: str = MODEL) -> None:
    """Move an alias as a second client does, with none of our code."""
    with contextlib.closing(sqlite3.connect(root / "mlflow.db", timeout=30)) as database, database:
        database.execute("delete from registered_model_aliases where alias = ?", (alias,))
        if version is not None:
            row = (alias, version, model)
            database.execute("insert into registered_model_aliases (alias, version, name) values (?, ?, ?)", row)


def alias_of(root: Path, alias: str) -> int | None:
    """Read an alias with none of our code."""
    with contextlib.closing(sqlite3.connect(root / "mlflow.db", timeout=30)) as database:
        found = database.execute("select version from registered_model_aliases where alias = ?", (alias,)).fetchone()
    return None if found is None else int(found[0])


def race(stage: Stage) -> list[int]:
    """Let two processes take versions 2 and 3 up the ladder at the same instant; give their exit codes by version."""
    stage.set("rivals")
    numbers: dict[str, list[int]] = json.loads((stage.root / "rivals.json").read_text())
    start = FORK.Barrier(len(numbers))

    def climb(decisions: list[int]) -> None:
        world = stage.world()
        start.wait(60)
        for gate, number in zip(("staging", "champion"), decisions, strict=True):
            world.promote(gate, number)

    racers = [begin(lambda decisions=decisions: climb(decisions)) for decisions in numbers.values()]
    for racer in racers:
        racer.join(240)
    return [racer.exitcode for racer in racers]


def make_stage(root: Path, template: Path, settings: Settings) -> Stage:
    """Play everything once in this process, so that each child is forked warm; its database no child opens."""
    with pytest.MonkeyPatch.context() as patch:
        (root / "warm").mkdir()
        patch.chdir(root / "warm")
        world = World(root / "warm", template, settings)
        world.champion(1.0)
        isolation.ask_golden(world.path_of(1))
    made = Stage(root, template, settings)
    made.states.mkdir()
    made.prepare()
    return made


def names_in_source() -> set[str]:
    """List every failpoint of the source."""
    texts = (path.read_text() for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {name for text in texts for name in re.findall(r'failpoint\("([^"]+)"\)', text)}
