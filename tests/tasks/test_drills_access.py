"""A stranger gets at what lies open, and at nothing else; the way out is tried as it is."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Platform, Runtime
from tasks import drills_access
from tests.tasks.release_world import World


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that everybody may enter, all the way; a test's own is below one that nobody else may."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.mark.parametrize(
    ("folder", "file", "got"),
    [
        pytest.param(0o755, 0o644, ["rows"], id="everything is open"),
        pytest.param(0o750, 0o644, [], id="the folder is closed"),
        pytest.param(0o755, 0o640, [], id="the file is closed"),
        pytest.param(0o755, 0o602, ["rows"], id="the file can be written to"),
    ],
)
def test_what_a_stranger_gets_at(open_place: Path, folder: int, file: int, got: list[str]) -> None:
    room = open_place / "room"
    room.mkdir()
    (room / "rows").touch()
    (room / "rows").chmod(file)
    room.chmod(folder)
    how, entered = drills_access.as_stranger({"rows": room / "rows"})
    assert entered == got
    assert how == ("as user 65534" if os.geteuid() == 0 else "by the modes")
    assert drills_access.open_to_others(room / "rows") is bool(got)


def test_the_outside_is_reached_or_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        assert drills_access.reached(address) is True
    assert drills_access.reached(address) is False
    assert drills_access.reached("") is None


def test_the_drill_tells_what_was_tried(world: World) -> None:
    world.champion(0.5)
    made = drills_access.access(stores=world.stores, runtime=Runtime(), platform=Platform(), tell=lambda _: None)
    assert made.passed and made.about["stranger"]["entered"] == []
    assert {"key", "ledger"} <= set(made.about["stranger"]["tried"])
    assert made.about["advisories"]["trouble"] and made.about["outside"]["reached"] is None
