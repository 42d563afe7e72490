"""One real server, followed from outside: swaps under load, keys, slow and large requests, and its end."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from config.load import load
from serving.served import load as load_served
from tasks.consumers import add_consumer
from tasks.files import read_json
from tasks.scoring import answers, row_checker
from tests.serving.clients import Clients
from tests.serving.stage import ROOT, Stage

ROW = {"delay": 16.0, "wind": 3.0}


@dataclass
class Server:
    """A running server and what a client needs to know of it."""

    process: "subprocess.Popen[bytes]"
    port: int
    key: str
    stage: Stage
    expected: dict[str, float]

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, dict[str, str]]:
        with contextlib.closing(self.connect()) as connection:
            connection.request(method, path, body, {"X-API-Key": self.key, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())

    def score(self, connection: http.client.HTTPConnection) -> tuple[int, str, float]:
        body = json.dumps({"dataframe_records": [ROW]}).encode()
        connection.request("POST", "/invocations", body, {"X-API-Key": self.key, "Content-Type": "application/json"})
        answer = connection.getresponse()
        said = json.loads(answer.read())
        value = said["predictions"][0]["probability"] if answer.status == 200 else -1.0
        return answer.status, answer.headers["X-Model-Version"], value

    def wait_for(self, version: int, seconds: float = 20.0) -> float:
        begin = time.monotonic()
        with contextlib.closing(self.connect()) as connection:
            while self.score(connection)[1] != str(version):
                assert time.monotonic() - begin < seconds, f"version {version} was not taken up"
                time.sleep(0.02)
        return time.monotonic() - begin


@pytest.fixture(scope="module")
def server(staged: Path, tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("running")
    shutil.copytree(staged, root, dirs_exist_ok=True)
    stage = Stage(root, mlflow_template, load(ROOT / "proving" / "sample"))
    options = stage.options()
    key = add_consumer(Path(options.serving.keys_file), "shop")
    process = subprocess.Popen(
        [sys.executable, "-m", "serving", "--options", str(stage.file), "--parent", str(os.getpid())], cwd=root,
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        port = int(json.loads(process.stdout.readline())["port"])
        running = Server(process, port, key, stage, expected(root))
        for _ in range(600):
            with contextlib.suppress(OSError):
                if running.ask("GET", "/ping")[0] == 200:
                    break
            time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def expected(root: Path) -> dict[str, float]:
    """Ask each version offline."""
    found = {}
    for folder in (root / ".lifecycle" / "serving" / "models").glob("[0-9]*"):
        served = load_served(folder / "package", digest="", version=None, decision=None)
        matrix = served.predict(row_checker(served.contract).of_records([ROW]))
        found[folder.name.partition("-")[0]] = float(answers(matrix, served.contract)[0]["probability"])
    assert len(set(found.values())) == 2
    return found


@dataclass
class Load(Clients):
    """Everything that clients were answered."""

    server: Server
    seen: list[tuple[int, str, float]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def ask(self, number: int) -> None:
        with contextlib.closing(self.server.connect()) as connection:
            while not self.ending.is_set():
                try:
                    self.seen.append(self.server.score(connection))
                except (OSError, http.client.HTTPException) as error:
                    self.failed.append(repr(error))
                    connection.close()

    def torn(self) -> list[tuple[int, str, float]]:
        """List the answers that are not, bit for bit, what the version they name gives."""
        return [one for one in self.seen if one[0] != 200 or self.server.expected.get(one[1]) != one[2]]


def swap_under_load(server: Server, swaps: int, least: int, clients: int) -> Load:
    with Load(server, clients=clients) as load:
        for number in range(swaps):
            to = 1 if number % 2 == 0 else 2
            server.stage.swap(to, back=number % 5 == 4)
            server.wait_for(to)
        while len(load.seen) < least:
            time.sleep(0.1)
    assert {one[1] for one in load.seen} == {"1", "2"}
    return load


def test_swaps_under_load_fail_and_tear_nothing(server: Server) -> None:
    load = swap_under_load(server, swaps=6, least=300, clients=2)
    assert (load.failed, load.torn()) == ([], [])


@pytest.mark.chaos
@pytest.mark.timeout(1800)
def test_a_hundred_swaps_fail_and_tear_nothing_of_ten_thousand_answers(server: Server) -> None:
    load = swap_under_load(server, swaps=100, least=10_000, clients=4)
    print(f"\n{len(load.seen)} answers over 100 swaps, {len(load.failed)} failed, {len(load.torn())} torn")
    assert (load.failed, load.torn()) == ([], [])


def test_without_a_key_only_health_is_told(server: Server) -> None:
    asked = {path: server.ask("GET", path, **{"X-API-Key": "no"})[0] for path in ("/ping", "/version", "/metrics")}
    assert asked == {"/ping": 200, "/version": 401, "/metrics": 401}


def test_the_access_log_names_the_consumer(server: Server) -> None:
    server.ask("GET", "/version", **{"X-Request-Id": "wanted"})
    log, until = server.stage.root / "access.log", time.monotonic() + 20.0
    while not (log.exists() and "wanted" in log.read_text()) and time.monotonic() < until:  # nobody asks again
        time.sleep(0.1)
    found = next(line for line in map(json.loads, log.read_text().splitlines()) if line["request"] == "wanted")
    assert (found["consumer"], found["status"], found["path"]) == ("shop", 200, "/version")


def test_figures_tell_requests_refusals_and_the_version(server: Server) -> None:
    server.ask("POST", "/invocations", b"{", **{"Content-Type": "application/json"})
    text = server.ask("GET", "/metrics")[1].decode()
    assert 'lifecycle_refusals_total{code="bad_json"}' in text and "lifecycle_model_version " in text
    assert 'lifecycle_request_seconds_bucket{le="0.01",path="/invocations"}' in text


def test_a_name_that_is_not_ours_is_refused(server: Server) -> None:
    assert server.ask("GET", "/ping", Host="evil.example")[0] == 421


SLOW = {
    "nothing": b"",
    "half a head": b"GET /ping HT",
    "half a body": b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nX-API-Key: KEY\r\n",
}
SLOW["half a body"] += b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW.keys())
def test_who_sends_slowly_is_cut_off(server: Server, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent.replace(b"KEY", server.key.encode()))
        begin = time.monotonic()
        told = connection.recv(1000)
    assert told.startswith(b"HTTP/1.1 408") and time.monotonic() - begin < 5


def test_a_head_without_end_is_refused(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        head = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1000) for number in range(40))
        connection.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 431")


def test_the_last_good_model_and_its_requests_outlive_a_killed_worker(server: Server) -> None:
    import psutil

    captured, until = server.stage.root / "captured", time.monotonic() + 60.0
    with contextlib.closing(server.connect()) as connection:
        while not list(captured.glob("*/*.parquet")) and time.monotonic() < until:
            assert server.score(connection)[0] == 200
    (worker,) = psutil.Process(server.process.pid).children()
    worker.kill()
    with contextlib.closing(server.connect()) as connection:  # it waits in the socket that the parent holds
        assert server.score(connection)[0] == 200
    found = list(captured.glob("*/*.parquet"))
    assert found and all(pyarrow.parquet.ParquetFile(path).metadata.num_rows for path in found)


def test_told_to_end_it_answers_what_is_in_work(server: Server) -> None:
    """Last in this file: it ends the server."""
    with Load(server, clients=2) as load:
        while len(load.seen) < 20:
            time.sleep(0.02)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
    assert load.torn() == []
    odd = {words for words in load.failed if not any(kind in words for kind in ("Refused", "Reset", "Remote"))}
    assert odd == set()
    assert read_json(server.stage.file)["model"]
