"""What a scoring server says of itself at /metrics, and what that comes to between two looks."""

import contextlib
import http.client
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.errors import LifecycleError

PATH = "/invocations"
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Scraped:
    """One look: requests for predictions by status, their times in buckets, and what the workers hold and have used.

    A bucket counts the requests that took no longer than its bound, in seconds; the last bound is infinite. What the
    server does not export is None, or empty.
    """

    when: float
    statuses: Mapping[str, float]
    buckets: Mapping[float, float]
    workers: int
    rss_bytes: float | None
    cpu_seconds: float | None
    disk_free_bytes: float | None


@dataclass(frozen=True)
class Exported:
    """The agreed figures as the server exports them, of the time between two looks; None for what it does not tell.

    An error is an answer of 500 or more: what is wrong with a request is its caller's. Memory in MiB and the share of a
    CPU are those of a worker, on average.
    """

    requests: int
    errors: int
    per_second: float | None
    error_rate: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    rss_mib: float | None
    busy: float | None
    disk_free_mib: float | None


def scrape(port: int, headers: Mapping[str, str] | None = None) -> Scraped:
    """Look at the figures of the server on a port of this machine (LifecycleError, OSError, HTTPException)."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", "/metrics", headers=dict(headers or {}))
        answer = connection.getresponse()
        text = answer.read().decode()
    if answer.status != 200:
        raise LifecycleError(f"the server answers {answer.status} to GET /metrics", expected="its figures")
    return read(text, when=time.monotonic())


def read(text: str, *, when: float) -> Scraped:
    """Read Prometheus's text form."""
    from prometheus_client.parser import text_string_to_metric_families

    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def values(name: str) -> list[float]:
        return [sample.value for sample in samples if sample.name == f"lifecycle_{name}"]

    def total(name: str) -> float | None:
        return sum(found) if (found := values(name)) else None

    def of_path(name: str, label: str) -> dict[str, float]:
        own = (s for s in samples if s.name == f"lifecycle_{name}" and s.labels.get("path") == PATH)
        return {sample.labels[label]: sample.value for sample in own}

    buckets = {float(bound): count for bound, count in of_path("request_seconds_bucket", "le").items()}
    return Scraped(
        when, of_path("requests_total", "status"), dict(sorted(buckets.items())), len(values("worker_resident_bytes")),
        total("worker_resident_bytes"), total("worker_cpu_seconds"), total("disk_free_bytes"),
    )  # fmt: skip


def between(before: Scraped, after: Scraped) -> Exported:
    """Tell what the server exported of the time between two looks."""
    asked = {status: count - before.statuses.get(status, 0) for status, count in after.statuses.items()}
    failed = sum(count for status, count in asked.items() if status.startswith("5"))
    requests, seconds, workers = sum(asked.values()), max(after.when - before.when, 1e-9), max(1, after.workers)
    counts = [(bound, count - before.buckets.get(bound, 0)) for bound, count in after.buckets.items()]
    p50, p95, p99 = (_milliseconds(counts, share) for share in (0.50, 0.95, 0.99))
    used = None if after.cpu_seconds is None else after.cpu_seconds - (before.cpu_seconds or 0.0)
    return Exported(
        requests=round(requests), errors=round(failed), per_second=round(requests / seconds, 2),
        error_rate=failed / requests if requests else None, p50_ms=p50, p95_ms=p95, p99_ms=p99,
        rss_mib=_mib(after.rss_bytes, workers), busy=None if used is None else round(used / seconds / workers, 4),
        disk_free_mib=_mib(after.disk_free_bytes, 1),
    )  # fmt: skip


def _milliseconds(counts: Sequence[tuple[float, float]], share: float) -> float | None:
    """Estimate a quantile from buckets, as Prometheus's histogram_quantile does: straight within the bucket."""
    whole = counts[-1][1] if counts else 0.0
    if whole <= 0:
        return None
    wanted, low, below = share * whole, 0.0, 0.0
    for bound, count in counts:
        if count >= wanted:
            if math.isinf(bound):
                break
            part = (wanted - below) / (count - below) if count > below else 1.0
            return round((low + (bound - low) * part) * 1000, 3)
        low, below = bound, count
    return round(low * 1000, 3)


def _mib(size: float | None, parts: int) -> float | None:
    return None if size is None else round(size / parts / 2**20, 1)
