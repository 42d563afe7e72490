"""With MLflow's server killed, one command makes the running server answer with the former version within seconds."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from config.load import load
from tests.serving.clients import Clients
from tests.tasks.release_world import World

ROW = json.dumps({"dataframe_records": [{"delay": 16.0, "wind": 3.0}]})
MOST_SECONDS = 10.0
DEAD = "http://127.0.0.1:9/api"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def process(*command: str, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run something in a session of its own; whatever of it is left at the end is killed, by its id."""
    running = subprocess.Popen(
        [sys.executable, "-m", *command], env=os.environ | environment, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate(timeout=30)


@contextlib.contextmanager
def registry(root: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run MLflow's server on the world's database until it answers."""
    store = ["--backend-store-uri", f"sqlite:///{root / 'mlflow.db'}", "--artifacts-destination", str(root / "other")]
    with process("mlflow", "server", *store, "--host", "127.0.0.1", "--port", str(port), "--workers", "1") as running:
        until = time.monotonic() + 150
        while running.poll() is None and time.monotonic() < until:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as told,
            ):
                if told.status == 200:
                    break
            time.sleep(0.2)
        yield running


def port_of(serving: "subprocess.Popen[bytes]") -> int:
    """Read the port that a server says it answers at."""
    assert serving.stdout is not None
    for line in serving.stdout:
        with contextlib.suppress(ValueError):
            return int(json.loads(line)["port"])
    raise AssertionError("the scoring server ended")


def command(root: Path, *arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """Run a command of ours and give its exit code and its answer."""
    asked = [sys.executable, "-m", "cli", *arguments, "--json"]
    done = subprocess.run(asked, cwd=root, env=os.environ | environment, capture_output=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout)


@dataclass
class Client(Clients):
    """What one client was answered, and when."""

    port: int
    seen: list[tuple[float, int, str]] = field(default_factory=list)

    def ask_once(self) -> tuple[int, str]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("POST", "/invocations", ROW, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("X-Model-Version", "")

    def ask(self, number: int) -> None:
        while not self.ending.wait(0.02):
            self.seen.append((time.monotonic(), *self.ask_once()))

    def wait_for(self, version: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (told := self.ask_once()) != (200, str(version)):
            assert time.monotonic() < until, told
            time.sleep(0.1)


@pytest.mark.parametrize(
    "end",
    [pytest.param(signal.SIGKILL, id="killed"), pytest.param(signal.SIGSTOP, id="hung", marks=pytest.mark.chaos)],
)
def test_a_rollback_is_served_within_seconds_and_the_alias_follows_later(
    project: Path, mlflow_template: Path, end: signal.Signals
) -> None:
    settings = load(project)
    world, port = World(project, mlflow_template, settings, model=settings.charter.project), free_port()
    there = {"LIFECYCLE_RUNTIME__TRACKING_URI": f"http://127.0.0.1:{port}"}
    world.champion(1.0)
    with registry(project, port) as mlflow, process("cli", "serve", "--port", "0", **there) as serving:
        client = Client(port_of(serving))
        client.wait_for(1, 60)
        world.champion(0.5)
        client.wait_for(2, 60)
        with client:
            os.killpg(mlflow.pid, end)
            time.sleep(3)  # the server notices, and is in the midst of waiting for an answer
            began = time.monotonic()
            code, told = command(project, "rollback", "--because", "it is bad", **there, PREFECT_API_URL=DEAD)
            moved = time.monotonic() - began
            client.wait_for(1, 30)
            seconds = time.monotonic() - began
            time.sleep(0.5)  # the one who asks without pause sees it too
        assert (code, told["version"], world.alias()) == (0, 1, 2) and "cannot be read" in told["owed"]
        print(f"{end.name}: moved after {moved:.1f} s, served after {seconds:.1f} s, {len(client.seen)} requests")
        assert seconds <= MOST_SECONDS, seconds
        assert {status for _, status, _ in client.seen} == {200} and len(client.seen) > 50
        versions = [version for _, _, version in client.seen]
        assert versions == sorted(versions, reverse=True) and set(versions) == {"1", "2"}
    code, told = command(project, "verify")  # the database itself answers again, as its server would
    assert (code, told["faults"], told["owed"][0]["where"]) == (0, [], "alias champion")
    code, _ = command(project, "promote", "--to", "staging")
    assert (code, world.alias(), world.stores.ledger.entries()[-1].kind) == (0, 1, "settled")
    code, told = command(project, "verify")
    assert (code, told["faults"], told["owed"]) == (0, [], [])
