"""What a piece of work takes: time on the clock, time of the processor, and the memory of the process at its peak."""

import contextlib
import re
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
RESET = Path("/proc/self/clear_refs")  # Linux: "5" lets the peak begin anew (proc(5))
STATUS = Path("/proc/self/status")
_EARLIER = [0.0]  # the peak before work was measured by itself, which let the system's begin anew
PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Spent:
    """What was taken, in seconds and MiB; processor time is that of all threads of the process.

    `grown_mib` is by how much the peak lies above what the process held before.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_rss_mib: float
    grown_mib: float

    def busy(self, threads: int) -> float:
        """Give the share of some threads that worked: 1 is all of them, all the time."""
        return self.cpu_seconds / (self.wall_seconds * threads) if self.wall_seconds > 0 else 0.0


def spent_on(work: Callable[[], T]) -> tuple[T, Spent]:
    """Do some work and say what it took; where the peak cannot begin anew it is that of the process so far."""
    before = peak_rss_mib()
    _reset()
    held = _high_water()
    cpu, wall = time.process_time(), time.perf_counter()
    done = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = _high_water()
    _EARLIER[0] = before
    return done, Spent(wall, cpu, peak, peak - held)


def begin_peak() -> None:
    """Let the peak of this process's memory begin anew, where the system can."""
    _EARLIER[0] = 0.0
    _reset()


def peak_rss_mib() -> float:
    """Give the peak of this process's resident memory since it began anew, in MiB, work that was measured included."""
    return max(_EARLIER[0], _high_water())


def _reset() -> None:
    with contextlib.suppress(OSError):
        RESET.write_text("5", encoding="ascii")


def _high_water() -> float:
    with contextlib.suppress(OSError):
        if found := PEAK.search(STATUS.read_text(encoding="ascii", errors="replace")):
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # in KiB on Linux
