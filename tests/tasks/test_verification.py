"""What does not agree with the ledger is found and named: aliases, capitals, deleted versions, bytes, the chain."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.errors import IntegrityAlarm
from config.settings import Settings
from tasks import files, packaging, verification
from tests.tasks.crash_stage import point_by_hand
from tests.tasks.release_world import World


def move(alias: str, version: int | None) -> Callable[[World], None]:
    return lambda world: point_by_hand(world.root, alias, version)


def delete_champion(world: World) -> None:
    world.stores.registry.client.delete_model_version("small-model", "2")


def change_model(world: World) -> None:
    path = world.path_of(2) / packaging.MODEL
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def edit_entry(world: World) -> None:
    path = world.root / "ledger/000004.json"
    path.write_bytes(files.canonical(json.loads(path.read_bytes()) | {"kind": "alarm"}))


def cut_tail(world: World) -> None:
    sorted((world.root / "ledger").glob("*.json"))[-1].unlink()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path, shipped: Settings) -> Path:
    """A world in which version 2 took the place of version 1."""
    root = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        world = World(root, mlflow_template, shipped)
        world.champion(1.0)
        world.champion(0.5)
    return root


@pytest.fixture
def climbed(
    made: Path, tmp_path: Path, mlflow_template: Path, shipped: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A copy of it; the packages stay where they are, and are put right afterwards."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    yield World(tmp_path, mlflow_template, shipped, fresh=False)
    shutil.copytree(tmp_path / "mlartifacts", made / "mlartifacts", dirs_exist_ok=True)


def test_what_agrees_is_sound(climbed: World) -> None:
    found = verification.verify(climbed.stores)
    assert found.faults == ()
    assert found.verified == ("version 2 (champion)", "version 2 (staging)", "version 1 (previous)")
    verification.demand(climbed.stores)


@pytest.mark.parametrize(
    ("tamper", "where", "words"),
    [
        pytest.param(
            move("champion", 1), "alias champion", "names version 1, and the ledger says version 2", id="moved"
        ),
        pytest.param(move("champion", None), "alias champion", "names nothing", id="taken away"),
        pytest.param(move("staging", 1), "alias staging", "names version 1", id="staging moved"),
        pytest.param(move("previous", 2), "alias previous", "names version 2", id="previous moved"),
        pytest.param(move("Champion", 1), "alias Champion", "not 'champion'", id="a twin in capitals"),
        pytest.param(move("STAGING", 2), "alias STAGING", "not 'staging'", id="another twin"),
        pytest.param(delete_champion, "alias champion", "version 2 was deleted", id="the champion's version deleted"),
        pytest.param(change_model, "version 2 (champion)", "digest", id="a byte of the champion changed"),
        pytest.param(edit_entry, "ledger entry 4", "edited", id="an entry edited"),
        pytest.param(cut_tail, "ledger entry 12", "tail is cut", id="the tail cut"),
    ],
)
def test_what_does_not_agree_is_named(climbed: World, tamper: Callable[[World], None], where: str, words: str) -> None:
    tamper(climbed)
    first = verification.verify(climbed.stores).faults[0]
    assert (first.where, words in first.reason) == (where, True), first
    with pytest.raises(IntegrityAlarm):
        verification.demand(climbed.stores)


def test_an_alarm_is_recorded_once(climbed: World) -> None:
    point_by_hand(climbed.root, "Champion", 1)
    for _ in range(2):
        with pytest.raises(IntegrityAlarm, match="alias Champion"):
            verification.demand(climbed.stores)
    assert [entry.kind for entry in climbed.stores.ledger.entries()].count("alarm") == 1


def test_a_champion_that_nothing_let_in_is_named(
    tmp_path: Path, mlflow_template: Path, shipped: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = World(tmp_path, mlflow_template, shipped)
    world.register(1.0)
    point_by_hand(tmp_path, "champion", 1)
    assert [f.where for f in verification.verify(world.stores).faults] == ["alias champion"]
