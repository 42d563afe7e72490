"""Judging in a forked process: what hangs, exits or crashes there is cut and named, and all the rest is judged."""

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from config import errors
from config.errors import LifecycleError
from lens_checks import steps

PR_SET_PDEATHSIG = 1
LOOK_SECONDS = 0.2  # a process that ended is noticed even while one that it started keeps the pipe open


def supervised(work: Callable[[], bytes], *, seconds: float) -> bytes:
    """Do the work in a forked process and give its answer; no step of it may take longer than `seconds`.

    A step that is cut is skipped when the rest is begun anew. What the work raises is a LifecycleError here.
    """
    if steps.told():
        return work()
    faults: dict[str, str] = {}
    while True:
        try:
            return _Watch(work, faults, seconds).answer()
        except _Fault as fault:
            if not fault.step or fault.step in faults:
                raise LifecycleError(
                    f"judging was cut: it {fault.because}", expected="an answer", next_step="run the command again"
                ) from None
            faults[fault.step] = f"{fault.step} {fault.because}"


class _Fault(Exception):
    def __init__(self, step: str, because: str) -> None:
        self.step, self.because = step, because


class _Watch:
    """One forked process: its steps as they are told, and its end."""

    def __init__(self, work: Callable[[], bytes], faults: Mapping[str, str], seconds: float) -> None:
        self.seconds, self.open, self.status = seconds, list[str](), None
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the child starts none and waits for none
            self.process = os.fork()
        if self.process == 0:
            os.close(reading)
            _run(work, writing, faults)
        os.close(writing)
        self.reading = reading

    status: int | None

    def answer(self) -> bytes:
        """Read what the process tells until it has answered (_Fault, LifecycleError)."""
        try:
            for kind, *words in self._messages():
                match kind:
                    case "begin":
                        self.open.append(words[0])
                    case "end":
                        self.open.pop()
                    case "answer":
                        return words[0].encode()
                    case _:
                        raise _as_error(words)
            raise _Fault(self._at(), self._ended())
        finally:
            self._end()

    def _messages(self) -> Iterator[list[str]]:
        """Give what is told line by line until the process ends; silence for too long is a fault."""
        buffer, until = b"", time.monotonic() + self.seconds
        while chunk := self._read(until):
            *lines, buffer = (buffer + chunk).split(b"\n")
            yield from (json.loads(line) for line in lines)
            until = time.monotonic() + self.seconds

    def _read(self, until: float) -> bytes:
        while (left := until - time.monotonic()) > 0:
            gone = self._gone()  # asked before the pipe is: what it told last lies there
            if select.select([self.reading], [], [], 0 if gone else min(left, LOOK_SECONDS))[0]:
                return os.read(self.reading, 1 << 16)
            if gone:
                return b""
        raise _Fault(self._at(), f"did not answer in {self.seconds:g} s")

    def _ended(self) -> str:
        """Say how the process ended; it told all that it will tell."""
        until = time.monotonic() + LOOK_SECONDS
        while not self._gone() and time.monotonic() < until:
            time.sleep(0.002)
        if self.status is None:
            return "closed its pipe"
        code = os.waitstatus_to_exitcode(self.status)
        return f"ended its process (exit {code})" if code >= 0 else f"ended its process ({signal.Signals(-code).name})"

    def _at(self) -> str:
        return self.open[-1] if self.open else ""

    def _gone(self) -> bool:
        if self.status is None:
            process, status = os.waitpid(self.process, os.WNOHANG)
            self.status = status if process else None
        return self.status is not None

    def _end(self) -> None:
        """End the process and what it started."""
        os.close(self.reading)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process, signal.SIGKILL)
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGKILL)
            _, self.status = os.waitpid(self.process, 0)


def _run(work: Callable[[], bytes], writing: int, faults: Mapping[str, str]) -> NoReturn:
    """Do the work in the forked process; whatever happens, the process ends here."""
    try:
        _leave_the_family()
        tell = steps.begin(os.fdopen(writing, "w"), faults)
        try:
            tell("answer", work().decode())
        except Exception as error:  # noqa: BLE001 - it is raised again where the answer is waited for
            tell("error", *_words(error))
    finally:
        os._exit(1)  # what the parent registered to be done at its end is not for this process to do


def _leave_the_family() -> None:
    """Have a process group of its own, end with the parent, and leave the parent's objects alone."""
    os.setpgid(0, 0)
    gc.disable()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _words(error: Exception) -> tuple[str, ...]:
    if isinstance(error, LifecycleError):
        return type(error).__name__, error.seen, error.expected, error.next_step
    where = traceback.extract_tb(error.__traceback__)[-1]
    return "", f"{type(error).__name__}: {error} ({where.filename}, line {where.lineno})", "", ""


def _as_error(words: list[str]) -> LifecycleError:
    name, seen, expected, next_step = words
    kind: Any = getattr(errors, name, None) if name else None
    if isinstance(kind, type) and issubclass(kind, LifecycleError):
        return kind(seen, expected=expected, next_step=next_step)
    return LifecycleError(f"judging failed: {seen}", expected="an answer", next_step="lifecycle review")
