"""Locks between the processes of one machine, which the kernel frees when their holder ends, however it ends."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

from config.errors import LifecycleError


class Busy(LifecycleError):
    """Another process holds the lock, and did not let go in time."""


@contextlib.contextmanager
def held(path: Path, *, patience_seconds: float, by: str) -> Iterator[None]:
    """Hold a lock; `by` says in words what another holder is (Busy)."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path, "a+") as lock:
        until = time.monotonic() + patience_seconds
        while not _taken(lock.fileno()):
            if time.monotonic() >= until:
                raise Busy(
                    f"{by} is under way", expected="one at a time",
                    next_step="wait for it to end, then run the command again",
                )  # fmt: skip
            time.sleep(0.02)
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
