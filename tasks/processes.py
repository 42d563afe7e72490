"""Which process is which, across restarts: a process id is given out again, its start is not."""

import contextlib
import os
import platform

TAG = "lifecycle.process"


def me() -> str:
    """Name this process: machine, process id, and when it started."""
    return name_of(os.getpid())


def name_of(pid: int) -> str:
    """Name a process of this machine that lives."""
    import psutil

    return f"{platform.node()}:{pid}:{psutil.Process(pid).create_time():.0f}"


def is_gone(name: str) -> bool:
    """Tell whether a process of this machine has ended; of another machine's nothing is known, so it has not."""
    import psutil

    node, pid, _ = name.rsplit(":", 2) if name.count(":") >= 2 else ("", "", "")
    if node != platform.node() or not pid.isdigit():
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        return name_of(int(pid)) != name
    return True
