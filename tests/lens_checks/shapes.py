"""The ways in which a check, a record or a bound may misbehave; each is called in the place of a sound one."""

import ctypes
import faulthandler
import math
import os
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np


def _raise(error: BaseException) -> Any:
    raise error


def _recurse(depth: int = 0) -> Any:
    return _recurse(depth + 1) + 1


def _loop() -> Any:
    while True:
        pass


def _warn() -> Any:
    warnings.warn("the mean of an empty slice", RuntimeWarning, stacklevel=2)


def _leave_a_thread() -> Any:
    threading.Thread(target=time.sleep, args=(3600,)).start()
    sys.exit(0)


def _leave_a_process() -> Any:
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
    os._exit(0)


HANGS: dict[str, Callable[[], Any]] = {
    "loops": _loop,
    "hangs in C, which no signal handler of Python's interrupts": lambda: re.match("(a+)+$", "a" * 64 + "b"),
    "ignores signals and sleeps": lambda: (signal.signal(signal.SIGTERM, signal.SIG_IGN), time.sleep(3600)),
}
ENDS: dict[str, Callable[[], Any]] = {
    "raises": lambda: _raise(ValueError("no")),
    "asserts": lambda: _raise(AssertionError()),
    "os._exit(0)": lambda: os._exit(0),
    "sys.exit(0)": lambda: sys.exit(0),
    "KeyboardInterrupt": lambda: _raise(KeyboardInterrupt()),
    "interrupts itself": lambda: (os.kill(os.getpid(), signal.SIGINT), time.sleep(1)),
    "GeneratorExit": lambda: _raise(GeneratorExit()),
    "an exception of its own, above Exception": lambda: _raise(type("Odd", (BaseException,), {})()),
    "recurses for ever": _recurse,
    "runs out of memory": lambda: _raise(MemoryError()),
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "crashes in C": lambda: (faulthandler.disable(), ctypes.string_at(0)),
    "leaves a thread and exits": _leave_a_thread,
    "leaves a process and exits": _leave_a_process,
    "gives None": lambda: None,
    "gives NaN": lambda: math.nan,
    "gives 1": lambda: 1,
    "gives True": lambda: True,
    "gives a word": lambda: "yes",
    "gives a NumPy boolean": lambda: np.bool_(True),
    "gives a truthy dict": lambda: {"passed": True},
    "gives an empty list": list,
}  # fmt: skip
WARNS: dict[str, Callable[[], Any]] = {"warns": _warn}
SHAPES = ENDS | HANGS | WARNS
