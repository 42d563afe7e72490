"""A rollback needs no registry: the ledger moves, the alias is owed, and the next command makes it good, once."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from config.errors import GateRefused, IntegrityAlarm, LifecycleError, Superseded
from tasks import absent, history, packaging, settlement, verification
from tasks.absent import Absent
from tasks.settlement import Move
from tests.tasks.auditor import check_closed_once, read_ledger
from tests.tasks.crash_stage import begin, point_by_hand, run
from tests.tasks.release_world import WHY, World


def roll_back_without(world: World, to: int | None = None) -> Move:
    return world.roll_back(to, registry=False)


def settle(world: World) -> None:
    settlement.settle_owed(world.stores, patience_seconds=20)


def interrupted(world: World, point: str, *, to: str = "champion") -> None:
    """Let version 2 serve, and kill the promotion of 3 at a point."""
    for strength in (1.0, 0.5):
        world.champion(strength)
    version = world.register(0.2)
    if to == "champion":
        world.promote("staging", world.decide("staging", version).number)
    entry = world.decide(to, version).number
    assert run(lambda: world.promote(to, entry), f"{point}:kill") == -signal.SIGKILL


def standing(world: World) -> int | None:
    return history.standing(world.stores.trusted(), "champion")


@pytest.fixture
def climbed(world: World) -> World:
    """Version 3 serves, 2 and 1 did before; a promotion left each on this disk."""
    for strength in (1.0, 0.5, 0.2):
        world.champion(strength)
    return world


def test_the_ledger_moves_the_alias_is_owed_and_verify_tells_so_without_an_alarm(climbed: World) -> None:
    move = roll_back_without(climbed)
    assert (move.before, move.version, standing(climbed), climbed.alias()) == (3, 2, 2, 3)
    last = climbed.stores.ledger.entries()[-1]
    assert (last.kind, last.body["owed"]) == ("rollback", {"champion": [3], "previous": [2]})
    found = verification.verify(climbed.stores)
    assert found.faults == () and [one.where for one in found.owed] == ["alias champion", "alias previous"]
    assert "names version 3 until the next command on the ladder lets it name version 2" in found.owed[0].reason
    verification.demand(climbed.stores)


def test_what_is_owed_is_made_good_and_recorded_once(climbed: World) -> None:
    roll_back_without(climbed)
    for _ in range(2):
        settle(climbed)
    assert (climbed.alias(), climbed.alias("previous"), standing(climbed)) == (2, 1, 2)
    settled = [e.body for e in climbed.stores.trusted() if e.kind == "settled"]
    assert [(b["from"], b["version"], b["previous"]) for b in settled] == [(3, 2, 1)]
    assert verification.verify(climbed.stores) == verification.Found(
        len(read_ledger(climbed.root)), ("version 2 (champion)", "version 3 (staging)", "version 1 (previous)"), ()
    )
    check_closed_once(climbed.root)


def test_a_promotion_makes_good_first_and_one_decided_before_comes_too_late(climbed: World) -> None:
    roll_back_without(climbed)
    with pytest.raises(Superseded, match="judged against champion 3, and champion is now 2"):
        climbed.champion(0.1)
    assert (climbed.alias(), standing(climbed)) == (2, 2)
    assert climbed.champion(0.05).number == climbed.alias() == standing(climbed) == 5


def test_so_does_a_rollback_with_the_registry_there(climbed: World) -> None:
    roll_back_without(climbed)
    assert (climbed.roll_back().version, climbed.alias(), climbed.alias("previous")) == (1, 1, None)


def test_two_in_a_row_owe_one_move(climbed: World) -> None:
    roll_back_without(climbed)
    assert roll_back_without(climbed).version == 1
    assert verification.verify(climbed.stores).faults == ()
    settle(climbed)
    assert (climbed.alias(), climbed.alias("previous"), standing(climbed)) == (1, None, 1)
    assert [e.kind for e in climbed.stores.trusted()].count("settled") == 1


def test_a_version_rolled_back_from_without_the_registry_stays_away(climbed: World) -> None:
    roll_back_without(climbed)
    settle(climbed)
    climbed.decide("champion", climbed.stores.registry.version(3))
    with pytest.raises(GateRefused, match="rolled back from"):
        climbed.promote("champion")


@pytest.mark.parametrize("alias", ["champion", "previous"])
def test_an_alias_that_was_moved_by_hand_is_an_alarm_all_the_same(climbed: World, alias: str) -> None:
    climbed.register(0.1)
    roll_back_without(climbed)
    point_by_hand(climbed.root, alias, 4)
    assert [fault.where for fault in verification.verify(climbed.stores).faults] == [f"alias {alias}"]
    with pytest.raises(IntegrityAlarm, match=f"alias {alias}"):
        verification.demand(climbed.stores)


def test_a_champion_moved_by_hand_is_not_overwritten_and_a_rollback_puts_it_right(climbed: World) -> None:
    climbed.register(0.1)
    roll_back_without(climbed)
    point_by_hand(climbed.root, "champion", 4)
    with pytest.raises(IntegrityAlarm, match="no promotion of ours"):
        settle(climbed)
    assert climbed.alias() == 4
    assert (climbed.roll_back().version, climbed.alias()) == (2, 2)
    assert verification.verify(climbed.stores).faults == verification.verify(climbed.stores).owed == ()


def test_after_it_was_made_good_a_move_by_hand_to_the_old_champion_is_an_alarm(climbed: World) -> None:
    roll_back_without(climbed)
    settle(climbed)
    point_by_hand(climbed.root, "champion", 3)
    assert [fault.where for fault in verification.verify(climbed.stores).faults] == ["alias champion"]


def test_a_copy_in_the_registry_that_is_not_sound_is_not_made_champion(climbed: World) -> None:
    roll_back_without(climbed)
    path = climbed.path_of(2) / packaging.MODEL
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IntegrityAlarm, match="owed to the registry, whose version 2 is not sound"):
        settle(climbed)
    assert climbed.alias() == 3
    assert (climbed.roll_back().version, climbed.alias(), standing(climbed)) == (1, 1, 1)


def lose(world: World, number: int) -> None:
    shutil.rmtree(world.root / ".lifecycle" / "models" / str(number))


def change(world: World, number: int) -> None:
    path = world.root / ".lifecycle" / "models" / str(number) / packaging.MODEL
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [lose, change])
def test_only_a_sound_version_of_this_disk_comes_back(climbed: World, damage: Callable[[World, int], None]) -> None:
    damage(climbed, 2)
    assert roll_back_without(climbed).version == 1
    skipped = climbed.stores.ledger.entries()[-1].body["skipped"]
    assert [item["version"] for item in skipped] == [2] and "is not kept on this disk" in skipped[0]["because"]


def test_with_nothing_on_this_disk_it_is_refused_and_says_what_to_start(climbed: World) -> None:
    for number in (1, 2):
        lose(climbed, number)
    with pytest.raises(GateRefused, match=f"not kept on this disk, and the registry does not answer: {WHY}"):
        roll_back_without(climbed)
    assert (standing(climbed), climbed.alias()) == (3, 3)


def test_a_broken_ledger_lets_nothing_back(climbed: World) -> None:
    path = sorted((climbed.root / "ledger").glob("*.json"))[3]
    path.write_bytes(path.read_bytes().replace(b"test", b"tost"))
    with pytest.raises(IntegrityAlarm):
        roll_back_without(climbed)


def test_a_ledger_whose_tail_was_cut_meanwhile_shows_when_the_registry_is_back(climbed: World) -> None:
    for path in sorted((climbed.root / "ledger").glob("*.json"))[-3:]:
        path.unlink()
    roll_back_without(climbed)
    with pytest.raises(IntegrityAlarm, match="remembers"):
        climbed.stores.trusted()


@pytest.mark.parametrize(
    ("point", "named"),
    [
        pytest.param("promote.intent", 2, id="before the alias moved"),
        pytest.param("promote.moved", 3, id="after it had"),
        pytest.param("promote.read_back", 3, id="after previous had, too"),
    ],
)
def test_a_promotion_that_was_interrupted_is_closed_wherever_the_alias_stands(
    world: World, point: str, named: int
) -> None:
    interrupted(world, point)
    assert (roll_back_without(world).version, world.alias()) == (1, named)
    assert verification.verify(world.stores).faults == ()
    settle(world)
    assert (world.alias(), world.alias("previous"), standing(world)) == (1, None, 1)
    check_closed_once(world.root)


@pytest.mark.parametrize(
    ("point", "staged"),
    [
        pytest.param("promote.intent", 2, id="before the alias moved"),
        pytest.param("promote.moved", 3, id="after it had"),
        pytest.param("promote.done", 3, id="after that was recorded"),
    ],
)
def test_a_promotion_to_staging_that_was_interrupted_is_settled_as_if_nobody_had_rolled_back(
    world: World, point: str, staged: int
) -> None:
    interrupted(world, point, to="staging")
    assert (roll_back_without(world).version, world.alias("staging")) == (1, staged)
    assert [fault.where for fault in verification.verify(world.stores).faults if "champion" in fault.where] == []
    settle(world)
    assert (world.alias(), world.alias("previous"), standing(world)) == (1, None, 1)
    assert world.alias("staging") == history.standing(world.stores.trusted(), "staging") == staged
    assert verification.verify(world.stores).faults == verification.verify(world.stores).owed == ()
    check_closed_once(world.root)


@pytest.fixture
def overtaken(world: World) -> World:
    """Version 2 serves, and a promotion of 3 was killed after the alias had moved."""
    interrupted(world, "promote.moved")
    return world


@pytest.mark.parametrize(
    ("point", "stands"),
    [
        pytest.param("ledger.linked", 2, id="after it closed the promotion"),
        pytest.param("rollback.intent", 2, id="after its intent"),
        pytest.param("rollback.moved", 2, id="before the ledger moved"),
        pytest.param("promote.done", 1, id="after it had"),
    ],
)
def test_a_rollback_that_was_killed_after_a_promotion_was_leaves_the_old_or_the_new(
    overtaken: World, point: str, stands: int
) -> None:
    assert run(lambda: roll_back_without(overtaken), f"{point}:kill") == -signal.SIGKILL
    assert (overtaken.alias(), standing(overtaken)) == (3, stands)
    assert verification.verify(overtaken.stores).faults == ()
    settle(overtaken)
    assert overtaken.alias() == standing(overtaken) == stands
    assert verification.verify(overtaken.stores).faults == verification.verify(overtaken.stores).owed == ()
    check_closed_once(overtaken.root)


def test_two_that_were_killed_forget_nothing_that_the_alias_may_name(overtaken: World) -> None:
    for _ in range(2):
        assert run(lambda: roll_back_without(overtaken), "rollback.intent:kill") == -signal.SIGKILL
    assert roll_back_without(overtaken).version == 1
    settle(overtaken)
    assert overtaken.alias() == standing(overtaken) == 1


def test_one_that_is_refused_owes_what_it_closed(overtaken: World) -> None:
    lose(overtaken, 1)
    with pytest.raises(GateRefused, match="nothing that served before is sound"):
        roll_back_without(overtaken)
    assert verification.verify(overtaken.stores).faults == ()
    settle(overtaken)
    assert overtaken.alias() == standing(overtaken) == 2


def test_a_second_that_was_killed_is_no_alarm(climbed: World) -> None:
    roll_back_without(climbed)
    assert run(lambda: roll_back_without(climbed), "rollback.intent:kill") == -signal.SIGKILL
    settle(climbed)
    assert climbed.alias() == standing(climbed) == 2


def test_killed_between_alias_and_record_it_is_made_good_by_the_next(climbed: World) -> None:
    roll_back_without(climbed)
    process = begin(lambda: settle(climbed), "settle.owed:kill")
    process.join(60)
    assert (process.exitcode, climbed.alias()) == (-signal.SIGKILL, 2)
    assert verification.verify(climbed.stores).faults == ()
    settle(climbed)
    assert (climbed.alias("previous"), climbed.stores.ledger.entries()[-1].kind) == (1, "settled")


def test_a_registry_that_answers_is_asked(climbed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = climbed.settings
    runtime = settings.runtime.model_copy(update={"tracking_uri": "sqlite:///mlflow.db"})
    opened = absent.open_stores(settings.model_copy(update={"runtime": runtime}))
    assert not isinstance(opened.registry, Absent)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:9", "sqlite:///no-database"])
def test_one_that_does_not_is_stood_in_for(climbed: World, uri: str) -> None:
    Path("no-database").write_bytes(b"this is none")
    runtime = climbed.settings.runtime.model_copy(update={"tracking_uri": uri})
    opened = absent.open_stores(climbed.settings.model_copy(update={"runtime": runtime}))
    assert isinstance(opened.registry, Absent) and "cannot be read" in opened.registry.why
    with pytest.raises(LifecycleError, match="not kept on this disk"):
        opened.registry.version(9)
