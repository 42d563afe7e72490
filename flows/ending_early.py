"""How work ends before it is done: softly on SIGTERM as on Ctrl-C, and by itself when it takes longer than allowed."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

from config.errors import LifecycleError

GRACE_SECONDS = 10.0  # for what hears no signal, because it hangs in C


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
    over = threading.Event()
    words = f"it was not done after {hours:g} hours"
    watch = threading.Thread(target=_watch, args=(over, hours * 3600, grace_seconds, words), daemon=True)
    with _on_signal(signal.SIGALRM, TooLong):
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


def _watch(over: threading.Event, seconds: float, grace_seconds: float, words: str) -> None:
    if over.wait(seconds):
        return
    os.kill(os.getpid(), signal.SIGALRM)
    if not over.wait(grace_seconds):
        print(f"seen:     {words}, and it hears no signal: the process ends itself", file=sys.stderr, flush=True)
        os._exit(LifecycleError.exit_code)  # locks are the kernel's, and the server ends with its parent


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
