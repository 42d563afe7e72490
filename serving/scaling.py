"""Says how many workers there should be, from the CPU that they use; and which of them have begun to answer."""

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.settings.serving import Scaling

BEGUN = "begun-{pid}"


@dataclass(eq=False)
class Scaler:
    """Looks at spans of time, one after another, and lets one change a cooldown pass."""

    least: int
    policy: Scaling
    changed: float  # when, on the monotonic clock
    looked: float = field(init=False)
    before: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.looked = self.changed

    def wanted(self, used: Mapping[int, float], count: int, now: float) -> int:
        """Give how many of `count` workers there should be; `used` has the CPU seconds of those that answer.

        While one is starting nothing is changed: what it takes for itself is nobody's load.
        """
        span = now - self.looked
        if span < self.policy.window_seconds:
            return count
        known, before = used.keys() & self.before.keys(), self.before
        self.looked, self.before = now, dict(used)
        if len(known) < count or now - self.changed < self.policy.cooldown_seconds:
            return count
        busy = sum(used[pid] - before[pid] for pid in known) / span / count
        return self._changed_to(self._next(busy, count), count, now)

    def _next(self, busy: float, count: int) -> int:
        if busy >= self.policy.above and count < self.policy.most:
            return count + 1
        return count - 1 if busy < self.policy.below and count > self.least else count

    def _changed_to(self, number: int, count: int, now: float) -> int:
        if number != count:
            self.changed = now
        return number


def begin(folder: str | None) -> None:
    """Leave a sign that this process has begun to answer, where somebody looks for one."""
    if folder:
        (Path(folder) / BEGUN.format(pid=os.getpid())).touch()


def used(pids: Iterable[int], folder: Path) -> dict[int, float]:
    """Give the CPU seconds of those processes that live and have begun to answer."""
    import psutil

    found = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            if (folder / BEGUN.format(pid=pid)).exists():
                times = psutil.Process(pid).cpu_times()
                found[pid] = times.user + times.system
    return found
