"""Work in a process that is forked off this one, and is waited for no longer than it may take."""

import os
import signal
import time
from collections.abc import Callable

BROKEN = 3  # the exit code of work that raised


def begin(work: Callable[[], int]) -> int:
    """Do some work in a process that leads a group of its own and ends with what it gives; give its process id."""
    child = os.fork()
    if child == 0:
        code = BROKEN
        try:
            os.setsid()
            code = work()
        finally:
            os._exit(code)  # never back to the caller
    return child


def done(work: Callable[[], int], limit: float) -> int | None:
    """Give the exit code of some work; end its whole group and give None if it takes more seconds than it may."""
    child, deadline = begin(work), time.monotonic() + limit
    while time.monotonic() < deadline:
        gone, status = os.waitpid(child, os.WNOHANG)
        if gone:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def silence(output: str) -> None:
    """Have what this process and its children print written into a file."""
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
