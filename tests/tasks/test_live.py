"""After every promotion the real server is asked on what the alias names; what fails is rolled back by itself."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from config.errors import GateRefused, IntegrityAlarm
from tasks import packaging, verification
from tests.tasks.auditor import read_ledger
from tests.tasks.crash_stage import begin, run, wait_until_stopped
from tests.tasks.hostile import hostile_model
from tests.tasks.release_world import World, package_folder


def last(world: World, kind: str) -> dict[str, object]:
    body: dict[str, object] = [e for e in read_ledger(world.root) if e["kind"] == kind][-1]["body"]
    return body


def damage(world: World, number: int) -> None:
    path = world.path_of(number) / packaging.MODEL
    path.write_bytes(path.read_bytes()[:-1])


def test_a_champion_that_serves_is_confirmed_once(world: World) -> None:
    world.champion(1.0)
    world.confirm()
    world.confirm()
    found = [e["body"] for e in read_ledger(world.root) if e["kind"] == "live"]
    assert [(f["version"], f["passed"], f["golden"]["matched"]) for f in found] == [(1, True, True)]
    assert verification.verify(world.stores).faults == ()


def swap_package(root: Path, place: Path, keys_folder: Path) -> None:
    """Put another properly signed model where the champion's files are."""
    other = package_folder(root / "other", strength=0.01, keys_folder=keys_folder)
    shutil.copytree(other, place, dirs_exist_ok=True)


def test_files_replaced_behind_the_promotion_s_back_are_noticed_and_what_served_before_serves(world: World) -> None:
    world.champion(1.0)
    second = world.register(0.5)
    world.promote("staging", world.decide("staging", second).number)
    place, keys_folder = world.path_of(2), world.keys

    def promote_and_confirm() -> None:
        world.promote("champion", world.decide("champion", second).number)
        world.confirm()

    process = begin(promote_and_confirm, "live.begin:stop")
    assert wait_until_stopped(process)
    assert world.alias() == 2
    swap_package(world.root, place, keys_folder)
    os.kill(process.pid, signal.SIGCONT)
    process.join(120)
    assert (process.exitcode, world.alias()) == (GateRefused.exit_code, 1)
    assert last(world, "live")["passed"] is False
    assert (last(world, "rollback")["version"], last(world, "rollback")["from"]) == (1, 2)
    assert "the live check failed" in str(last(world, "rollback")["cause"])


def test_a_model_that_crashes_the_server_is_rolled_back(world: World) -> None:
    world.champion(1.0)
    world.champion(0.5, hostile_model("crashes"))
    with pytest.raises(GateRefused, match=r"live check failed.*version 1 serves again"):
        world.confirm()
    assert (world.alias(), world.alias("previous")) == (1, None)


def test_without_a_predecessor_nobody_serves_rather_than_a_bad_model(world: World) -> None:
    world.champion(1.0)
    damage(world, 1)
    with pytest.raises(GateRefused, match="nobody serves"):
        world.confirm()
    assert [world.alias(name) for name in ("champion", "previous")] == [None, None]
    assert [f.where for f in verification.verify(world.stores).faults] == ["version 1 (staging)"]
    with pytest.raises(GateRefused, match="no version served before"):
        world.roll_back()
    assert world.champion(0.5).number == world.alias() == 2
    assert verification.verify(world.stores).faults == ()


def test_a_predecessor_that_is_damaged_too_does_not_come_back(world: World) -> None:
    world.champion(1.0)
    world.champion(0.5)
    damage(world, 1)
    damage(world, 2)
    with pytest.raises(GateRefused, match="nobody serves"):
        world.confirm()
    assert world.alias() is None
    assert [item["version"] for item in last(world, "rollback")["skipped"]] == [1]  # type: ignore[attr-defined]


def test_a_check_that_was_interrupted_is_taken_up(world: World) -> None:
    world.champion(1.0)
    world.champion(0.5)
    damage(world, 2)
    assert run(world.confirm, "live.recorded:kill") < 0
    assert verification.verify(world.stores).faults[0].where == "version 2 (champion)"
    with pytest.raises(GateRefused, match="version 1 serves again"):
        world.confirm()
    assert world.alias() == 1


def test_an_alias_that_somebody_moved_blames_no_version(world: World) -> None:
    world.champion(1.0)
    world.champion(0.5)
    world.stores.registry.point("champion", 1)
    with pytest.raises(IntegrityAlarm, match="which no promotion of ours did"):
        world.confirm()
    assert world.alias() == 1
    assert "rollback" not in [e["kind"] for e in read_ledger(world.root)]
