"""Loads a model and asks it its golden rows in a process apart, so that one that hangs, crashes or swells harms nobody.

A first process imports the libraries, once, and forks for each question: a fork of ours would inherit locks and
thread pools in any state. Kernel limits end the forked process, so that no code in it need cooperate.
"""

import atexit
import contextlib
import json
import os
import resource
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm, LifecycleError

SECONDS = 60
MEMORY_BYTES = 4 << 30
STARTUP_SECONDS = 60.0
ALONE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}  # a process with threads forks ill


class NotStarted(LifecycleError):
    """No process could be had to load a model in: that says nothing of the model."""


@dataclass(frozen=True)
class Forker:
    """The process that forks, where it listens, and the pipe whose end tells it that we are gone."""

    process: "subprocess.Popen[bytes]"
    address: Path
    pipe: int


_forkers: list[Forker] = []
_starting = threading.Lock()


def ask_golden(folder: Path, *, seconds: int = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
    """Load a verified package and compare its answers to the golden rows with those stored (IntegrityAlarm)."""
    question = {"folder": str(folder.resolve()), "seconds": seconds, "bytes": memory_bytes}
    began, reply = _asked(question)
    if not began and _forkers[-1].process.poll() is not None:  # ended as it was asked: nobody has seen the model yet
        began, reply = _asked(question)
    if not began:
        raise NotStarted(
            f"no process could be started to load {folder} in", expected="an environment as requirements.lock says",
            next_step="run `make install`, then the same command again",
        )  # fmt: skip
    died = f"{folder} ended the process that loaded it: it crashed, or took more than {seconds} s"
    if said := json.loads(reply)["alarm"] if reply else died:
        raise IntegrityAlarm(
            said, expected="a model that loads and answers its golden rows as it did",
            next_step="install requirements.lock, or roll back further",
        )  # fmt: skip


def _asked(question: dict[str, Any]) -> tuple[bytes, bytes]:
    """Give the word that somebody began, and the reply; each is empty if it never came."""
    began, reply = b"", b""
    with _connected() as connection, contextlib.suppress(ConnectionError, TimeoutError):
        connection.settimeout(question["seconds"] + STARTUP_SECONDS)
        connection.sendall(json.dumps(question).encode() + b"\n")
        with connection.makefile("rb") as answers:
            began, reply = answers.readline(), answers.readline()
    return began, reply


@contextlib.contextmanager
def _connected() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        with _starting:
            try:
                connection.connect(str(_forkers[-1].address))
            except (IndexError, OSError):
                _forkers.append(_start())
                connection.connect(str(_forkers[-1].address))
        yield connection


def _start() -> Forker:
    """Start the process that forks, on a socket that listens already."""
    address = Path(tempfile.mkdtemp(prefix="lifecycle-")) / "socket"
    read, write = os.pipe()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, "-m", "tasks.isolation", str(listener.fileno()), str(read)],
            pass_fds=[listener.fileno(), read], env=os.environ | ALONE, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    os.close(read)
    forker = Forker(process, address, write)
    atexit.register(_stop, forker, os.getpid())
    return forker


def _stop(forker: Forker, owner: int) -> None:
    if os.getpid() == owner:
        forker.process.kill()
        forker.process.wait()
        shutil.rmtree(forker.address.parent, ignore_errors=True)


def main(listening: int, pipe: int) -> None:
    """Fork for every question that comes, until nobody holds the other end of the pipe."""
    import pandas  # noqa: F401 - for the forked processes, as is the rest
    import skops.io  # noqa: F401

    from tasks import estimators, packaging, scoring  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=listening) as listener, selectors.DefaultSelector() as waiting:
        waiting.register(listener, selectors.EVENT_READ)
        waiting.register(pipe, selectors.EVENT_READ)
        while pipe not in [key.fd for key, _ in waiting.select()]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                _answer(connection)
                os._exit(0)
            connection.close()


def _answer(connection: socket.socket) -> None:
    with connection.makefile("rb") as questions:
        question: dict[str, Any] = json.loads(questions.readline())
    limit(question["seconds"], question["bytes"])
    connection.sendall(b"began\n")
    try:
        compare(Path(question["folder"]))
        said = ""
    except LifecycleError as error:
        said = error.seen
    except MemoryError:
        said = f"{question['folder']} needs more than {question['bytes'] >> 20} MiB to load and answer"
    except BaseException as error:  # noqa: BLE001 - whatever it is, the model is not one to serve
        said = f"{question['folder']} does not answer: {type(error).__name__}: {str(error)[:300]}"
    connection.sendall(json.dumps({"alarm": said}).encode() + b"\n")


def limit(seconds: int, more_bytes: int) -> None:
    """Let the kernel end this process: by wall clock, by processor time, and no memory beyond what is mapped plus."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.alarm(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/statm") as sizes:
        limit = int(sizes.read().split()[0]) * resource.getpagesize() + more_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def compare(folder: Path) -> None:
    from tasks import inference, packaging
    from tasks.files import read_json
    from tasks.scoring import Contract, Golden, answers, largest_difference, score, to_frame

    contract = Contract.read(read_json(folder / packaging.CONTRACT))
    golden = Golden.read(read_json(folder / packaging.GOLDEN))
    loaded, rows = inference.open_package(folder, contract), to_frame(golden.records, contract)
    ways = (score(loaded.estimator, rows, contract), answers(loaded.predict_frame(rows), contract))
    difference = max(largest_difference(golden.expected, way) for way in ways)
    if not difference <= golden.tolerance:
        words = f"{folder} answers its golden rows with a difference of {difference:g}, not {golden.tolerance:g}"
        raise IntegrityAlarm(words)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
