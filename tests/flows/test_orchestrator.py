"""A run has a Prefect API: the configured one if it answers, or a server that comes and goes with the run."""

import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from config.errors import ConfigError, LifecycleError
from config.settings import Runtime
from flows import orchestrator

ROOT = Path(__file__).parents[2]
FLOW = """
import os, sys, time
from pathlib import Path
from config.load import load
from config.settings import Runtime
from flows import orchestrator

sample = load(Path(os.environ["PYTHONPATH"], "proving/sample"))
settings = sample.model_copy(update={"runtime": Runtime()})
server = orchestrator.start(settings.runtime)
print(server.process.pid, flush=True)
from prefect import flow, task

@task
def step(number):
    return number

@flow
def steps():
    return sum(step(number) for number in range(5))

with orchestrator.prefect_server(settings):
    assert steps() == 10
print("done", flush=True)
time.sleep(float(sys.argv[1]))
"""


@contextmanager
def program(place: Path, seconds: float, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a small flow in a process of its own, which then sleeps."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    process = subprocess.Popen(
        [sys.executable, "-c", FLOW, str(seconds)],
        cwd=place,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=kept | {"PYTHONPATH": str(ROOT)} | environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def lives(pid: int) -> bool:
    """Tell whether a process runs (one that waits for its parent to ask about it does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_run_starts_its_own_server_and_takes_it_along(tmp_path: Path) -> None:
    with program(tmp_path, 0) as process:
        out, err = process.communicate(timeout=120)
    pid, done = out.split()
    home = tmp_path / ".lifecycle" / "prefect"
    with sqlite3.connect(home / "prefect.db") as database:
        recorded = database.execute("SELECT count(*) FROM task_run WHERE state_type = 'COMPLETED'").fetchone()
    assert (done, err, process.returncode) == ("done", "", 0)
    assert not lives(int(pid))
    assert recorded == (5,)
    assert home.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("own", ["", "/etc/own.pem"], ids=["none is named", "the user names one"])
def test_clients_of_our_own_server_load_one_authority_unless_the_user_names_some(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("API_URL", ""), ("API_AUTH_STRING", ""), ("HOME", str(tmp_path)), ("API_SSL_CERT_FILE", own)):
        monkeypatch.setenv(f"PREFECT_{name}", value)
    if not own:
        monkeypatch.delenv(orchestrator.TRUSTED)
    server = orchestrator.start(Runtime())
    try:
        during = os.environ[orchestrator.TRUSTED]
    finally:
        orchestrator._stop(server)
    after = os.environ.get(orchestrator.TRUSTED)
    if own:
        assert during == after == own
    else:
        assert len(ssl.create_default_context(cafile=during).get_ca_certs()) == 1
        assert after is None


def test_a_killed_run_leaves_no_server(tmp_path: Path) -> None:
    with program(tmp_path, 600) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert process.stdout.readline() == "done\n"
        assert lives(pid)
        os.kill(process.pid, signal.SIGKILL)
        until = time.monotonic() + 20
        while lives(pid) and time.monotonic() < until:
            time.sleep(0.1)
    assert not lives(pid)


def test_a_server_that_dies_is_told_in_words(tmp_path: Path) -> None:
    nowhere = "sqlite+aiosqlite:////nowhere/at/all.db"
    with program(tmp_path, 0, PREFECT_SERVER_DATABASE_CONNECTION_URL=nowhere) as process:
        _, err = process.communicate(timeout=120)
    assert "LifecycleError: the Prefect server died while starting" in err
    assert process.returncode == 1


@contextmanager
def answering(status: int | None) -> Iterator[str]:
    """Serve one HTTP status at every address, or accept connections and never answer."""
    if status is None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            yield f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        return

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "status", [pytest.param(None, id="silent"), pytest.param(404, id="no Prefect"), pytest.param(503, id="ailing")]
)
def test_a_configured_server_that_does_not_answer_is_named(status: int | None) -> None:
    start = time.monotonic()
    with answering(status) as url, pytest.raises(LifecycleError, match=url) as caught:
        orchestrator.start(Runtime(prefect_api_url=url)).ready()
    assert time.monotonic() - start < 8
    assert "PREFECT_API_URL" in caught.value.next_step
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("status", [pytest.param(200, id="well"), pytest.param(401, id="asks for a key")])
def test_a_configured_server_that_answers_is_taken(status: int) -> None:
    with answering(status) as url:
        server = orchestrator.start(Runtime(prefect_api_url=url))
        assert (server.ready(), server.process) == (url, None)


def test_an_address_that_is_none_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match="localhost:4200"):
        orchestrator.start(Runtime(prefect_api_url="localhost:4200/api")).ready()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the environment as it was."""
    for name in ("PREFECT_API_URL", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "PREFECT_LOGGING_LEVEL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
