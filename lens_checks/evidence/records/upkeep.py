"""What people and machines leave behind while a model lives: costs, usage, accesses, explorations, human reviews."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class CostLine(Record):
    """What one activity took: CPU seconds, and their price in the charter's currency."""

    cpu_seconds: float
    cost: float


@dataclass(frozen=True, kw_only=True)
class CostReport(Record):
    """Cost by activity (prepare, train, retrain, host): reports/costs.json; `untagged` belongs to none of them.

    `before` is the sum of the period before, None where there was none; `alarms` says what grew past its bound.
    """

    made: datetime
    currency: str
    price: float
    activities: dict[str, CostLine]
    untagged: CostLine
    before: float | None
    growth_limit: float
    alarms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Load(Record):
    """How busy the endpoint was in a span: requests, share of its CPU, memory, 95th percentile of a request."""

    start: datetime
    requests: int
    busy: float
    rss_mib: float
    p95_ms: float


@dataclass(frozen=True, kw_only=True)
class Utilisation(Record):
    """How the endpoint was used and what follows for its size: reports/utilisation.json."""

    made: datetime
    version: int | None
    series: tuple[Load, ...]
    recommended_workers: int
    decided_workers: int
    decided: datetime
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class Access(Record):
    """Access to data that is out of pattern: who, to what, when, and the alert it raised (None: none)."""

    who: str
    what: str
    when: datetime
    alert: str | None
    planted: bool = False


@dataclass(frozen=True, kw_only=True)
class AccessAudit(Record):
    """Accesses to data in a period and the unusual ones among them: reports/accesses.json."""

    made: datetime
    entries: int
    people: int
    classified: bool  # each entry says how sensitive what was read is
    retention_days: int
    unusual: tuple[Access, ...]


@dataclass(frozen=True, kw_only=True)
class FeatureSet(Record):
    """A set of features and what it scores on the tune rows."""

    name: str
    features: tuple[str, ...]
    value: float | None


@dataclass(frozen=True, kw_only=True)
class Exploration(Record):
    """Feature sets compared on the same split, and the columns that the source has and the contract does not.

    reports/exploration.json; `tune_sha256` names the rows, `next_review` is the day by which it is to be done again.
    """

    made: datetime
    tune_sha256: str
    metric: str
    compared: tuple[FeatureSet, ...]
    new_columns: tuple[str, ...] | None
    next_review: datetime


@dataclass(frozen=True, kw_only=True)
class HumanReview(Record):
    """A sample of answers that people looked at: reports/human_review.json.

    `queued` counts rows by why they were chosen (low confidence, random); `labels_sha256` names the versioned labels,
    `used_in` the ledger entry of the retraining that learned from them.
    """

    made: datetime
    version: int | None
    queued: dict[str, int]
    reviewed: int
    agreed: int
    labels_sha256: str | None
    used_in: int | None
