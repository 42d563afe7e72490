"""Hundreds of kills, races, bypasses and mutations of the ladder: the champion is always one that was earned."""

import math
import random
import signal
import time
from pathlib import Path

import pytest

from config.settings import Settings
from tests.chaos.conftest import Figures
from tests.tasks.auditor import audit, check_closed_once, read_ledger
from tests.tasks.crash_stage import (
    SCENES,
    Stage,
    alias_of,
    begin,
    interfere,
    make_stage,
    point_by_hand,
    race,
    run,
    settle,
    take_up,
)
from tests.tasks.mutations import MUTATIONS, is_accepted, prepare, promote_stored
from tests.tasks.release_world import World

KILLS, RACES, MUTANTS = 300, 200, 600
PLACES = ("ledger", "report", "artifact")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path, shipped: Settings) -> Stage:
    return make_stage(tmp_path_factory.mktemp("chaos"), mlflow_template, shipped)


def test_kills_at_every_passing_of_every_failpoint(stage: Stage, figures: Figures, share: float) -> None:
    points = [
        (name, scene, point, passing)
        for name, scene in SCENES.items()
        for point, times in stage.points(scene).items()
        for passing in range(1, times + 1)
    ]
    for name, scene, point, passing in random.Random(0).sample(points, math.ceil(share * len(points))):
        about = f"{name}, {point}, time {passing}"
        with figures.trial("failpoints: old or new, and completed", about):
            stage.set(scene.start)
            assert run(lambda scene=scene: scene.act(stage.world()), f"{point}@{passing}:kill") == -signal.SIGKILL
            stage.judge(scene, about)
    figures.demand("failpoints: old or new, and completed")


def test_kills_at_any_time(stage: Stage, figures: Figures, share: float) -> None:
    """Uniform over the time that a scene takes on this machine, and a little more."""
    lasting = {}
    for name, scene in SCENES.items():
        stage.set(scene.start)
        start = time.monotonic()
        run(lambda scene=scene: scene.act(stage.world()), "")
        lasting[name] = time.monotonic() - start
    for trial in range(math.ceil(share * KILLS)):
        name = list(SCENES)[trial % len(SCENES)]
        scene, moment = SCENES[name], random.Random(trial).uniform(0.0, 1.1 * lasting[name])
        with figures.trial("random kills survived", f"{name}, trial {trial}, after {moment:.3f} s"):
            stage.set(scene.start)
            process = begin(lambda scene=scene: scene.act(stage.world()))
            process.join(moment)
            process.kill()
            process.join(60)
            stage.judge(scene, f"trial {trial}")
    figures.demand("random kills survived")


def test_races(stage: Stage, figures: Figures, share: float) -> None:
    for trial in range(math.ceil(share * RACES)):
        with figures.trial("races with exactly one winner", f"race {trial}"):
            codes = race(stage)
            assert sorted(codes) == [0, 4]
            assert audit(stage.root) == (2, 3)[codes.index(0)]
            check_closed_once(stage.root)
            assert [entry["kind"] for entry in read_ledger(stage.root)].count("superseded") == 1
    figures.demand("races with exactly one winner")


def test_a_second_client_at_every_passing_of_every_failpoint(stage: Stage, figures: Figures, share: float) -> None:
    points = [(point, n) for point, times in stage.points(SCENES["promotion"]).items() for n in range(1, times + 1)]
    trials = [(point, n, to) for point, n in points for to in (3, None)]
    for point, n, to in random.Random(0).sample(trials, math.ceil(share * len(trials))):
        with figures.trial("moves by a second client, none overwritten", f"{point}, time {n}, to {to}"):
            stage.set("staged")
            code = interfere(stage, take_up, f"{point}@{n}", lambda to=to: point_by_hand(stage.root, "champion", to))
            assert code in (0, 5), code
            assert alias_of(stage.root, "champion") == to
            assert run(lambda: settle(stage.world()), "") == 5
    figures.demand("moves by a second client, none overwritten")


def test_mutations(world: World, figures: Figures, share: float) -> None:
    records, kinds = prepare(world), [(place, name) for place in PLACES for name in MUTATIONS]
    for trial in range(math.ceil(share * MUTANTS)):
        place, name = kinds[trial % len(kinds)]
        with figures.trial("mutations refused", f"{name}, {place}, seed {trial}"):
            assert not is_accepted(world, records, place, name, 1000 + trial)
    assert promote_stored(world)
    figures.demand("mutations refused")
