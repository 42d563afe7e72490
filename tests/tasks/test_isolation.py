"""A model is loaded in a process apart, which a hang, a crash or a flood of memory does not outlive, and we do."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.errors import IntegrityAlarm
from tasks import isolation, packaging
from tests.tasks.hostile import hostile_model
from tests.tasks.release_world import package_folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sound")
    return package_folder(root, strength=1.0, keys_folder=root / "keys")


def test_a_sound_model_answers_its_golden_rows(sound: Path) -> None:
    isolation.ask_golden(sound)
    isolation.ask_golden(sound)
    assert len([f for f in isolation._forkers if f.process.poll() is None]) == 1


def test_a_model_that_leads_in_a_circle_is_ended_in_time(tmp_path: Path) -> None:
    folder = package_folder(tmp_path, strength=1.0, keys_folder=tmp_path / "keys", hostile=hostile_model("hangs"))
    begin = time.monotonic()
    with pytest.raises(IntegrityAlarm, match="crashed, or took more than 2 s"):
        isolation.ask_golden(folder, seconds=2)
    assert time.monotonic() - begin < 2 + isolation.STARTUP_SECONDS


def test_a_model_that_crashes_takes_nobody_with_it(tmp_path: Path, sound: Path) -> None:
    folder = package_folder(tmp_path, strength=1.0, keys_folder=tmp_path / "keys", hostile=hostile_model("crashes"))
    with pytest.raises(IntegrityAlarm, match="ended the process"):
        isolation.ask_golden(folder)
    isolation.ask_golden(sound)


def test_a_model_that_swells_is_refused(sound: Path) -> None:
    with pytest.raises(IntegrityAlarm, match=r"MiB|MemoryError|ended the process"):
        isolation.ask_golden(sound, memory_bytes=1 << 16)


def answer_otherwise(folder: Path) -> None:
    value = json.loads((folder / packaging.GOLDEN).read_text())
    value["expected"][0]["probability"] += 1e-6
    (folder / packaging.GOLDEN).write_text(json.dumps(value))


def ask_nothing(folder: Path) -> None:
    value = json.loads((folder / packaging.GOLDEN).read_text())
    (folder / packaging.GOLDEN).write_text(json.dumps(value | {"data": [], "expected": []}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(answer_otherwise, "difference of 1e-06", id="other answers"),
        pytest.param(ask_nothing, "0 rows, where 1", id="no golden rows"),
        pytest.param(lambda f: (f / packaging.MODEL).write_bytes(b""), "does not load", id="no model"),
        pytest.param(lambda f: (f / packaging.CONTRACT).unlink(), "not there", id="no contract"),
    ],
)
def test_what_does_not_answer_as_it_did_is_refused(tmp_path: Path, change: Callable[[Path], None], words: str) -> None:
    folder = package_folder(tmp_path, strength=1.0, keys_folder=tmp_path / "keys")
    change(folder)
    with pytest.raises(IntegrityAlarm, match=words):
        isolation.ask_golden(folder)


def test_a_process_that_was_ended_is_started_again(sound: Path) -> None:
    isolation.ask_golden(sound)
    isolation._forkers[-1].process.kill()
    isolation._forkers[-1].process.wait()
    isolation.ask_golden(sound)
