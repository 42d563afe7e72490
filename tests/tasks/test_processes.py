"""A process is known again by its machine, its number and its start."""

import platform
import subprocess
import sys

import pytest

from tasks import processes


def test_this_process_lives() -> None:
    assert not processes.is_gone(processes.me())


def test_one_that_ended_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        name = processes.name_of(process.pid)
        assert not processes.is_gone(name)
        process.kill()
    assert processes.is_gone(name)


def test_another_that_got_its_number_is_another() -> None:
    machine, number, start = processes.me().rsplit(":", 2)
    assert processes.is_gone(f"{machine}:{number}:{int(start) - 100}")


@pytest.mark.parametrize(
    "name", ["", "x", f"another-{platform.node()}:1:1", f"{platform.node()}:x:1", f"{platform.node()}:1"],
    ids=["nothing", "a word", "another machine", "no number", "no start"],
)  # fmt: skip
def test_of_what_is_not_known_nothing_is_said(name: str) -> None:
    assert not processes.is_gone(name)
