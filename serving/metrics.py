"""The figures that Prometheus collects; with several workers each writes its own, and any of them gives the sum."""

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import prometheus_client as prometheus
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, multiprocess

from serving.resources import Resources
from serving.served import Served, Standing

if TYPE_CHECKING:
    from serving.capture import Capture
    from serving.watching import Seen

SHARED = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
TENTHS = 10
PATHS = frozenset({"/invocations", "/ping", "/health", "/version", "/metrics", "/v2/health/live", "/v2/health/ready"})


@dataclass(frozen=True, eq=False)
class Metrics:
    """Counters, gauges and histograms of one worker."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    collectors: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        r: Any = {"registry": self.registry, "namespace": "lifecycle"}
        live: Any = {"multiprocess_mode": "liveall"}
        one: Any = {"multiprocess_mode": "livemax"}
        made = {
            "requests": Counter("requests", "Requests by path and status.", ("path", "status"), **r),
            "refusals": Counter("refusals", "Requests refused, by code.", ("code",), **r),
            "seconds": Histogram("request_seconds", "Time to answer.", ("path",), buckets=SECONDS, **r),
            "rows": Counter("rows", "Rows answered.", **r),
            "version": Gauge("model_version", "Version that answers; 0: none.", **one, **r),
            "degraded": Gauge("degraded", "1 while an older model goes on serving.", **one, **r),
            "ready": Gauge("ready", "1 while requests should come here.", **one, **r),
            "memory": Gauge("worker_resident_bytes", "Resident memory of each worker.", **live, **r),
            "cpu": Gauge("worker_cpu_seconds", "CPU seconds that each worker has used.", **live, **r),
            "disk": Gauge("disk_free_bytes", "Free space where the server writes.", multiprocess_mode="livemin", **r),
            "captured": Gauge("captured_rows", "Rows written for monitoring, by each worker.", **live, **r),
            "dropped": Gauge("capture_dropped_rows", "Rows that found the buffer full.", **live, **r),
            "missing": Counter("missing_values", "Values that were missing, by column.", ("column",), **r),
            "strange": Counter("unknown_categories", "Categories unseen in training, by column.", ("column",), **r),
            "probing": Counter("probing_rows", "Rows of consumers that were seen to probe.", **r),
            "suspects": Gauge("probing_consumers", "Consumers that probe now, as each worker sees it.", **live, **r),
            "answers": Counter("answers", "Rows by probability of the case, or of the label.", ("tenth",), **r),
        }
        object.__setattr__(self, "collectors", made)
        object.__setattr__(self, "_children", {})

    def note(self, seen: "Seen") -> float:
        """Count a request and give the seconds it took."""
        seconds = time.perf_counter() - seen.begin
        counted, timed = self._of_path(seen.path, seen.status)
        counted.inc()
        timed.observe(seconds)
        if seen.code:
            self.collectors["refusals"].labels(seen.code).inc()
        return seconds

    def _of_path(self, path: str, status: int) -> tuple[Any, Any]:
        known: dict[tuple[str, int], tuple[Any, Any]] = self._children  # type: ignore[attr-defined]
        place = path if path in PATHS else "/v2/models" if path.startswith("/v2/models/") else "elsewhere"
        if (place, status) not in known:
            counted = self.collectors["requests"].labels(place, str(status))
            known[place, status] = (counted, self.collectors["seconds"].labels(place))
        return known[place, status]

    def answered(self, served: Served, columns: dict[str, Any], matrix: Any) -> None:
        """Count rows, and what tells of drift: missing values, unknown categories, how answers are spread."""
        self.collectors["rows"].inc(len(matrix))
        for column in served.contract.columns:
            if column.nullable and column.type != "timestamp" and (missing := columns[column.name].count(None)):
                self.collectors["missing"].labels(column.name).inc(missing)
        for name, known in served.categories.items():
            strange = sum(value not in known for value in columns[name])
            if strange:
                self.collectors["strange"].labels(name).inc(strange)
        if served.contract.problem != "regression":
            most = matrix[:, -1] if served.contract.problem == "binary" else matrix.max(axis=1)
            counts = np.bincount(np.minimum((most * TENTHS).astype(int), TENTHS - 1), minlength=TENTHS)
            for tenth in counts.nonzero()[0].tolist():
                self.collectors["answers"].labels(f"{tenth / TENTHS:.1f}").inc(int(counts[tenth]))

    def probed(self, rows: int) -> None:
        """Count rows of a consumer that probes."""
        self.collectors["probing"].inc(rows)

    def used(self, resources: Resources) -> None:
        """Note what this worker holds and has used."""
        self.collectors["memory"].set(resources.memory_bytes)
        self.collectors["cpu"].set(resources.cpu_seconds)
        self.collectors["disk"].set(resources.disk_free_bytes)

    def exposition(self, standing: Standing, capture: "Capture | None") -> tuple[bytes, str]:
        """Give all figures in text."""
        served = standing.served
        self.collectors["version"].set(served.version or 0 if served else 0)
        self.collectors["degraded"].set(standing.status == "degraded")
        self.collectors["ready"].set(standing.ready)
        if capture is not None:
            self.collectors["captured"].set(capture.written)
            self.collectors["dropped"].set(capture.dropped)
        registry = self.registry
        if os.environ.get(SHARED):
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)
        return prometheus.generate_latest(registry), prometheus.CONTENT_TYPE_LATEST
