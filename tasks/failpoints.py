"""Named points at which a test may kill, stop or starve the process, to prove that what it leaves behind is sound."""

import errno
import os
import signal
import threading
import time
from collections import Counter

VARIABLE = "LIFECYCLE_FAILPOINT"

passed: Counter[str] = Counter()
_counting = threading.Lock()


def failpoint(name: str) -> None:
    """Do what LIFECYCLE_FAILPOINT=<name>[@<time>]:<kill|raise|hang|stop|enospc> asks for here; normally nothing."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    with _counting:
        passed[name] += 1
        times = passed[name]
    where, _, action = wanted.partition(":")
    place, _, time_of = where.partition("@")
    if place == name and times == int(time_of or 1):
        _fail(name, action)


def _fail(name: str, action: str) -> None:
    match action:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise RuntimeError(f"failpoint {name}")
        case "hang":
            time.sleep(3600)
        case "stop":  # until somebody sends SIGCONT
            os.kill(os.getpid(), signal.SIGSTOP)
        case "enospc":
            raise OSError(errno.ENOSPC, "No space left on device", name)
