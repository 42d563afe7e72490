"""A server answers with what the signed ledger lets serve, and with the last good model when that cannot be had."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings.serving import Serving
from serving import following
from serving.following import Follower
from serving.kept import Admission, Shelf
from tasks import packaging
from tests.serving.stage import Stage
from tests.tasks.hostile import hostile_model
from tests.tasks.release_world import ANOTHER, elsewhere

DEAD = "http://127.0.0.1:9"


def serves(follower: Follower) -> tuple[str, int | None]:
    follower.step()
    served = follower.standing.served
    return follower.standing.status, served.version if served else None


def test_the_champion_of_the_ledger_answers_with_its_decision(stage: Stage) -> None:
    follower = stage.follower()
    assert serves(follower) == ("ok", 2)
    move = [e for e in stage.world.stores.ledger.entries() if e.kind == "done"][-1]
    assert follower.standing.served is not None and follower.standing.served.decision == move.number


def test_a_rollback_is_taken_up_from_the_own_disk(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = stage.follower()
    follower.step()
    stage.world.roll_back()
    monkeypatch.setattr(following, "take", None)  # it must not be fetched again
    assert serves(follower) == ("ok", 1)


def test_nothing_is_read_anew_while_nothing_moves(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = stage.follower()
    follower.step()
    monkeypatch.setattr(type(follower.ledger), "trusted", None)
    assert serves(follower) == ("ok", 2)


def test_a_champion_that_crashes_whoever_loads_it_is_not_taken_up(stage: Stage) -> None:
    follower = stage.follower()
    follower.step()
    stage.world.champion(0.5, hostile_model("crashes"))
    assert serves(follower) == ("degraded", 2)
    assert "version 3 was not taken up" in follower.standing.reason


def test_a_champion_that_other_libraries_made_is_not_taken_up(stage: Stage) -> None:
    follower = stage.follower()
    follower.step()
    with elsewhere():
        stage.world.champion(0.5)
    assert serves(follower) == ("degraded", 2)
    assert f"was made with scikit-learn {ANOTHER}, and" in follower.standing.reason


def test_a_server_that_runs_on_with_libraries_that_were_replaced_keeps_its_model_and_says_what_to_do(
    stage: Stage,
) -> None:
    """The new champion was made by what lies on the disk by now, and not by what this process has loaded."""
    follower = stage.follower()
    follower.step()
    stage.world.champion(0.5)
    with elsewhere():
        assert serves(follower) == ("degraded", 2)
    assert "than this server has loaded: start it anew" in follower.standing.reason
    assert serves(follower) == ("ok", 3)


def test_a_cold_start_passes_over_a_kept_model_that_other_libraries_made(stage: Stage) -> None:
    """Kept before the environment was another; with the ledger lost it would be the newest."""
    with elsewhere():
        stage.world.champion(0.5)
    entries = stage.world.stores.trusted()
    shelf = Shelf(stage.root / ".lifecycle" / "serving" / "models", stage.world.keys)
    shelf.put(stage.world.path_of(3), Admission.of(3, entries, move=entries[-1].number))
    lose_ledger(stage)
    assert serves(stage.follower()) == ("degraded", 2)


def test_an_alias_moved_by_hand_changes_nothing_but_the_status(stage: Stage) -> None:
    follower = stage.follower()
    follower.step()
    stage.world.stores.registry.point("champion", 1)
    assert serves(follower) == ("degraded", 2)
    assert "the alias names version 1" in follower.standing.reason


def test_a_champion_that_was_withdrawn_no_longer_answers(stage: Stage) -> None:
    follower = stage.follower()
    follower.step()
    stage.swap(None, back=True)
    assert serves(follower) == ("unready", None)


def unlink_registry(stage: Stage) -> None:
    (stage.root / "mlflow.db").write_bytes(b"no database")


def edit_ledger(stage: Stage) -> None:
    path = sorted((stage.root / "ledger").glob("*.json"))[1]
    path.write_bytes(path.read_bytes().replace(b"hand", b"hond"))


def lose_ledger(stage: Stage) -> None:
    shutil.rmtree(stage.root / "ledger")


@pytest.mark.parametrize("break_it", [unlink_registry, edit_ledger, lose_ledger])
def test_a_cold_start_without_a_sound_store_serves_the_last_good_model(
    stage: Stage, break_it: Callable[[Stage], None]
) -> None:
    break_it(stage)
    assert serves(stage.follower()) == ("degraded", 2)


def test_a_rollback_in_the_ledger_is_followed_with_the_registry_dead(stage: Stage) -> None:
    follower = stage.follower(tracking_uri=DEAD)
    follower.step()
    stage.swap(1, back=True)
    assert serves(follower) == ("degraded", 1)
    assert "registry does not answer" in follower.standing.reason


def test_a_cold_start_with_nothing_valid_answers_nobody(stage: Stage) -> None:
    lose_ledger(stage)
    shutil.rmtree(stage.root / ".lifecycle" / "serving")
    follower = stage.follower(tracking_uri=DEAD)
    assert serves(follower) == ("unready", None)
    assert not follower.standing.ready


def change_byte(folder: Path) -> None:
    path = folder / packaging.MODEL
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def add_file(folder: Path) -> None:
    (folder / "more.txt").write_text("more")


def unsign(folder: Path) -> None:
    (folder / packaging.SIGNATURE).unlink()


@pytest.mark.parametrize("damage", [change_byte, add_file, unsign])
def test_a_kept_model_that_was_changed_is_fetched_anew(stage: Stage, damage: Callable[[Path], None]) -> None:
    follower = stage.follower()
    follower.step()
    assert follower.serving is not None
    kept = follower.shelf.find(follower.serving)
    assert kept is not None
    damage(kept)
    assert follower.shelf.find(follower.serving) is None


def test_only_the_latest_models_are_kept(stage: Stage) -> None:
    shelf = Shelf(stage.root / ".lifecycle" / "serving" / "models", stage.world.keys)
    shelf.trim(1)
    assert [place.name[:2] for place in shelf.folder.glob("[0-9]*")] == ["2-"]
    assert Serving().keep >= 3
