"""How work ends before it is done: softly on SIGTERM as on Ctrl-C, and by itself when it takes longer than allowed."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

from config.errors import LifecycleError

GRACE_SECONDS = 10.0  # for what hears no signal, because it hangs in C
# A process of its own, because a call into C may hold the interpreter; standard input closes when its parent ends.
WATCHDOG = """
import os, select, sys
seconds, parent, words = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if not select.select([0], [], [], seconds)[0]:
    sys.stderr.write(words)
    sys.stderr.flush()
    os.kill(parent, 9)
"""


class TooLong(KeyboardInterrupt):
    """The work took longer than allowed; no handler of errors on the way may take it for one."""


@contextlib.contextmanager
def softly() -> Iterator[None]:
    """Let SIGTERM end the work as Ctrl-C does: what it began is told, and what it laid out is cleared away."""
    with _on_signal(signal.SIGTERM, KeyboardInterrupt):
        yield


@contextlib.contextmanager
def within(hours: float, *, grace_seconds: float = GRACE_SECONDS) -> Iterator[None]:
    """End work that takes too long (LifecycleError), and the whole process where it does not even notice."""
    over, seconds = threading.Event(), hours * 3600
    words = f"it was not done after {hours:g} hours"
    watch = threading.Thread(target=_watch, args=(over, seconds), daemon=True)
    with _on_signal(signal.SIGUSR2, TooLong), _killed_after(seconds + grace_seconds, words):
        watch.start()
        try:
            yield
        except TooLong as error:
            raise LifecycleError(
                words, expected="less than `run_hours` of config/policy.yaml",
                next_step="find out what hangs, or allow more; the next run goes on where this one ended",
            ) from error  # fmt: skip
        finally:
            over.set()


def _watch(over: threading.Event, seconds: float) -> None:
    if not over.wait(seconds):
        os.kill(os.getpid(), signal.SIGUSR2)


@contextlib.contextmanager
def _killed_after(seconds: float, words: str) -> Iterator[None]:
    """Have this process killed if it is still at work then; locks are the kernel's, and servers end with us."""
    told = f"seen:     {words}, and it hears no signal: it was killed\nnext:     lifecycle run\n"
    command = [sys.executable, "-I", "-S", "-c", WATCHDOG, str(seconds), str(os.getpid()), told]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as watchdog:
        try:
            yield
        finally:
            watchdog.communicate()


@contextlib.contextmanager
def _on_signal(number: signal.Signals, error: type[BaseException]) -> Iterator[None]:
    """Let a signal raise; signals are the main thread's, elsewhere nothing is changed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise error

    before = signal.signal(number, interrupt)
    try:
        yield
    finally:
        signal.signal(number, before)
