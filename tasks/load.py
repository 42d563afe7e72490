"""A short load on a running server, step by step more connections: what it answers, how fast, and what that takes."""

import contextlib
import json
import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings.release import Load
from tasks.callers import Asked, ask_without_pause
from tasks.exported import Exported, Scraped, between, scrape


@dataclass(frozen=True)
class Step:
    """What one step saw: from outside, of the server's process, and as the server itself exports it."""

    connections: int
    requests: int
    errors: int
    seconds: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    cpu_seconds: float
    rss_mib: float
    written_kib: float | None
    disk_free_mib: float
    exported: Exported


@dataclass(frozen=True)
class Curve:
    """All steps, and the size of what was asked."""

    rows_per_request: int
    request_kib: float
    processors: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Process:
    """What the server's process has used so far."""

    cpu_seconds: float
    rss: int
    written_bytes: int | None

    @classmethod
    def now(cls, pid: int) -> "_Process":
        import psutil

        process, written = psutil.Process(pid), None
        with contextlib.suppress(AttributeError, psutil.Error):  # not told on every system
            written = int(process.io_counters().write_bytes)
        times = process.cpu_times()
        return cls(times.user + times.system, process.memory_info().rss, written)


def measure(
    port: int, pid: int, records: Sequence[Mapping[str, Any]], headers: Mapping[str, str], *, plan: Load, rows: int
) -> Curve:
    """Put each step of a plan on the server of process pid, with so many rows a request (OSError, HTTPException).

    `headers` let the requests in.
    """
    requests = requests_of(records, headers, rows=rows)
    steps = [_step(port, pid, requests, headers, connections, plan.seconds) for connections in plan.connections]
    size = sum(map(len, requests)) / len(requests) / 1024
    return Curve(rows, round(size, 3), os.cpu_count() or 1, tuple(steps))


def requests_of(
    records: Sequence[Mapping[str, Any]], headers: Mapping[str, str] | None = None, *, rows: int
) -> list[bytes]:
    """Write whole requests of so many rows each, as many as there are records."""
    return [_request(batch, headers or {}) for batch in _batches(records, rows)]


def _batches(records: Sequence[Mapping[str, Any]], rows: int) -> Iterator[list[Mapping[str, Any]]]:
    """Give as many batches as there are records, each beginning with another and going round."""
    for first in range(len(records)):
        yield [records[(first + n) % len(records)] for n in range(rows)]


def _request(rows: list[Mapping[str, Any]], headers: Mapping[str, str]) -> bytes:
    body = json.dumps({"dataframe_records": rows}).encode()
    told = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": len(body), **headers}
    lines = "\r\n".join(["POST /invocations HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())])
    return f"{lines}\r\n\r\n".encode() + body


def _step(
    port: int, pid: int, requests: list[bytes], headers: Mapping[str, str], connections: int, seconds: float
) -> Step:
    told, before = scrape(port, headers), _Process.now(pid)
    asked = ask_without_pause(port, requests, connections=connections, seconds=seconds)
    after, then = _Process.now(pid), scrape(port, headers)
    return _told(connections, asked, (before, after), (told, then))


def _told(connections: int, asked: Asked, used: tuple[_Process, _Process], told: tuple[Scraped, Scraped]) -> Step:
    before, after = used
    written = None
    if before.written_bytes is not None and after.written_bytes is not None:
        written = round((after.written_bytes - before.written_bytes) / 1024, 1)
    p50, p95, p99 = (quantile(asked.latencies, share) for share in (0.50, 0.95, 0.99))
    return Step(
        connections=connections, requests=len(asked.latencies) + asked.errors, errors=asked.errors,
        seconds=round(asked.seconds, 4), p50_ms=p50, p95_ms=p95, p99_ms=p99,
        cpu_seconds=round(after.cpu_seconds - before.cpu_seconds, 4), rss_mib=round(after.rss / 2**20, 1),
        written_kib=written, disk_free_mib=round(shutil.disk_usage(Path.cwd()).free / 2**20, 1),
        exported=between(*told),
    )  # fmt: skip


def quantile(values: Sequence[float], share: float) -> float | None:
    """Give the least value that so large a share does not exceed; None where there are none."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)], 3) if ordered else None
