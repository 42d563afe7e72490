"""Killed at any point, a promotion or rollback leaves the old champion or the new one, and the next run completes.

A real child process is killed at every failpoint of the source. What it leaves is judged by an auditor that shares no
code with what it audits: it reads the database and the ledger's files as they lie on the disk.
"""

import contextlib
import hashlib
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from tasks import failpoints, history, settlement
from tests.tasks.release_world import World

ROOT = Path(__file__).parents[2]
FORK = multiprocessing.get_context("fork")


# --- the auditor ---------------------------------------------------------------------------------------------------


def audit(root: Path) -> int | None:
    """Give the champion's version, having seen that it was earned; AssertionError otherwise."""
    entries = [json.loads(p.read_bytes()) for p in sorted((root / "ledger").glob("[0-9]*.json"))]
    check_chain(entries)
    with contextlib.closing(sqlite3.connect(root / "mlflow.db")) as database:
        aliases = dict(database.execute("select alias, version from registered_model_aliases"))
        (source, digest), *_ = database.execute(
            "select v.source, t.value from model_versions v join model_version_tags t"
            " on t.version = v.version and t.key = 'digest' where v.version = ?", (aliases.get("champion", -1),)
        ).fetchall() or [(None, None)]  # fmt: skip
        (head,) = database.execute("select value from registered_model_tags where key = 'ledger_head'").fetchone()
    number, _, remembered = head.partition(":")
    assert entries[int(number) - 1]["hash"] == remembered
    if "champion" not in aliases:
        return None
    check_earned(aliases["champion"], digest, entries)
    assert digest_of(Path(source.removeprefix("file://"))) == digest
    return int(aliases["champion"])


def check_chain(entries: list[dict[str, Any]]) -> None:
    """See that entries are whole, numbered without a gap, and each carries the hash of the one before."""
    previous = "0" * 64
    for number, entry in enumerate(entries, 1):
        bare = {key: value for key, value in entry.items() if key != "hash"}
        text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (entry["number"], entry["previous"]) == (number, previous)
        assert entry["hash"] == hashlib.sha256(text.encode()).hexdigest()
        previous = entry["hash"]


def check_earned(version: int, digest: str, entries: list[dict[str, Any]]) -> None:
    """See that an intent for this version rests on a decision before it: complete, passed, of these bytes and base."""
    kinds = ("intent", "done", "rollback")
    mine = [e for e in entries if e["kind"] in kinds and e["body"]["alias"] == "champion"]
    intent = [e for e in mine if e["body"]["version"] == version][-1]
    decision = entries[intent["body"]["decision"] - 1]
    body = decision["body"]
    assert decision["kind"] == "decision" and decision["number"] < intent["number"]
    assert (body["outcome"], body["promotable"], body["blocking"]) == ("passed", True, [])
    assert (body["gate"], body["version"], body["model_digest"]) == ("champion", version, digest)
    if intent["body"]["action"] == "promotion":
        assert body["base_champion"] == intent["body"]["from"]


def digest_of(folder: Path) -> str:
    """Recompute the digest of a model's files."""
    listed = []
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        if path.is_file() and path.name not in ("serving.json", "golden.json", "model.sig"):
            data = path.read_bytes()
            listed.append([path.relative_to(folder).as_posix(), len(data), hashlib.sha256(data).hexdigest()])
    return hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()


# --- what is interrupted -------------------------------------------------------------------------------------------


def settle(world: World) -> object:
    """Begin as every deployment does, and say what the ledger calls champion."""
    with settlement.promotion_lock(world.root / ".lifecycle", patience_seconds=5):
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


def register(world: World) -> None:
    """Package and register the model of a run as a candidate."""
    world.register_package(0.2, (world.root / "spare").read_text())


@dataclass(frozen=True)
class Scene:
    """What is interrupted, from where, and which champions may be seen before and after."""

    act: Callable[[World], object]
    start: str
    before: int
    after: int


SCENES = {
    "promotion": Scene(take_up, "staged", 1, 2),
    "rollback": Scene(take_back, "promoted", 2, 1),
    "recovery of a promotion that moved": Scene(settle, "moved", 2, 2),
    "recovery of a promotion that did not": Scene(settle, "intended", 1, 1),
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
        """Make the states: version 1 serves; 2 is staged, promoted, or was interrupted on its way."""
        assert run(lambda: self._make(), "") == 0
        self.keep("staged")
        assert run(lambda: take_up(self.world()), "") == 0
        self.keep("promoted")
        for state, point in (("moved", "promote.moved"), ("intended", "promote.intent")):
            self.set("staged")
            assert run(lambda: take_up(self.world()), f"{point}:kill") == -signal.SIGKILL
            self.keep(state)

    def _make(self) -> None:
        self.root.mkdir()
        os.chdir(self.root)
        world = World(self.root, self.template, self.settings)
        world.champion(1.0)
        version = world.register(0.5)
        world.promote("staging", world.decide("staging", version).number)
        (self.root / "spare").write_text(world.begin_run())

    def keep(self, state: str) -> None:
        shutil.copytree(self.root, self.states / state)

    def set(self, state: str) -> None:
        shutil.rmtree(self.root)
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


def run(act: Callable[[], None], failpoint: str) -> int:
    """Do something in a child process of its own, and give its exit code."""

    def child() -> None:
        failpoints.passed.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(failpoints.VARIABLE, failpoint) if failpoint else patch.delenv(failpoints.VARIABLE, False)
            act()
        os._exit(0)  # what this process registered to be done at its end is not for the child to do

    process = FORK.Process(target=child)
    process.start()
    process.join(120)
    assert process.exitcode is not None, "the child hangs"
    return process.exitcode


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path, shipped: Settings) -> Stage:
    """Play everything once in this process, so that each child is forked warm; its database no child opens."""
    root = tmp_path_factory.mktemp("crashes")
    with pytest.MonkeyPatch.context() as patch:
        (root / "warm").mkdir()
        patch.chdir(root / "warm")
        World(root / "warm", mlflow_template, shipped).champion(1.0)
    made = Stage(root, mlflow_template, shipped)
    made.prepare()
    return made


def names_in_source() -> set[str]:
    """List every failpoint of the source."""
    rooms = (ROOT / room for room in ("tasks", "flows", "serving"))
    texts = (path.read_text() for room in rooms for path in room.rglob("*.py"))
    return {name for text in texts for name in re.findall(r'failpoint\("([^"]+)"\)', text)}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_killed_anywhere_it_leaves_the_old_or_the_new_and_completes(stage: Stage, scene: Scene) -> None:
    for name, times in stage.points(scene).items():
        for time in range(1, times + 1):
            stage.set(scene.start)
            assert audit(stage.root) == scene.before
            assert run(lambda: scene.act(stage.world()), f"{name}@{time}:kill") == -signal.SIGKILL
            assert audit(stage.root) in (scene.before, scene.after), f"{name}, time {time}"
            assert run(lambda: scene.act(stage.world()), "") == 0, f"after {name}, time {time}"
            assert audit(stage.root) == scene.after
            assert_closed_once(stage.root)


def assert_closed_once(root: Path) -> None:
    entries = [json.loads(p.read_bytes()) for p in sorted((root / "ledger").glob("[0-9]*.json"))]
    intents = [e["number"] for e in entries if e["kind"] == "intent"]
    closed = [e["body"]["intent"] for e in entries if e["kind"] in ("done", "aborted", "rollback")]
    assert sorted(closed) == intents
    with contextlib.closing(sqlite3.connect(root / "mlflow.db")) as database:
        versions = database.execute("select run_id, count(*) from model_versions group by run_id").fetchall()
    assert all(count == 1 for _, count in versions)


@pytest.mark.parametrize("trial", range(12))
def test_killed_at_any_time_it_leaves_the_old_or_the_new_and_completes(stage: Stage, trial: int) -> None:
    """Failpoints are where we thought of; a clock is not."""
    scene = SCENES[("promotion", "rollback")[trial % 2]]
    stage.set(scene.start)
    process = FORK.Process(target=lambda: scene.act(stage.world()))
    process.start()
    process.join(random.Random(trial).uniform(0.0, 0.6))
    process.kill()
    process.join(60)
    assert audit(stage.root) in (scene.before, scene.after)
    assert run(lambda: scene.act(stage.world()), "") == 0
    assert audit(stage.root) == scene.after
    assert_closed_once(stage.root)


def test_every_failpoint_of_the_source_is_tried(stage: Stage) -> None:
    """Here, or by name in the test of the flow that it is in."""
    tried = {name for scene in SCENES.values() for name in stage.points(scene)}
    others = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    assert tried <= names_in_source()
    assert {name for name in names_in_source() - tried if name not in others} == set()


@pytest.mark.parametrize("name", ["ledger.staged", "ledger.linked", "promote.moved", "promote.read_back"])
@pytest.mark.parametrize("action", ["raise", "enospc"])
def test_an_error_anywhere_leaves_the_old_or_the_new_and_completes(stage: Stage, name: str, action: str) -> None:
    stage.set("staged")
    assert run(lambda: take_up(stage.world()), f"{name}:{action}") == 1
    assert audit(stage.root) in (1, 2)
    assert run(lambda: take_up(stage.world()), "") == 0
    assert audit(stage.root) == 2


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        ("update registered_model_aliases set version = 2 where alias = 'champion'", "IndexError|AssertionError"),
        ("update model_version_tags set value = 'x' where key = 'digest'", "AssertionError"),
    ],
    ids=["an alias moved by hand", "another digest"],
)
def test_the_auditor_can_refuse(stage: Stage, tamper: str, words: str) -> None:
    stage.set("staged")
    with contextlib.closing(sqlite3.connect(stage.root / "mlflow.db")) as database, database:
        database.execute(tamper)
    with pytest.raises((AssertionError, IndexError)) as caught:
        audit(stage.root)
    assert re.fullmatch(words, caught.type.__name__)
