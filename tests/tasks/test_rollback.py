"""A rollback brings back what served before, and never a version that is bad."""

import json
import os
import shutil
import signal
from collections.abc import Callable

import pytest

from config.errors import GateRefused, IntegrityAlarm
from tasks import history, isolation, packaging
from tests.tasks.auditor import check_closed_once
from tests.tasks.crash_stage import begin, run, wait_until_stopped
from tests.tasks.hostile import hostile_model
from tests.tasks.release_world import World, package_folder


def climbed(world: World, *strengths: float) -> None:
    for strength in strengths:
        world.champion(strength)


def test_what_served_before_comes_back_and_the_record_says_who_and_why(world: World) -> None:
    climbed(world, 1.0, 0.5)
    move = world.roll_back()
    assert (move.before, move.version, world.alias(), world.alias("previous")) == (2, 1, 1, None)
    last = world.stores.ledger.head()
    assert last is not None and last.kind == "rollback"
    assert (last.body["actor"], last.body["cause"], last.body["from"]) == ("test", "it is bad", 2)


def test_a_second_rollback_goes_further_back(world: World) -> None:
    climbed(world, 1.0, 0.5, 0.2)
    assert [world.roll_back().version, world.alias("previous"), world.roll_back().version] == [2, 1, 1]


def test_a_second_rollback_never_returns_to_the_bad_version(world: World) -> None:
    climbed(world, 1.0, 0.5)
    world.roll_back()
    with pytest.raises(GateRefused, match="no version served before"):
        world.roll_back()
    assert world.alias() == 1
    last = world.stores.ledger.head()
    assert last is not None and (last.body["gate"], last.body["outcome"]) == ("rollback", "refused")


def test_after_a_rollback_and_a_new_champion_the_bad_version_stays_away(world: World) -> None:
    climbed(world, 1.0, 0.5)
    world.roll_back()
    climbed(world, 0.2)
    assert world.roll_back().version == 1


def test_a_version_rolled_back_from_is_not_promoted_again(world: World) -> None:
    climbed(world, 1.0, 0.5)
    world.roll_back()
    bad = world.stores.registry.version(2)
    world.decide("champion", bad)
    with pytest.raises(GateRefused, match="rolled back from"):
        world.promote("champion")


@pytest.mark.parametrize(
    ("to", "words"),
    [
        pytest.param(2, "would change nothing", id="the champion itself"),
        pytest.param(3, "did not serve", id="a version that never served"),
        pytest.param(9, "did not serve", id="a version that is not there"),
    ],
)
def test_a_rollback_to_what_never_served_is_refused(world: World, to: int, words: str) -> None:
    climbed(world, 1.0, 0.5)
    world.register(0.2)
    with pytest.raises(GateRefused, match=words):
        world.roll_back(to)
    assert world.alias() == 2


def test_with_nothing_before_a_rollback_is_refused(world: World) -> None:
    climbed(world, 1.0)
    with pytest.raises(GateRefused, match="no version served before"):
        world.roll_back()


def test_a_rollback_goes_to_the_version_asked_for(world: World) -> None:
    climbed(world, 1.0, 0.5, 0.2)
    assert world.roll_back(1).version == 1
    with pytest.raises(GateRefused):
        world.roll_back()


def other_model(world: World, number: int) -> None:
    other = package_folder(world.root / "other", strength=0.001, keys_folder=world.keys)
    shutil.copy(other / packaging.MODEL, world.path_of(number) / packaging.MODEL)


def cut(world: World, number: int) -> None:
    path = world.path_of(number) / packaging.MODEL
    path.write_bytes(path.read_bytes()[:-100])


def unsign(world: World, number: int) -> None:
    (world.path_of(number) / packaging.SIGNATURE).unlink()


def gone(world: World, number: int) -> None:
    shutil.rmtree(world.path_of(number))


def deleted(world: World, number: int) -> None:
    world.stores.registry.client.delete_model_version("small-model", str(number))


def test_a_version_that_crashes_whoever_loads_it_is_passed_over(world: World) -> None:
    climbed(world, 1.0)
    world.champion(0.5, hostile_model("crashes"))
    climbed(world, 0.2)
    assert (world.roll_back().version, world.alias()) == (1, 1)
    last = world.stores.ledger.head()
    assert last is not None and "ended the process" in last.body["skipped"][0]["because"]


def test_any_former_champion_may_be_asked_for_but_none_that_was_taken_back(world: World) -> None:
    climbed(world, 1.0, 0.5, 0.2)
    assert world.roll_back(1).version == 1
    assert world.roll_back(2).version == 2
    with pytest.raises(GateRefused, match="itself rolled back from"):
        world.roll_back(3)


def test_what_fails_after_it_was_brought_back_does_not_stay(world: World) -> None:
    """Files replaced between the look before the move and the one after it."""
    climbed(world, 1.0, 0.5, 0.2)
    process = begin(world.roll_back, "rollback.moved:stop")
    assert wait_until_stopped(process)
    cut(world, 2)
    os.kill(process.pid, signal.SIGCONT)
    process.join(120)
    assert (process.exitcode, world.alias()) == (0, 1)
    causes = [e.body["cause"] for e in world.stores.ledger.entries() if e.kind == "rollback"]
    assert causes[0] == "it is bad" and "after the rollback" in causes[1]


def test_when_all_that_is_left_fails_nobody_serves(world: World) -> None:
    climbed(world, 1.0, 0.5)
    process = begin(world.roll_back, "rollback.moved:stop")
    assert wait_until_stopped(process)
    cut(world, 1)
    os.kill(process.pid, signal.SIGCONT)
    process.join(120)
    assert (process.exitcode, world.alias()) == (GateRefused.exit_code, None)


DAMAGES = [other_model, cut, unsign, gone, deleted]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_version_that_is_not_sound_is_passed_over(world: World, damage: Callable[[World, int], None]) -> None:
    climbed(world, 1.0, 0.5, 0.2)
    damage(world, 2)
    assert (world.roll_back().version, world.alias()) == (1, 1)
    last = world.stores.ledger.head()
    assert last is not None and [item["version"] for item in last.body["skipped"]] == [2]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_with_nothing_sound_the_champion_stays(world: World, damage: Callable[[World, int], None]) -> None:
    climbed(world, 1.0, 0.5)
    damage(world, 1)
    with pytest.raises(GateRefused, match="nothing that served before is sound"):
        world.roll_back()
    assert world.alias() == 2


def test_other_answers_to_the_golden_rows_are_not_brought_back(world: World) -> None:
    """Signed, of the digest that was decided on, and yet it answers otherwise: another environment, say."""
    climbed(world, 1.0, 0.5)
    package = packaging.verify(world.path_of(1), digest=None, keys_folder=world.keys)
    isolation.ask_golden(package.folder)
    golden = package.folder / packaging.GOLDEN
    value = json.loads(golden.read_text())
    value["expected"][0]["probability"] += 1e-6
    golden.write_text(json.dumps(value))
    with pytest.raises(IntegrityAlarm, match="golden rows"):
        isolation.ask_golden(package.folder)


def test_a_deleted_champion_version_is_noticed_and_what_served_before_comes_back(world: World) -> None:
    climbed(world, 1.0, 0.5)
    deleted(world, 2)
    assert world.alias() is None
    with pytest.raises(IntegrityAlarm, match="frozen"):
        world.promote("staging")
    assert (world.roll_back().version, world.alias()) == (1, 1)


def test_an_alias_moved_by_hand_is_put_right_and_what_it_named_is_not_called_bad(world: World) -> None:
    climbed(world, 1.0, 0.5)
    world.stores.registry.point("champion", 1)
    assert (world.roll_back().version, world.alias()) == (2, 2)
    assert (world.roll_back().version, world.alias()) == (1, 1)


def test_a_version_that_is_not_sound_on_its_way_to_staging_keeps_no_champion_from_going(world: World) -> None:
    """Champion stands where the ledger says: it is rolled back from, and not put right."""
    for strength in (1.0, 0.5):
        world.champion(strength)
    entry = world.decide("staging", world.register(0.2)).number
    assert run(lambda: world.promote("staging", entry), "promote.moved:kill") == -signal.SIGKILL
    path = world.path_of(3) / packaging.MODEL
    path.write_bytes(path.read_bytes()[:-1])
    assert (world.roll_back().version, world.alias()) == (1, 1)
    assert history.rolled_back_from(world.stores.trusted()).keys() == {2}
    check_closed_once(world.root)
