"""What a load on the candidate's server showed, and whether the alarms of the agreed figures can be heard."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Exported(Record):
    """Figures as the server itself exports them, of one step; None for what it does not tell.

    Memory in MiB and the share of a CPU are those of a worker, on average.
    """

    requests: int
    per_second: float | None
    error_rate: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    rss_mib: float | None
    busy: float | None
    disk_free_mib: float | None


@dataclass(frozen=True, kw_only=True)
class LoadStep(Record):
    """One step of a load: so many connections, each asking as soon as it is answered; seen from outside, and told."""

    connections: int
    requests: int
    errors: int
    seconds: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    cpu_seconds: float
    rss_mib: float
    exported: Exported


@dataclass(frozen=True, kw_only=True)
class LoadCurve(Record):
    """The steps of a load on one worker, and the size of a request."""

    rows_per_request: int
    request_kib: float
    processors: int
    steps: tuple[LoadStep, ...]


@dataclass(frozen=True, kw_only=True)
class AlarmRule(Record):
    """A rule as it was tried: silent at its bound, and not beyond it."""

    kpi: str
    bound: float
    at_least: bool
    silent_within: bool
    fires_beyond: bool


@dataclass(frozen=True, kw_only=True)
class AlarmRehearsal(Record):
    """Every rule, and how far one test alarm came: its file, and each way by which it was to be told."""

    made: datetime
    rules: tuple[AlarmRule, ...]
    file: str
    kept: bool
    delivered: dict[str, str]
