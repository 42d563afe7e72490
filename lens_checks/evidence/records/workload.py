"""The profile of the workload, now and as it is aimed at."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Target(Record):
    """A figure that is aimed at, and why."""

    figure: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Current(Record):
    """What the run measured: MiB, milliseconds, requests a second, days; no days where the model is the first."""

    artifact_mib: float
    p50_ms: float | None
    p95_ms: float | None
    throughput: float | None
    memory_mib: float | None
    retrain_days: float | None


@dataclass(frozen=True, kw_only=True)
class Workload(Record):
    """The profile of one version: reports/workload.json."""

    made: datetime
    version: int
    digest: str
    current: Current
    target: dict[str, Target]
