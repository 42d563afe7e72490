"""What training and the registry leave behind."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record
from lens_checks.evidence.records.figures import at_least, better, finite


@dataclass(frozen=True, kw_only=True)
class Likeness(Record):
    """A column of the search's sample beside the train rows left out: the test, its effect and its p-value."""

    column: str
    test: str
    effect: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Study(Record):
    """The search: how candidates were chosen and how many were tried."""

    name: str
    storage: str
    sampler: str
    pruner: str
    trials: int
    pruned: int
    resumed_trials: int
    sampled_rows: int
    sample: tuple[Likeness, ...] = ()
    timeout: float | None = None


@dataclass(frozen=True, kw_only=True)
class CrossValidation(Record):
    """The winner's parameters scored fold by fold; a fold that could not be scored has None."""

    scheme: str
    metric: str
    rows: int
    scores: tuple[float | None, ...]
    mean: float | None
    std: float | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Reading(Record):
    """How the logged pipeline reads its rows: its steps, whether preprocessing comes first, the columns that reads."""

    steps: tuple[str, ...]
    preprocessing: bool
    reads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Training(Record):
    """The training run: reports/training/training.json."""

    run_id: str
    parent_run_id: str | None
    model_name: str
    model_uri: str
    model_digest: str
    family: str
    params: dict[str, object]
    seed: int
    metrics: dict[str, float]
    data_sha256: dict[str, str]
    features: tuple[str, ...]
    feature_schema_sha256: str
    pipeline: Reading | None = None
    best_trial: int | None
    study: Study
    cpu_seconds: float
    wall_seconds: float
    peak_rss_mib: float
    threads: int
    trusted_types: tuple[str, ...]
    source_commit: str | None
    source_dirty: bool | None
    lock_sha256: str | None
    cross_validation: CrossValidation | None = None


@dataclass(frozen=True, kw_only=True)
class Beside(Record):
    """The other sides of a candidate: over-fit in the unit of the primary metric, CPU, fitted arrays, fairness."""

    gap: float | None
    cpu_ms_per_1k: float | None
    kib: float | None
    readable: bool
    fairness_gap: float | None


@dataclass(frozen=True, kw_only=True)
class Candidate(Record):
    """One row of the leaderboard."""

    trial: int
    run_id: str | None
    family: str
    params: dict[str, object]
    value: float | None
    state: str
    cpu_seconds: float | None
    baseline: bool
    kind: str
    beside: Beside | None = None  # of one that was fitted to the end


@dataclass(frozen=True, kw_only=True)
class Leaderboard(Record):
    """All candidates of the search: reports/training/leaderboard.json; direction is maximize or minimize."""

    primary: str
    direction: str
    candidates: tuple[Candidate, ...]

    @property
    def finished(self) -> tuple[Candidate, ...]:
        """The candidates that were tried to the end and have a finite value."""
        return tuple(c for c in self.candidates if c.state.lower() == "complete" and finite(c.value))

    @property
    def upward(self) -> bool:
        """True when a greater value is better."""
        return self.direction == "maximize"

    def chosen(self, training: Training) -> Candidate | None:
        """Give the finished candidate that the model is made of: its trial, its family, its parameters."""
        made_of = (training.best_trial, training.family, training.params)
        return next((c for c in self.finished if (c.trial, c.family, c.params) == made_of), None)

    def ahead(self, chosen: Candidate, *, margin: float = 0.0) -> tuple[Candidate, ...]:
        """Give the finished trials that are better than the chosen one by more than a margin."""
        level = (chosen.value or 0.0) + (margin if self.upward else -margin)
        return tuple(c for c in self.finished if c.trial >= 0 and better(c.value, level, greater_is_better=self.upward))

    def cheaper(self, chosen: Candidate, *, margin: float) -> tuple[Candidate, ...]:
        """Give the finished trials that took less CPU than the chosen one and are worse by no more than a margin."""
        level = (chosen.value or 0.0) - (margin if self.upward else -margin)
        good = [c for c in self.finished if c.trial >= 0 and not better(level, c.value, greater_is_better=self.upward)]
        return tuple(c for c in good if c != chosen and not at_least(c.cpu_seconds, chosen.cpu_seconds))

    def saving(self, chosen: Candidate, *, margin: float, seconds: float) -> tuple[Candidate, ...]:
        """Give the cheaper trials that would have saved more CPU than these seconds, or whose cost is not known."""
        least = (chosen.cpu_seconds or 0.0) - seconds
        return tuple(c for c in self.cheaper(chosen, margin=margin) if not at_least(c.cpu_seconds, least))


@dataclass(frozen=True, kw_only=True)
class TrackedRun(Record):
    """A run in MLflow; `datasets` maps the name of each input to its digest."""

    run_id: str
    name: str
    parent_id: str | None
    status: str
    started: datetime
    ended: datetime | None
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    datasets: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Tracking(Record):
    """The candidate's runs in MLflow: the one that logged the model, its search, and the trials."""

    experiment: str
    winner: TrackedRun
    search: TrackedRun | None
    trials: tuple[TrackedRun, ...]


@dataclass(frozen=True, kw_only=True)
class ModelVersion(Record):
    """A version in the registry: its tags are the lineage it was registered with."""

    version: int
    run_id: str | None
    created: datetime
    aliases: tuple[str, ...]
    tags: dict[str, str]
    run_tags: dict[str, str] | None = None  # of the run that made it; None where it is gone
    run_metrics: dict[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Registry(Record):
    """The registered model: its versions, newest first, and where each alias points.

    `others` names every other registered model of the store, but those that came of another project's experiment.
    """

    name: str
    versions: tuple[ModelVersion, ...]
    aliases: dict[str, int]
    tags: dict[str, str]
    others: tuple[str, ...] = ()

    def with_digest(self, digest: str) -> ModelVersion | None:
        """Give the newest version that was registered with these model bytes."""
        return next((v for v in self.versions if v.tags.get("digest") == digest), None)

    def at(self, alias: str) -> ModelVersion | None:
        """Give the version that an alias points at, if there is one."""
        number = self.aliases.get(alias)
        return next((v for v in self.versions if v.version == number), None)
