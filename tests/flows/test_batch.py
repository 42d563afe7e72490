"""A batch is answered by the champion of the ledger; with the registry dead, by its verified copy on this disk."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.errors import IntegrityAlarm, LifecycleError
from config.load import load
from flows import batch
from tasks import packaging
from tasks.batches import Scored
from tests.tasks.release_world import ROWS, World, package_folder

AT = "2026-01-01T00:00:00+00:00"
DEAD = "http://127.0.0.1:9"
MOST_SECONDS = 10.0


@pytest.fixture
def world(project: Path, mlflow_template: Path) -> World:
    """Version 1 serves, and its promotion left it on this disk. Rows wait."""
    settings = load(project)
    made = World(project, mlflow_template, settings, model=settings.charter.project)
    made.champion(1.0)
    ROWS.to_parquet("rows.parquet", index=False)
    return made


@pytest.fixture
def hung() -> Iterator[str]:
    """Give the address of a registry that takes a call and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def score(world: World, output: str, tracking_uri: str = "") -> Scored:
    runtime = world.settings.runtime
    if tracking_uri:
        runtime = runtime.model_copy(update={"tracking_uri": tracking_uri})
    asked = batch.Asked("rows.parquet", Path(output), at=AT)
    return batch.score(world.settings.model_copy(update={"runtime": runtime}), asked)


def kept(world: World) -> Path:
    return world.root / ".lifecycle" / "models" / "1"


def test_with_the_registry_dead_it_leaves_the_same_bytes_and_says_so(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    there = score(world, "there.parquet")
    assert (there.version, there.registry_silent, capsys.readouterr().err) == (1, "", "")
    dead = score(world, "dead.parquet", DEAD)
    told = " ".join(capsys.readouterr().err.split())
    assert (dead.version, dead.rows, dead.sha256) == (1, len(ROWS), there.sha256)
    assert f"! the registry does not answer: the registry {DEAD} cannot be read" in told
    assert "version 1 is champion; its verified copy in .lifecycle/models/1 answers" in told
    assert json.loads(Path("dead.parquet.json").read_text())["registry_silent"] == dead.registry_silent != ""


def test_so_does_one_that_hangs_within_seconds(world: World, hung: str) -> None:
    begin = time.monotonic()
    done = score(world, "out.parquet", hung)
    assert (done.version, time.monotonic() - begin < MOST_SECONDS) == (1, True)
    assert "timed out" in done.registry_silent


def test_the_ledger_names_the_champion_also_after_a_rollback_that_is_still_owed(world: World) -> None:
    world.champion(0.5)
    told = {"PATH": "/usr/bin:/bin", "HOME": str(world.root), "LIFECYCLE_RUNTIME__TRACKING_URI": DEAD}
    ask = [sys.executable, "-m", "cli"]
    for command in (["rollback", "--because", "it is bad"], ["score", "rows.parquet", "out.csv", "--json"]):
        done = subprocess.run([*ask, *command], env=told, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
    assert (json.loads(done.stdout)["version"], world.alias()) == (1, 2)
    assert "the registry does not answer" in done.stderr and "Traceback" not in done.stderr


def change(world: World) -> None:
    path = kept(world) / packaging.GOLDEN
    path.write_bytes(path.read_bytes() + b" ")


def sign_another(world: World) -> None:
    """Let a package lie there that our key has signed, and that nobody decided on."""
    shutil.rmtree(kept(world))
    made = package_folder(world.root / "another", strength=0.1, keys_folder=world.keys)
    shutil.copytree(made, kept(world))


def lose(world: World) -> None:
    shutil.rmtree(kept(world))


def unsign(world: World) -> None:
    (kept(world) / packaging.SIGNATURE).unlink()


@pytest.mark.parametrize(
    ("damage", "kind", "words"),
    [
        pytest.param(lose, LifecycleError, "version 1 is not kept on this disk, and the registry", id="none is there"),
        pytest.param(change, IntegrityAlarm, "as it was let in .*signature .* does not hold", id="it was changed"),
        pytest.param(unsign, IntegrityAlarm, "as it was let in .*carries no signature", id="it is not signed"),
        pytest.param(sign_another, IntegrityAlarm, "signed, but is not the package that was decided", id="another"),
    ],
)
def test_without_a_sound_copy_nothing_is_scored(
    world: World, damage: Callable[[World], None], kind: type[LifecycleError], words: str
) -> None:
    damage(world)
    with pytest.raises(LifecycleError, match=words) as caught:
        score(world, "out.parquet", DEAD)
    assert (type(caught.value), caught.value.next_step) == (kind, "start the registry, then the same command again")
    assert list(Path().glob("*out.parquet*")) == []


def test_a_broken_ledger_lets_nothing_be_scored(world: World) -> None:
    path = sorted((world.root / "ledger").glob("*.json"))[3]
    path.write_bytes(path.read_bytes().replace(b"test", b"tost"))
    with pytest.raises(IntegrityAlarm):
        score(world, "out.parquet", DEAD)


def test_a_copy_of_a_project_before_this_one_is_passed_over(world: World) -> None:
    """The registry began anew, and counts from 1 again; what the server kept of the one before is signed, too."""
    shelf = world.root / ".lifecycle" / "serving" / "models"
    made = package_folder(world.root / "before", strength=0.1, keys_folder=world.keys)
    shutil.copytree(made, shelf / "1-0000000000000000" / "package")
    assert score(world, "dead.parquet", DEAD).sha256 == score(world, "there.parquet").sha256


def test_a_finished_batch_keeps_what_was_so_when_it_was_scored(world: World) -> None:
    first = score(world, "out.parquet", DEAD)
    again = score(world, "out.parquet")
    assert (again.changed, again.registry_silent) == (False, first.registry_silent)
    Path("out.parquet").unlink()
    assert score(world, "out.parquet").registry_silent == ""
