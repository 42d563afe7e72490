"""Killed, overtaken or bypassed at any point, a promotion or rollback leaves the old champion or the new one.

A real child process is killed or stopped at every failpoint of the source. What it leaves is judged by an auditor that
shares no code with what it audits. The long forms are in tests/chaos.
"""

import contextlib
import random
import re
import signal
import sqlite3
from pathlib import Path

import pytest

from config.settings import Settings
from tests.tasks.auditor import audit, check_closed_once, read_ledger
from tests.tasks.crash_stage import (
    FORK,
    ROOT,
    SCENES,
    Scene,
    Stage,
    alias_of,
    begin,
    interfere,
    make_stage,
    names_in_source,
    point_by_hand,
    race,
    register,
    run,
    settle,
    take_back,
    take_up,
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path, shipped: Settings) -> Stage:
    return make_stage(tmp_path_factory.mktemp("crashes"), mlflow_template, shipped)


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_killed_anywhere_it_leaves_the_old_or_the_new_and_completes(stage: Stage, scene: Scene) -> None:
    """At the first passing of each failpoint; tests/chaos goes through every passing."""
    for name in stage.points(scene):
        stage.set(scene.start)
        assert audit(stage.root, damaged=scene.damaged) == scene.before
        assert run(lambda: scene.act(stage.world()), f"{name}:kill") == -signal.SIGKILL
        stage.judge(scene, name)


@pytest.mark.parametrize("trial", range(6))
def test_killed_at_any_time_it_leaves_the_old_or_the_new_and_completes(stage: Stage, trial: int) -> None:
    """Failpoints are where we thought of; a clock is not."""
    scene = SCENES[("promotion", "rollback", "automatic rollback")[trial % 3]]
    stage.set(scene.start)
    process = begin(lambda: scene.act(stage.world()))
    process.join(random.Random(trial).uniform(0.0, 0.6))
    process.kill()
    process.join(60)
    stage.judge(scene, f"trial {trial}")


def test_every_failpoint_of_the_source_is_tried(stage: Stage) -> None:
    """Here, or by name in the test of the flow that it is in."""
    tried = {name for scene in SCENES.values() for name in stage.points(scene)}
    others = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    assert tried <= names_in_source()
    assert {name for name in names_in_source() - tried if name not in others} == set()


@pytest.mark.parametrize("name", ["ledger.staged", "promote.moved", "promote.read_back"])
@pytest.mark.parametrize("action", ["raise", "enospc"])
def test_an_error_anywhere_leaves_the_old_or_the_new_and_completes(stage: Stage, name: str, action: str) -> None:
    stage.set("staged")
    assert run(lambda: take_up(stage.world()), f"{name}:{action}") == 1
    assert audit(stage.root) in (1, 2)
    assert run(lambda: take_up(stage.world()), "") == 0
    assert audit(stage.root) == 2


@pytest.mark.parametrize("to", [3, None], ids=["to another version", "away"])
@pytest.mark.parametrize(
    "point", ["decision.recorded", "promote.intent", "promote.moved", "promote.read_back", "promote.done"]
)
def test_a_champion_that_somebody_moves_meanwhile_is_not_overwritten(stage: Stage, point: str, to: int | None) -> None:
    stage.set("staged")
    code = interfere(stage, take_up, point, lambda: point_by_hand(stage.root, "champion", to))
    assert code == (0 if point in ("promote.read_back", "promote.done") else 5)
    assert alias_of(stage.root, "champion") == to
    assert run(lambda: settle(stage.world()), "") == 5
    assert "alarm" in [entry["kind"] for entry in read_ledger(stage.root)]


@pytest.mark.parametrize("point", ["rollback.intent", "rollback.moved"])
def test_a_rollback_overwrites_nobody_either(stage: Stage, point: str) -> None:
    stage.set("promoted")
    code = interfere(stage, take_back, point, lambda: point_by_hand(stage.root, "champion", 3))
    assert (code, alias_of(stage.root, "champion")) == (5, 3)


@pytest.mark.parametrize("trial", range(6))
def test_of_two_that_race_one_wins_and_the_other_is_superseded(stage: Stage, trial: int) -> None:
    codes = race(stage)
    assert sorted(codes) == [0, 4]
    assert audit(stage.root) == (2, 3)[codes.index(0)]
    check_closed_once(stage.root)
    assert [entry["kind"] for entry in read_ledger(stage.root)].count("superseded") == 1


def test_one_model_registered_twice_at_once_is_one_version(stage: Stage) -> None:
    stage.set("staged")
    start = FORK.Barrier(3)
    assert run(lambda: stage.world().make_package(0.2, (stage.root / "spare").read_text()), "") == 0

    def both() -> None:
        world = stage.world()
        start.wait(60)
        register(world)

    racers = [begin(both) for _ in range(3)]
    for racer in racers:
        racer.join(120)
    assert [racer.exitcode for racer in racers] == [0, 0, 0]
    check_closed_once(stage.root)
    assert alias_of(stage.root, "candidate") == 4


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
