"""Starts a scoring server in a process of its own, on a free port, and ends it with all that it started."""

import contextlib
import http.client
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.errors import LifecycleError


@dataclass(frozen=True)
class Running:
    """A server that answers, and the headers that let requests in."""

    process: "subprocess.Popen[bytes]"
    port: int
    seconds_to_ready: float
    headers: Mapping[str, str] = field(default_factory=dict)

    def post(self, connection: http.client.HTTPConnection, body: bytes) -> tuple[int, bytes]:
        """Ask for predictions."""
        connection.request("POST", "/invocations", body, {"Content-Type": "application/json", **self.headers})
        response = connection.getresponse()
        return response.status, response.read()


@contextlib.contextmanager
def started(command: Sequence[str], *, deadline_seconds: float, code: Path | None = None) -> Iterator[Running]:
    """Run a server that says its port and answers /ping in time (LifecycleError); `code` is where it is started."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, cwd=code, stdout=subprocess.PIPE, stderr=complaints, start_new_session=True)
        try:
            port = _wait_for_port(process, begin + deadline_seconds, complaints)
            _wait_for_answer(port, begin + deadline_seconds)
            yield Running(process, port, time.monotonic() - begin)
        finally:
            _end(process)


def _wait_for_port(process: "subprocess.Popen[bytes]", until: float, complaints: IO[bytes]) -> int:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        ready = selector.select(timeout=max(0.0, until - time.monotonic()))
    line = process.stdout.readline() if ready else b""
    if not line:
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip()[-500:]
        raise LifecycleError(f"the server did not start in time: {said or 'it said nothing'}")
    return int(json.loads(line)["port"])


def _wait_for_answer(port: int, until: float) -> None:
    while time.monotonic() < until:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, 2)) as ask:
            ask.request("GET", "/ping")
            if ask.getresponse().status == 200:
                return
        time.sleep(0.02)
    raise LifecycleError("the server took the port but did not answer /ping in time")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the server and whatever it started: its session is its own."""
    for number, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
            break
    if process.stdout is not None:
        process.stdout.close()
