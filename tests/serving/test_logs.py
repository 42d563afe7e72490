"""Whatever a request makes a library say, the server's log takes it as words: no record begun, nothing commanded."""

import contextlib
import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from tasks import packaging
from tasks.scoring import ColumnContract, Contract, make_golden
from tests.tasks.release_world import MODEL, model_folder

ROWS = pd.DataFrame({"carrier": ["AA", "UA"] * 10})
CONTRACT = Contract(MODEL, "0" * 32, "binary", ("0", "1"), 0.5, (ColumnContract("carrier", "category", False),))
RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (WARNING|ERROR|CRITICAL) ")
# A library that fails on what it does not know, and repeats it: the server around it is the real one.
REPEATS = """
import sys
from sklearn.preprocessing import OneHotEncoder
from serving.__main__ import main

whole = OneHotEncoder.transform


def transform(self, rows):
    for value in rows["carrier"]:
        if value not in ("AA", "UA"):
            raise RuntimeError(f"no such carrier: {value}")
    return whole(self, rows)


OneHotEncoder.transform = transform
sys.exit(main(sys.argv[1:]))
"""


@dataclass
class Server:
    """A real server that is asked, then ended; `log` is what it wrote until then."""

    process: "subprocess.Popen[str]"
    port: int
    log: str = ""

    def ask(self, carrier: str) -> tuple[int, str]:
        body = json.dumps({"dataframe_records": [{"carrier": carrier}]})
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(
                "POST", "/invocations", body, {"Content-Type": "application/json", "X-Request-Id": "odd-1"}
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def end(self) -> None:
        self.process.terminate()
        self.log = self.process.communicate(timeout=30)[1]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repeats")
    pipeline = Pipeline([("encode", OneHotEncoder(handle_unknown="ignore")), ("model", LogisticRegression())])
    pipeline.fit(ROWS, np.tile([0, 1], 10))
    golden = make_golden(pipeline, ROWS[:4], CONTRACT)
    model = model_folder(root / "model", pipeline)
    return packaging.assemble(model, root / "package", contract=CONTRACT, golden=golden, keys_folder=root / "keys")


@pytest.fixture
def server(package: Path) -> Iterator[Server]:
    command = [sys.executable, "-c", REPEATS, "--model-dir", str(package), "--keys", str(package.parent / "keys")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Server(process, json.loads(process.stdout.readline())["port"])
    finally:
        process.kill()
        process.communicate(timeout=30)


HOSTILE = [
    pytest.param("\x1b[2J\x1b]0;owned\x07", id="clears the screen and renames the window"),
    pytest.param("x\n2030-01-01 00:00:00,000 WARNING an administrator was let in", id="forges a record"),
    pytest.param("x\r2030-01-01 00:00:00,000 WARNING written over", id="writes over what stands there"),
    pytest.param("x\x85\u20282030-01-01 00:00:00,000 WARNING other ends of lines", id="ends a line otherwise"),
    pytest.param("\x9b31mred \u202eesrever", id="the one-byte form, and another direction"),
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_request_makes_a_library_say_is_words_in_the_log(server: Server, words: str) -> None:
    assert server.ask("AA")[0] == 200
    status, told = server.ask(words)
    assert (status, json.loads(told)["error"]["code"]) == (500, "internal") and "carrier" not in told
    server.end()
    assert "RuntimeError: no such carrier: " in server.log
    assert [c for c in server.log if not c.isprintable() and c != "\n"] == []
    begun = [line for line in server.log.splitlines() if not line.startswith("  ")]
    assert len(begun) == 1 and RECORD.match(begun[0]) and begun[0].endswith("ERROR request odd-1 failed")


def test_so_is_what_uvicorn_says(server: Server) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.connect()
        connection.sock.sendall(b"NO\x1b[2JHTTP\r\n\r\n")
        assert connection.sock.recv(1000).startswith(b"HTTP/1.1 400")
    server.end()
    assert RECORD.match(server.log) and server.log.endswith("WARNING Invalid HTTP request received.\n")
