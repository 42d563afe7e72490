"""The trial of a candidate: the real server in a process of its own, golden rows, bad requests, and a clock."""

import contextlib
import http.client
import json
import math
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from config.errors import LifecycleError
from config.settings.serving import Serving
from tasks import access, contracts
from tasks.access import Access, Doors
from tasks.contracts import Promises, Server
from tasks.load import Curve, quantile
from tasks.malformed import malformed_requests
from tasks.packaging import Package
from tasks.scoring import Contract, Golden, largest_difference
from tasks.servers import Running, started

Measure = Callable[[int, int, Sequence[Mapping[str, Any]], Mapping[str, str]], Curve]
REFUSED = (400, 413, 422)
FEWEST = 20  # requests from which latencies are told
MOST_SECONDS = 5.0  # spent on them, when the machine is slow


@dataclass(frozen=True)
class GoldenResult:
    """The server's answers to the golden rows against those stored."""

    rows: int = 0
    max_difference: float | None = None
    matched: bool = False


@dataclass(frozen=True)
class Malformed:
    """Requests that a server must refuse, and how many of them it did."""

    sent: int = 0
    refused: int = 0


@dataclass(frozen=True)
class ServerResult:
    """How the server started and answered; times in the units of their names."""

    started: bool = False
    seconds_to_ready: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    requests: int = 0
    errors: int = 0
    rss_mib: float | None = None
    malformed: Malformed = field(default_factory=Malformed)
    words: str = ""


@dataclass(frozen=True)
class Trial:
    """What a trial saw; doors and promises only where they were tried."""

    golden: GoldenResult
    server: ServerResult
    load: Curve | None = None  # where one was asked for
    access: Access | None = None
    contract: Promises | None = None


def try_server(
    package: Package, contract: Contract, golden: Golden, *, keys_folder: Path, deadline_seconds: float, requests: int,
    code: Path | None = None, load: Measure | None = None, serving: Serving | None = None,
) -> Trial:  # fmt: skip
    """Start the scoring server on a package and look at it; a server that does not start is a result, not an error.

    `code` is the folder whose serving/ is started, where that is not the current directory; `load` is put on the server
    by its port, its process id, the golden records and the headers that let it in. With the settings of the server in
    `serving` it asks for keys, and its doors and the promises of its API are tried as well.
    """
    try:
        with contextlib.nullcontext() if serving is None else access.doors(serving) as doors:
            with started(_command(package, keys_folder, doors), deadline_seconds=deadline_seconds, code=code) as told:
                running = told if doors is None else replace(told, headers=doors.headers())
                connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=deadline_seconds)
                with contextlib.closing(connection):
                    seen = _look(running, connection, contract, golden, requests)
                    if doors is not None and serving is not None:
                        seen = _look_further(seen, running, connection, package, contract, golden, doors, serving)
                if load is not None:
                    curve = load(running.port, running.process.pid, golden.records, running.headers)
                    seen = replace(seen, load=curve)
            return seen if doors is None else _with_log(seen, doors)
    except (LifecycleError, OSError, http.client.HTTPException) as error:
        return Trial(GoldenResult(rows=len(golden.data)), ServerResult(words=str(error)[:1000]))


def _look(
    running: Running, connection: http.client.HTTPConnection, contract: Contract, golden: Golden, requests: int
) -> Trial:
    import psutil

    matched = _ask_golden(running, connection, golden)
    latencies, errors = _time(running, connection, golden, requests)
    bad = list(malformed_requests(contract, golden))
    refused = sum(running.post(connection, body)[0] in REFUSED for body in bad)
    rss = psutil.Process(running.process.pid).memory_info().rss / 2**20
    server = ServerResult(
        started=True, seconds_to_ready=round(running.seconds_to_ready, 3), p50_ms=quantile(latencies, 0.50),
        p95_ms=quantile(latencies, 0.95), p99_ms=quantile(latencies, 0.99), requests=len(latencies), errors=errors,
        rss_mib=round(rss, 1), malformed=Malformed(len(bad), refused),
    )  # fmt: skip
    return Trial(matched, server)


def _look_further(
    seen: Trial, running: Running, connection: http.client.HTTPConnection, package: Package, contract: Contract,
    golden: Golden, doors: Doors, serving: Serving,
) -> Trial:  # fmt: skip
    server = Server(connection, running.headers)
    return replace(
        seen, contract=contracts.try_promises(server, package.folder, contract, golden, root=Path()),
        access=access.try_doors(server, doors, contract, golden, serving),
    )  # fmt: skip


def _with_log(seen: Trial, doors: Doors) -> Trial:
    """Add what the access log says, which is whole once the server has ended."""
    if seen.access is None:
        return seen
    logged, marked = access.read_log(doors)
    return replace(seen, access=replace(seen.access, logged=logged, marked=marked))


def _ask_golden(running: Running, connection: http.client.HTTPConnection, golden: Golden) -> GoldenResult:
    split = {"dataframe_split": {"columns": golden.columns, "data": golden.data}}
    status, body = running.post(connection, json.dumps(split).encode())
    answers = json.loads(body)["predictions"] if status == 200 else []
    difference = largest_difference(golden.expected, answers)
    return GoldenResult(
        len(golden.data), difference if math.isfinite(difference) else None, difference <= golden.tolerance
    )


def _time(
    running: Running, connection: http.client.HTTPConnection, golden: Golden, requests: int
) -> tuple[list[float], int]:
    bodies = [json.dumps({"dataframe_records": [record]}).encode() for record in golden.records]
    latencies, errors = [], 0
    until = time.monotonic() + MOST_SECONDS
    for n in range(requests):
        if n >= FEWEST and time.monotonic() > until:
            break
        begin = time.perf_counter()
        status, _ = running.post(connection, bodies[n % len(bodies)])
        latencies.append((time.perf_counter() - begin) * 1000)
        errors += status != 200
    return latencies, errors


def _command(package: Package, keys_folder: Path, doors: Doors | None) -> list[str]:
    return [
        sys.executable, "-m", "serving", "--model-dir", str(package.folder.resolve()), "--keys",
        str(keys_folder.resolve()), "--digest", package.digest, "--parent", str(os.getpid()),
        *(() if doors is None else ("--serving", str(doors.settings))),
    ]  # fmt: skip
