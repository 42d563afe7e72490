"""What is fetched from the registry is whole, is what lies there now, and disturbs nobody who reads it."""

import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.errors import LifecycleError
from tasks import files, live, packaging
from tests.tasks.release_world import World

SECONDS, READERS = 6.0, 3


def read_again_and_again(world: World) -> None:
    """Fetch, verify and look at the champion as a batch, a monitoring and a live check do; end with 1 at a fault."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            _, package = live.serving(world.stores)
        except LifecycleError as error:
            print(error.seen, flush=True)
            os._exit(1)
        if packaging.package_digest(package.folder) != package.package_digest:
            os._exit(1)
    os._exit(0)


def test_several_that_read_one_version_at_once_do_not_disturb_each_other(world: World) -> None:
    world.champion(1.0)
    fork = multiprocessing.get_context("fork")
    readers = [fork.Process(target=read_again_and_again, args=(world,)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(120)
    assert [reader.exitcode for reader in readers] == [0] * READERS


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lead_elsewhere(path: Path) -> None:
    kept = path.rename(path.with_suffix(".kept"))
    path.symlink_to(kept)


@pytest.mark.parametrize("damage", [cut, Path.unlink, lead_elsewhere])
def test_what_was_changed_on_this_disk_is_fetched_anew(world: World, damage: Callable[[Path], None]) -> None:
    world.champion(1.0)
    _, package = live.serving(world.stores)
    sound = files.tree_digest(package.folder)
    damage(package.folder / packaging.GOLDEN)
    _, again = live.serving(world.stores)
    assert (again.folder, files.tree_digest(again.folder)) == (package.folder, sound)
