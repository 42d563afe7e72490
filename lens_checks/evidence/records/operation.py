"""What releasing, serving, monitoring and the ledger leave behind."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record
from lens_checks.evidence.records.data import Span
from lens_checks.evidence.records.doors import ApiTrial, DoorTrial
from lens_checks.evidence.records.load import AlarmRehearsal, LoadCurve
from lens_checks.evidence.records.sides import WindowSides


@dataclass(frozen=True, kw_only=True)
class ReleasedFile(Record):
    """A file of the release."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Golden(Record):
    """Golden rows: the server's answers against the offline ones."""

    rows: int
    max_difference: float | None
    matched: bool


@dataclass(frozen=True, kw_only=True)
class Malformed(Record):
    """Malformed requests sent, and how many of them were refused."""

    sent: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class Server(Record):
    """The trial of the real scoring server on the candidate."""

    started: bool
    seconds_to_ready: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    requests: int
    errors: int
    rss_mib: float | None
    malformed: Malformed


@dataclass(frozen=True, kw_only=True)
class Side(Record):
    """One model of a replay: its version, and its latency in milliseconds."""

    version: int
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, kw_only=True)
class Replay(Record):
    """The same requests through champion and candidate: what was decided otherwise, and how far answers are apart."""

    verdict: str
    because: str
    candidate: Side
    champion: Side | None
    source: str
    rows: int
    disagreement: float | None
    mean_difference: float | None
    timed: int


@dataclass(frozen=True, kw_only=True)
class Canary(Record):
    """A share of the requests answered by the candidate on the real server, and what ended that, if something did."""

    verdict: str
    because: str
    version: int
    champion: int | None
    source: str
    share: float
    asked: int
    failed: int
    judged: int
    errors: int
    disagreement: float | None
    mean_difference: float | None
    p50_ms: float | None
    champion_p50_ms: float | None
    answered: int
    unanswered: int


@dataclass(frozen=True, kw_only=True)
class Agreement(Record):
    """A fast form against the model on some rows."""

    rows: int
    largest: float | None
    decided_otherwise: int


@dataclass(frozen=True, kw_only=True)
class Backend(Record):
    """A way to answer single requests: form and threads, what they take, and how far it is from the model itself.

    What is None was not measured: by `kwh_error` two measurements of `kwh_per_1k` may lie apart, `busy` is the share
    of its threads that worked.
    """

    form: str
    threads: int
    requests: int
    p50_ms: float
    cpu_seconds_per_1k: float
    cost_per_1k: float
    largest_difference: float
    chosen: bool
    p95_ms: float | None = None
    kwh_per_1k: float | None = None
    kwh_error: float | None = None
    busy: float | None = None
    peak_rss_mib: float | None = None


@dataclass(frozen=True, kw_only=True)
class Parity(Record):
    """Which form of the model answers, and how that was proven: agreements by the name of the rows."""

    served: str
    reason: str
    tolerance: float
    converter: str
    encoding_equal: bool
    agreements: dict[str, Agreement] | None


@dataclass(frozen=True, kw_only=True)
class Release(Record):
    """The packaged candidate and its trial: reports/release.json."""

    made: datetime
    version: int | None
    digest: str
    signature_verified: bool
    format: str
    files: tuple[ReleasedFile, ...]
    golden: Golden
    server: Server
    environment: dict[str, object]
    parity: Parity | None = None
    backends: tuple[Backend, ...] = ()
    strategy: str | None = None
    replay: Replay | None = None
    access: DoorTrial | None = None
    contract: ApiTrial | None = None
    load: LoadCurve | None = None
    alarms: AlarmRehearsal | None = None
    canary: Canary | None = None


@dataclass(frozen=True, kw_only=True)
class FeatureDrift(Record):
    """Drift of one feature; a PSI of None could not be told."""

    psi: float | None
    drifted: bool


@dataclass(frozen=True, kw_only=True)
class MonitoringWindow(Record):
    """One window of live data against the served version's baseline: reports/monitoring/*.json."""

    made: datetime
    window: Span
    rows: int
    version: int | None
    digest: str | None
    baseline_sha256: str | None
    verdict: str
    features: dict[str, FeatureDrift]
    prediction_psi: float | None
    performance: dict[str, object] | None
    labels_share: float | None
    service: dict[str, object] | None
    alarms: tuple[str, ...]
    action: dict[str, object] | None
    sides: WindowSides | None = None  # of windows that were judged since there are any

    @property
    def name(self) -> str:
        """The window as people say it: its first day."""
        return self.window.start


@dataclass(frozen=True, kw_only=True)
class LedgerEntry(Record):
    """One entry of the ledger, as read."""

    number: int
    kind: str
    time: datetime
    previous: str | None
    hash: str
    body: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Ledger(Record):
    """The ledger, recomputed by the auditor's own code: `breaks` says in words where the chain does not hold."""

    entries: tuple[LedgerEntry, ...]
    breaks: tuple[str, ...]

    def of_kind(self, *kinds: str) -> tuple[LedgerEntry, ...]:
        """Give the entries of these kinds, oldest first."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)

    @property
    def retrainings(self) -> tuple[LedgerEntry, ...]:
        """The retrainings that were started, oldest first; what was not worth one is left aside."""
        return tuple(e for e in self.of_kind("retraining") if e.body.get("outcome") == "started")

    def witnessed(self, kind: str, number: int, **body: object) -> bool:
        """Tell whether a sound chain holds an entry of this kind and number that says the same."""
        entry = next((e for e in self.of_kind(kind) if e.number == number), None)
        return not self.breaks and entry is not None and all(entry.body.get(k) == v for k, v in body.items())

    def decisions(self, gate: str, *, outcome: str = "passed") -> tuple[LedgerEntry, ...]:
        """Give what a gate decided, oldest first; a chain that does not hold proves nothing."""
        found = () if self.breaks else self.of_kind("decision")
        return tuple(e for e in found if (e.body.get("gate"), e.body.get("outcome")) == (gate, outcome))


@dataclass(frozen=True, kw_only=True)
class MonitoringHistory(Record):
    """All monitoring windows, oldest first; never empty."""

    windows: tuple[MonitoringWindow, ...]

    @property
    def last(self) -> MonitoringWindow:
        """The newest window."""
        return self.windows[-1]

    def unanswered(self, ledger: Ledger) -> tuple[MonitoringWindow, ...]:
        """Give the windows that raised an alarm which neither names an action nor was followed by a retraining."""
        answers = [entry.time for entry in (*ledger.retrainings, *ledger.of_kind("rollback"))]
        alarmed = [w for w in self.windows if w.alarms and not w.action]
        return tuple(w for w in alarmed if not any(time >= w.made for time in answers))


@dataclass(frozen=True, kw_only=True)
class RunPhase(Record):
    """A phase of the last run."""

    phase: str
    did: str = ""
    skipped: bool = False
    counts: dict[str, int] | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class RunReport(Record):
    """The last run of the lifecycle: reports/run.json."""

    made: datetime
    outcome: str
    phases: tuple[RunPhase, ...]
    cause: str | None = None
    flow_run_id: str | None = None
