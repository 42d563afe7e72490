"""What an interrupted move left is closed by where the alias stands, and what is owed to the registry is made good."""

from typing import Any

import pytest

from config.errors import GateRefused, IntegrityAlarm
from tasks import files, packaging, settlement
from tasks.ledger import Entry, Kind
from tasks.settlement import Bypassed, settle, settle_owed
from tests.tasks.release_world import World


@pytest.fixture
def climbed(world: World) -> World:
    """Version 2 serves, 1 did before, and 3 is staging."""
    for strength in (1.0, 0.5):
        world.champion(strength)
    world.promote("staging", world.decide("staging", world.register(0.2)).number)
    return world


def intended(world: World, alias: str = "champion", **changes: Any) -> Entry:
    """Record what a promotion of version 3 that was interrupted would have."""
    version = world.stores.registry.version(3)
    decided = world.decide(alias, version)
    body = {
        "action": "promotion", "alias": alias, "version": 3, "from": 2, "decision": decided.number,
        "digest": version.digest, "actor": "test", "cause": "hand", "pid": 1,
    } | changes  # fmt: skip
    return world.stores.record(Kind.INTENT, body)


def last(world: World) -> Entry:
    return world.stores.trusted()[-1]


# --- what was interrupted ----------------------------------------------------------------------------------------


def test_one_whose_alias_had_moved_is_finished(climbed: World) -> None:
    intent = intended(climbed)
    climbed.stores.registry.point("champion", 3)
    assert settle(climbed.stores)[-1] == last(climbed)
    assert (last(climbed).kind, last(climbed).body) == ("done", intent.body | {"intent": intent.number})
    assert (climbed.alias(), climbed.alias("previous")) == (3, 2)


def test_one_whose_alias_had_not_is_closed(climbed: World) -> None:
    intent = intended(climbed)
    settle(climbed.stores)
    because = "interrupted before the alias moved"
    assert (last(climbed).kind, last(climbed).body) == (
        "aborted", intent.body | {"intent": intent.number, "because": because},
    )  # fmt: skip
    assert (climbed.alias(), climbed.alias("previous")) == (2, 1)


def test_a_staging_that_somebody_moved_meanwhile_is_closed(climbed: World) -> None:
    intent = intended(climbed, "staging")
    climbed.stores.registry.point("staging", 1)
    settle(climbed.stores)
    because = "somebody let staging name version 1 meanwhile"
    assert (last(climbed).kind, last(climbed).body) == (
        "aborted", intent.body | {"intent": intent.number, "because": because},
    )  # fmt: skip
    assert climbed.alias("staging") == 1


def test_a_champion_that_somebody_moved_meanwhile_is_one_alarm(climbed: World) -> None:
    intent = intended(climbed)
    climbed.stores.registry.point("champion", 1)
    for _ in range(2):
        with pytest.raises(Bypassed, match="'champion' names version 1, which no promotion of ours did"):
            settle(climbed.stores)
    assert (last(climbed).number, last(climbed).kind) == (intent.number + 1, "alarm")
    assert last(climbed).body == {"alias": "champion", "seen": 1, "expected": 2, "intent": intent.number}
    climbed.stores.registry.point("champion", None)
    with pytest.raises(Bypassed, match="names version None"):
        settle(climbed.stores)
    assert last(climbed).number == intent.number + 2


def test_a_champion_set_where_nothing_was_ever_recorded_is_an_alarm(world: World) -> None:
    world.register(1.0)
    world.stores.registry.point("champion", 1)
    with pytest.raises(Bypassed, match="frozen"):
        settle(world.stores)
    entries = world.stores.ledger.entries()
    assert [e.body for e in entries] == [{"alias": "champion", "seen": 1, "expected": None, "intent": None}]


def test_one_that_let_in_what_is_not_sound_is_for_a_rollback(climbed: World) -> None:
    intended(climbed)
    climbed.stores.registry.point("champion", 3)
    (climbed.path_of(3) / packaging.MODEL).write_bytes(b"other")
    with pytest.raises(Bypassed, match=r"an interrupted promotion let champion name version 3: .*archive") as alarm:
        settle(climbed.stores)
    assert "rollback" in alarm.value.next_step and last(climbed).kind == "intent"


def test_a_rollback_that_had_taken_the_alias_away_is_finished(climbed: World) -> None:
    intent = climbed.stores.record(Kind.INTENT, {
        "action": "rollback", "alias": "champion", "version": None, "from": 2, "previous": None, "decision": None,
        "digest": None, "restored": False, "skipped": [], "actor": "test", "cause": "bad", "pid": 1,
    })  # fmt: skip
    climbed.stores.registry.point("champion", None)
    settle(climbed.stores)
    assert (last(climbed).kind, last(climbed).body) == ("rollback", intent.body | {"intent": intent.number})
    assert (climbed.alias(), climbed.alias("previous")) == (None, None)


def test_one_without_the_registry_is_closed_and_owes_what_it_may_have_moved(climbed: World) -> None:
    owed = {"champion": [2], "previous": [1]}
    intent = intended(climbed, owed=owed, version=1, action="rollback")
    settle(climbed.stores)
    aborted, settled = climbed.stores.trusted()[-2:]
    because = "interrupted while the registry did not answer"
    assert (aborted.kind, aborted.body) == ("aborted", intent.body | {"intent": intent.number, "because": because})
    assert (settled.kind, settled.body["move"], climbed.alias()) == ("settled", aborted.number, 2)


# --- what is owed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seen", [2, 1], ids=["where the rollback left it", "where it is owed"])
def test_what_is_owed_is_made_good_and_recorded(climbed: World, seen: int) -> None:
    move = climbed.roll_back(registry=False)
    climbed.stores.registry.point("champion", seen)
    settle_owed(climbed.stores)
    assert (climbed.alias(), climbed.alias("previous"), last(climbed).kind) == (1, None, "settled")
    assert last(climbed).body == {
        "alias": "champion", "version": 1, "from": seen, "previous": None, "move": move.entry,
        "because": f"the registry answers again: entry {move.entry} owed it the alias",
    }  # fmt: skip


def test_a_first_champion_that_was_interrupted_is_taken_from_the_registry(world: World) -> None:
    version = world.register(1.0)
    world.promote("staging", world.decide("staging", version).number)
    decided = world.decide("champion", version)
    world.stores.record(Kind.INTENT, {
        "action": "promotion", "alias": "champion", "version": 1, "from": None, "decision": decided.number,
        "digest": version.digest, "actor": "test", "cause": "hand", "pid": 1,
    })  # fmt: skip
    world.stores.registry.point("champion", 1)
    with pytest.raises(GateRefused):
        world.roll_back(registry=False)
    settle_owed(world.stores)
    assert (world.alias(), last(world).kind, last(world).body["version"]) == (None, "settled", None)


def test_one_that_somebody_moved_elsewhere_is_an_alarm(climbed: World) -> None:
    climbed.roll_back(registry=False)
    climbed.stores.registry.point("champion", 3)
    with pytest.raises(Bypassed, match="names version 3"):
        settle_owed(climbed.stores)
    assert last(climbed).body == {"alias": "champion", "seen": 3, "expected": 1, "intent": None}
    assert climbed.alias() == 3


def test_one_that_somebody_moves_while_its_package_is_looked_at_is_an_alarm(
    climbed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    climbed.roll_back(registry=False)
    verify = packaging.verify

    def meanwhile(*args: Any, **options: Any) -> packaging.Package:
        climbed.stores.registry.point("champion", 3)
        return verify(*args, **options)

    monkeypatch.setattr(packaging, "verify", meanwhile)
    with pytest.raises(Bypassed, match="names version 3"):
        settle_owed(climbed.stores)
    assert last(climbed).body == {"alias": "champion", "seen": 3, "expected": 2, "intent": None}
    assert climbed.alias() == 3


def test_a_registry_whose_package_is_not_sound_gets_no_alias(climbed: World) -> None:
    climbed.roll_back(registry=False)
    (climbed.path_of(1) / packaging.MODEL).write_bytes(b"other")
    with pytest.raises(Bypassed, match=r"owed to the registry, whose version 1 is not sound: .*archive"):
        settle_owed(climbed.stores)
    assert (climbed.alias(), last(climbed).kind) == (2, "rollback")


def test_where_nothing_is_owed_nothing_is_settled(climbed: World) -> None:
    climbed.stores.registry.point("champion", 3)
    before = last(climbed)
    settle_owed(climbed.stores, patience_seconds=0.0)
    assert (climbed.alias(), last(climbed)) == (3, before)


def test_a_ledger_that_cannot_be_read_is_for_others_to_tell(climbed: World) -> None:
    climbed.roll_back(registry=False)
    path = sorted((climbed.root / "ledger").glob("*.json"))[0]
    path.write_bytes(path.read_bytes().replace(b"test", b"tost"))
    settle_owed(climbed.stores)
    assert climbed.alias() == 2


# --- what stands -------------------------------------------------------------------------------------------------


def test_what_stands_is_fetched_by_the_decision_that_let_it_in(climbed: World) -> None:
    package = settlement.fetch_standing(2, climbed.stores.trusted(), climbed.stores)
    assert package.digest == climbed.stores.registry.version(2).digest


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"outcome": "refused"}, id="by one that refused it"),
        pytest.param({"version": 1}, id="by one on another version"),
    ],
)
def test_what_was_let_in_by_no_decision_on_it_is_an_alarm(climbed: World, change: dict[str, Any]) -> None:
    decided = climbed.decide("champion", climbed.stores.registry.version(3), **change)
    climbed.stores.record(Kind.DONE, {"alias": "champion", "version": 3, "from": 2, "decision": decided.number})
    for number in (3, 9):
        with pytest.raises(IntegrityAlarm, match=f"no decision in the ledger let version {number} in"):
            settlement.fetch_standing(number, climbed.stores.ledger.entries(), climbed.stores)


def test_a_package_of_ours_that_was_not_decided_on_is_an_alarm(climbed: World) -> None:
    folder = climbed.path_of(2)
    golden = files.read_json(folder / packaging.GOLDEN) | {"expected": []}
    (folder / packaging.GOLDEN).write_bytes(files.pretty(golden))
    packaging.sign(folder, keys_folder=climbed.keys)
    with pytest.raises(IntegrityAlarm, match="version 2 is signed, but is not the one that was decided on"):
        settlement.fetch_standing(2, climbed.stores.trusted(), climbed.stores)
