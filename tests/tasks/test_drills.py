"""Recovery is practised on real parts in a scratch place: the live aliases stay, and what came of it is on record."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.errors import IntegrityAlarm, LifecycleError
from tasks import backup, drills, drills_restore, drills_tamper, files, packaging, verification
from tasks.drills import Practised
from tasks.drills_rollback import roll_back_in
from tasks.ledger import Kind
from tests.tasks.release_world import World


def practise(world: World, act: Callable[[Path], Practised]) -> drills.Drill:
    return drills.practise("rollback", act, stores=world.stores)


def roll_back(world: World, place: Path) -> Any:
    return roll_back_in(place, stores=world.stores, current=world.facts(), actor="test")


def test_a_rollback_is_practised_in_a_copy_and_the_live_alias_stays(world: World, tmp_path: Path) -> None:
    world.champion(0.5)
    world.champion(2.0)
    before = (world.alias(), world.stores.ledger.head())
    done = roll_back(world, tmp_path / "scratch")
    assert (done.move.before, done.move.version, done.planted) == (2, 1, False)
    assert verification.verify(done.stores).faults == ()
    assert (world.alias(), world.stores.ledger.head()) == before
    assert done.stores.registry.alias("champion") == 1


def test_with_one_champion_a_twin_is_rolled_back_from(world: World, tmp_path: Path) -> None:
    world.champion(0.5)
    done = roll_back(world, tmp_path / "scratch")
    assert (done.move.before, done.move.version, done.planted) == (2, 1, True)
    assert verification.verify(done.stores).faults == ()
    assert [version.number for version in world.stores.registry.versions()] == [1]


def test_a_drill_that_cannot_be_made_failed_and_is_on_record(world: World) -> None:
    def act(place: Path) -> Practised:
        return Practised(True, "never", roll_back(world, place).move.version)

    world.stores.registry.ensure()
    made = practise(world, act)
    told = json.loads(Path("reports/drills/rollback.json").read_text())
    assert not made.passed and not told["passed"] and "nothing was ever promoted" in told["because"]


def test_a_version_before_that_was_changed_fails_the_drill(world: World) -> None:
    world.champion(0.5)
    world.champion(2.0)
    drills_tamper.flip(world.path_of(1) / packaging.MODEL)
    made = practise(world, lambda place: Practised(True, "never", roll_back(world, place).move.version))
    assert not made.passed and "version 1" in made.sentence
    assert world.alias() == 2


def test_the_record_is_that_of_the_ledger(world: World) -> None:
    world.champion(0.5)
    made = practise(world, lambda place: Practised(True, "as it should", 1, 2.0, {"planted": True}))
    told = json.loads(Path("reports/drills/rollback.json").read_text())
    entry = world.stores.trusted()[-1]
    assert (entry.kind, entry.number, entry.body) == (Kind.DRILL, told.pop("entry"), told)
    assert (made.seconds, told["seconds"], told["version"], told["about"]) == (2.0, 2.0, 1, {"planted": True})


def test_nothing_is_left_of_the_scratch_place(world: World) -> None:
    seen: list[Path] = []

    def act(place: Path) -> Practised:
        assert place.stat().st_mode & 0o077 == 0
        seen.append(place)
        raise LifecycleError("no")

    world.champion(0.5)
    practise(world, act)
    assert not seen[0].exists() and seen[0].parent == Path(".lifecycle/drills").resolve()


def test_the_version_before_the_champion_is_restored_or_the_champion_alone(world: World) -> None:
    with pytest.raises(LifecycleError, match="nothing was ever promoted"):
        drills_restore.version_to_restore([])
    world.champion(0.5)
    assert drills_restore.version_to_restore(world.stores.trusted()) == 1
    world.champion(2.0)
    assert drills_restore.version_to_restore(world.stores.trusted()) == 1


def test_a_change_that_nothing_notices_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    before = (tmp_path / "x").stat()
    found = drills_tamper._noticed("a file", tmp_path / "x", "nobody", lambda: None)
    after = (tmp_path / "x").stat()
    assert not found.detected and (tmp_path / "x").read_bytes() != b"abc"
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_what_was_unsound_before_is_no_detection(tmp_path: Path) -> None:
    def verify() -> None:
        raise IntegrityAlarm("it was so before")

    (tmp_path / "x").write_bytes(b"abc")
    with pytest.raises(IntegrityAlarm):
        drills_tamper._noticed("a file", tmp_path / "x", "somebody", verify)


def test_a_backup_is_written_read_again_and_recorded(world: World, tmp_path: Path) -> None:
    world.champion(0.5)
    world.champion(2.0)
    made = backup.back_up(tmp_path / "elsewhere", stores=world.stores)
    folder = Path(made.folder)
    assert made.versions == (1, 2) and (folder / "versions" / "1" / "package" / packaging.MODEL).exists()
    assert not list(folder.rglob("*.pem")), "the private key stays where it is"
    told = json.loads(Path("reports/backups/last.json").read_text())
    entry = world.stores.trusted()[-1]
    assert (entry.number, entry.body) == (told.pop("entry"), told)
    assert told["about"]["folder"] == str(folder)
    drills_tamper.flip(folder / "ledger" / "000001.json")
    with pytest.raises(IntegrityAlarm, match="not those that were written"):
        backup.verify(folder)


def hide(folder: Path) -> None:
    """Let the list agree with what was changed: only the deeper looks can tell."""
    listed = files.list_tree(folder, ignore=(backup.MANIFEST,))
    told = json.loads((folder / backup.MANIFEST).read_text())
    files.write_json(folder / backup.MANIFEST, told | {"files": listed})


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 1 << 14])


def test_a_backup_that_does_not_hold_is_an_alarm_even_where_its_list_was_changed_too(
    world: World, tmp_path: Path
) -> None:
    world.champion(0.5)
    folder = Path(backup.back_up(tmp_path / "elsewhere", stores=world.stores).folder)
    for change, name, words in (
        (drills_tamper.flip, "ledger/000001.json", "ledger entry 1"),
        (drills_tamper.flip, "versions/1/package/model.skops", "digest"),
        (cut, "mlflow.db", "database is damaged"),
    ):
        copy = tmp_path / "copies" / Path(name).name
        shutil.copytree(folder, copy)
        change(copy / name)
        hide(copy)
        with pytest.raises(IntegrityAlarm, match=words):
            backup.verify(copy)


def test_a_project_that_lost_its_stores_is_had_back_from_a_backup(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docs/operate.md says: database, ledger, and each version's package and artefacts to their addresses."""
    monkeypatch.setenv("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")  # the database file is replaced
    world.champion(0.5)
    world.champion(2.0)
    folder = Path(backup.back_up(tmp_path / "elsewhere", stores=world.stores).folder)
    for lost in (world.root / "ledger", world.root / "mlartifacts", world.root / ".lifecycle" / "models"):
        shutil.rmtree(lost)
    backup.copy_database(folder / "mlflow.db", world.root / "restored.db")
    (world.root / "restored.db").replace(world.root / "mlflow.db")
    shutil.copytree(folder / "ledger", world.root / "ledger")
    stores = world.stores
    for number in (1, 2):
        version = stores.registry.version(number)
        home = folder / "versions" / str(number)
        shutil.copytree(home / "artifacts", stores.registry.address(version.run_id, "").removeprefix("file://"))
        assert (world.path_of(number) / packaging.MODEL).read_bytes() == (
            home / "package" / packaging.MODEL
        ).read_bytes()
    assert verification.verify(stores).faults == ()
    assert (world.roll_back().version, world.alias()) == (1, 1)
