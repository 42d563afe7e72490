"""A run ends softly on SIGTERM, and by itself when it takes too long, even where it hears no signal."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from config.errors import LifecycleError
from flows import ending_early

ROOT = Path(__file__).parents[2]
HOUR = 3600
DEAF = """
import re
from flows import ending_early
with ending_early.within(0.3 / 3600, grace_seconds=0.5):
    re.match("(a+)+$", "a" * 64 + "b")
"""


def work_that_swallows_errors() -> None:
    with contextlib.suppress(Exception):
        time.sleep(30)


def kill_softly() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)


def test_work_that_takes_too_long_is_ended_in_words() -> None:
    start = time.monotonic()
    with pytest.raises(LifecycleError, match="not done after") as caught, ending_early.within(0.2 / HOUR):
        work_that_swallows_errors()
    assert time.monotonic() - start < 5
    assert "run_hours" in caught.value.expected and caught.value.next_step


def test_work_in_time_is_left_alone() -> None:
    with ending_early.within(0.2 / HOUR, grace_seconds=0.1):
        pass
    time.sleep(0.5)


def test_work_that_hears_no_signal_ends_its_process() -> None:
    start = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", DEAF], cwd=ROOT, text=True, capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert "it hears no signal" in ended.stderr
    assert time.monotonic() - start < 20


def test_sigterm_interrupts_and_what_was_set_before_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), ending_early.softly():
        kill_softly()
    assert signal.getsignal(signal.SIGTERM) is before


def test_outside_of_the_main_thread_nothing_is_changed() -> None:
    done: list[bool] = []

    def work() -> None:
        with ending_early.softly(), ending_early.within(1.0):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)
    assert done == [True]
