"""Frozen, closed models of every configuration file; each field described and bounded."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
PositiveShare = Annotated[float, Field(gt=0, lt=1)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
PracticeId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,15}-\d{2,3}$")]  # the lens's, or an own check's


class Closed(BaseModel):
    """Frozen, strict, and closed: an unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())


# --- charter.yaml: business goal and problem framing -------------------------------------------------------------


class ProblemType(StrEnum):
    """What is predicted."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Kpi(Closed):
    """A business measure, tied to the model metric that stands for it at the gate."""

    name: Name = Field(description="What the business calls it.")
    unit: Name = Field(description="The unit it is counted in.")
    metric: Name = Field(description="The model metric (tasks/metrics.py) that stands for it.")
    baseline: float = Field(description="Its value today, without the model, in the metric's unit.")
    floor: float = Field(description="The worst value of the metric that is acceptable.")
    target: float = Field(description="The value of the metric that is aimed at.")
    max_error: str = Field(min_length=1, description="The largest error the business accepts, in words with a figure.")


class ErrorCosts(Closed):
    """What a wrong answer costs, in the charter's currency."""

    false_positive: float = Field(default=1.0, ge=0, description="Cost of acting on a false alarm.")
    false_negative: float = Field(default=1.0, ge=0, description="Cost of missing a case.")
    currency: Name = Field(default="EUR", description="Currency of the two figures.")


class Owners(Closed):
    """Who is answerable. Role names or people; the approver is never the model's author."""

    business: Name = Field(description="Owns the goal and signs the KPIs.")
    data: Name = Field(description="Accountable for the data.")
    model: Name = Field(description="Accountable for the model: its author.")
    operations: Name = Field(description="Accountable for the running service.")
    approver: Name = Field(description="Approves a promotion.")


class Explanation(Closed):
    """How explainable the model must be, agreed before training."""

    level: Literal["intrinsic", "global", "local"] = Field(description="The least explanation stakeholders accept.")
    method: Name = Field(default="permutation importance", description="How it is produced.")
    owner: Name = Field(description="Who asked for this level.")


class Fairness(Closed):
    """Protected attributes and their bounds, or the reason why there are none."""

    attributes: tuple[Name, ...] = Field(default=(), description="Columns that describe a protected group.")
    reason: str = Field(default="", description="Why no attribute is protected; needed when the list is empty.")
    max_gap: Share = Field(default=0.1, description="Largest accepted gap of the guarded rate between two groups.")
    minimum_group: int = Field(default=100, ge=20, description="Groups smaller than this are answered unknown.")


class RuleBaseline(Closed):
    """The simple rule that the model must beat to be worth its cost."""

    column: str = Field(default="", description="Column the rule looks at; empty: the best constant answer.")
    threshold: float | None = Field(default=None, description="Rule for a class: positive where the column is above.")


class Budget(Closed):
    """What a run and a served model may spend."""

    training_cpu_hours: float = Field(default=2.0, gt=0, description="Most CPU hours of one training run.")
    cpu_hour_price: float = Field(default=0.05, ge=0, description="Price of a CPU hour in the charter's currency.")
    latency_p95_ms: float = Field(default=250.0, gt=0, description="Slowest accepted 95th percentile of one request.")
    memory_mib: float = Field(default=2048.0, gt=0, description="Most memory of one scoring process.")


class Charter(Closed):
    """Business goal and problem framing: phases 1 and 2 of the lens."""

    project: Name = Field(description="Name of the project and of the registered model.", pattern=r"^[a-z][a-z0-9-]*$")
    goal: str = Field(min_length=20, description="What the business wants, in a sentence.")
    problem_type: ProblemType = Field(description="binary, multiclass or regression.")
    kpis: tuple[Kpi, ...] = Field(min_length=1, description="At least one measure of success.")
    error_costs: ErrorCosts = Field(default_factory=ErrorCosts, description="What a wrong answer costs.")
    owners: Owners = Field(description="Who is answerable for what.")
    explanation: Explanation = Field(description="How explainable the model must be.")
    fairness: Fairness = Field(description="Protected attributes, or why there are none.")
    rule_baseline: RuleBaseline = Field(default_factory=RuleBaseline, description="The rule that the model must beat.")
    budget: Budget = Field(default_factory=Budget, description="Limits of cost, latency and memory.")
    improvement_levers: tuple[Name, ...] = Field(
        default=(), description="What will be tried, from simple upward: families of tasks/estimators.py or features."
    )
    compute_nodes: int = Field(default=1, ge=1, description="Machines that one training run uses.")
    pretrained: bool = Field(default=False, description="Whether any part of the model was trained elsewhere.")


# --- data.yaml: sources and columns ------------------------------------------------------------------------------


class Role(StrEnum):
    """What a column is for."""

    FEATURE = "feature"
    TARGET = "target"
    KEY = "key"  # identifies a row; never a feature
    TIME = "time"  # when the row came to be; orders the split
    GROUP = "group"  # the entity a row belongs to; stays on one side of a group split
    IGNORED = "ignored"  # landed for the record, dropped before training


class ColumnType(StrEnum):
    """How a column is stored and checked."""

    INTEGER = "integer"
    NUMBER = "number"
    CATEGORY = "category"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"


class Sensitivity(StrEnum):
    """How a column must be protected."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SPECIAL = "special"


class Column(Closed):
    """One column: what it is for, what values it may take, how it is protected."""

    role: Role = Field(default=Role.FEATURE, description="feature, target, key, time, group or ignored.")
    type: ColumnType = Field(description="integer, number, category, timestamp or boolean.")
    sensitivity: Sensitivity = Field(default=Sensitivity.INTERNAL, description="public, internal, personal, special.")
    treatment: Literal["none", "drop", "hash"] = Field(
        default="none", description="What is done to a sensitive column."
    )
    known_at_prediction: bool = Field(default=True, description="False: a feature that the future would have to tell.")
    minimum: float | None = Field(default=None, description="Smallest accepted value.")
    maximum: float | None = Field(default=None, description="Largest accepted value.")
    allowed: tuple[str, ...] | None = Field(default=None, description="Accepted categories; none: any.")
    max_missing: Share = Field(default=0.0, description="Largest accepted share of missing values.")
    unit: str = Field(default="", description="Unit of the values.")
    description: str = Field(default="", description="What the column says.")

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "Column":
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class Source(Closed):
    """Where rows come from."""

    reader: Name = Field(description="A function of tasks/sources.py.")
    path: str = Field(default="", description="File or folder the reader reads; empty where it needs none.")
    incoming: str = Field(default="data/incoming", description="Folder whose files are appended when data is landed.")
    licence: Name = Field(description="Licence or terms under which the data may be used.")
    purpose: Name = Field(description="What the data may be used for.")
    owner: Name = Field(description="Who answers for the source.")
    legal_basis: str = Field(default="", description="Why data of people may be used; needed where there are such.")
    permitted_until: date | None = Field(default=None, description="Last day of the permission; none: it has no end.")


class Window(Closed):
    """The time span that a first run lands; later runs land what retraining asks for."""

    start: date = Field(description="First day, included.")
    end: date = Field(description="Last day, excluded.")

    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        if self.start >= self.end:
            raise ValueError(f"start {self.start} is not before end {self.end}")
        return self


class Data(Closed):
    """Sources and columns."""

    source: Source = Field(description="Where rows come from.")
    window: Window | None = Field(default=None, description="Rows to land, by the time column; none: all rows.")
    columns: dict[Name, Column] = Field(
        default_factory=dict, description="Every column; empty: the first run describes the file and fills it in."
    )
    positive: str | None = Field(default=None, description="Binary target: the value that counts as positive.")
    target: Name = Field(description="The column to predict.")
    labels: Literal["unstated", "system-of-record", "people"] = Field(
        default="unstated", description="Where the target comes from: recorded by a system, or labelled by people."
    )
    minimum_rows: int = Field(default=100, ge=20, description="Fewer rows than this are refused.")
    quarantine_limit: Share = Field(default=0.0, description="Largest share of rows that may be set aside.")
    retention_days: int | None = Field(default=None, ge=1, description="Rows older than this are not landed.")
    leakage_allowances: dict[Name, str] = Field(
        default_factory=dict, description="Columns that the leakage gate lets pass, each with the reason."
    )
    shift_allowances: dict[Name, str] = Field(
        default_factory=dict, description="Columns known to move between the parts of a split, each with the reason."
    )

    @model_validator(mode="after")
    def _target_is_declared(self) -> "Data":
        if self.columns and self.target not in self.columns:
            raise ValueError(f"target {self.target!r} is not among columns: {', '.join(list(self.columns)[:20])}")
        if self.columns and self.columns[self.target].role is not Role.TARGET:
            raise ValueError(f"column {self.target!r} is the target, so its role must be 'target'")
        others = [n for n, c in self.columns.items() if c.role is Role.TARGET and n != self.target]
        if others:
            raise ValueError(f"role 'target' on {', '.join(others)}, but target is {self.target!r}")
        if self.window and self.columns and not self.time_column:
            raise ValueError("window needs one column with role 'time'")
        return self

    @property
    def time_column(self) -> str | None:
        """The column that orders rows in time, if there is one."""
        return next((n for n, c in self.columns.items() if c.role is Role.TIME), None)

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that a model may read: features known at prediction time and not dropped."""
        return tuple(
            n
            for n, c in self.columns.items()
            if c.role is Role.FEATURE and c.known_at_prediction and c.treatment != "drop"
        )

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Columns that together identify a row."""
        return tuple(n for n, c in self.columns.items() if c.role is Role.KEY)


# --- params.yaml: the values DVC tracks --------------------------------------------------------------------------


class Split(Closed):
    """How rows are parted into train, tune and promotion."""

    strategy: Literal["time", "group", "fingerprint"] = Field(description="By time, by entity, or by row fingerprint.")
    tune: PositiveShare = Field(default=0.15, description="Share of rows that tuning is scored on.")
    promotion: PositiveShare = Field(default=0.15, description="Share kept for champion against challenger alone.")
    seed: int = Field(default=0, ge=0, description="Seed of the fingerprint.")

    @model_validator(mode="after")
    def _leaves_training(self) -> "Split":
        if self.tune + self.promotion >= 0.9:
            raise ValueError(f"tune {self.tune} + promotion {self.promotion} leave under a tenth for training")
        return self


class Search(Closed):
    """The search for the best candidate."""

    candidates: tuple[Name, ...] = Field(min_length=1, description="Families of tasks/estimators.py to search.")
    trials: int = Field(default=8, ge=1, le=1000, description="Trials in all.")
    timeout_seconds: int = Field(default=1800, ge=10, description="No new trial starts after this.")
    sample_rows: int = Field(default=60_000, ge=100, description="Rows a trial is fitted on; the winner gets them all.")
    seed: int = Field(default=0, ge=0, description="Seed of sampler, sample and estimators.")


class Metrics(Closed):
    """What a model is measured by; names of tasks/metrics.py."""

    primary: Name = Field(description="The metric that decides.")
    guarded: tuple[Name, ...] = Field(default=(), description="Metrics that must not get worse.")
    confidence: PositiveShare = Field(default=0.95, description="Level of every interval.")
    resamples: int = Field(default=1000, ge=100, le=100_000, description="Bootstrap resamples.")


class Params(Closed):
    """Split, search and metrics."""

    split: Split = Field(description="How rows are parted.")
    slices: tuple[Name, ...] = Field(default=(), description="Categorical columns whose values are looked at apart.")
    search: Search = Field(description="What is tried.")
    metrics: Metrics = Field(description="What is measured.")


# --- policy.yaml: what blocks what -------------------------------------------------------------------------------


class Threshold(Closed):
    """An absolute bound on a metric of the promotion set."""

    metric: Name = Field(description="A metric of tasks/metrics.py.")
    floor: float | None = Field(default=None, description="Smallest accepted value.")
    ceiling: float | None = Field(default=None, description="Largest accepted value.")

    @model_validator(mode="after")
    def _bounds_something(self) -> "Threshold":
        if self.floor is None and self.ceiling is None:
            raise ValueError(f"threshold of {self.metric!r} has neither floor nor ceiling: it could refuse nothing")
        return self


class Risk(StrEnum):
    """The lens's own rating of what it means to leave a practice out."""

    HIGH = "high"
    MEDIUM = "medium"


class Gate(Closed):
    """Which unmet practices close a gate."""

    measured: tuple[Risk, ...] = Field(description="Risks whose measured practices block.")
    attested: tuple[Risk, ...] = Field(default=(), description="Risks whose attested practices block.")


class Gates(Closed):
    """The gates: one after each phase checkpoint, and one for each step of the promotion ladder."""

    phase: Gate = Field(description="After framing, data and development: may the next phase start?")
    staging: Gate = Field(description="May the candidate become staging?")
    champion: Gate = Field(description="May staging become champion?")

    @model_validator(mode="after")
    def _champion_refuses(self) -> "Gates":
        if Risk.HIGH not in self.champion.measured or Risk.HIGH not in self.champion.attested:
            raise ValueError("the champion gate must block on high risk, measured and attested: there is no warn-only")
        if Risk.HIGH not in self.staging.measured:
            raise ValueError("the staging gate must block on measured practices of high risk")
        return self


class Comparison(Closed):
    """Champion against challenger."""

    test: Literal["superiority", "non-inferiority"] = Field(default="non-inferiority", description="What is asked.")
    margin: float = Field(default=0.005, ge=0, description="Non-inferiority margin in the unit of the primary metric.")
    guarded_margin: float = Field(default=0.01, ge=0, description="The same for each guarded metric.")
    minimum_rows: int = Field(default=200, ge=20, description="Fewer unseen promotion rows: unknown.")
    looks: int = Field(default=20, ge=1, description="Comparisons that one promotion set may serve.")


class Bounds(Closed):
    """Limits of the measured gates that are not metrics."""

    leakage_single_feature: Share = Field(default=0.98, description="A feature that alone scores above this leaks.")
    split_effect: float = Field(default=0.5, gt=0, description="Largest effect size (PSI) between parts of the split.")
    duplicate_share: Share = Field(default=0.01, description="Largest share of duplicate feature rows across parts.")
    unseen_share: Share = Field(default=0.02, description="Largest share of rows with a category that train lacks.")
    flipped_labels: Share = Field(default=0.05, description="Largest share of labels of a segment that look flipped.")
    overfit_gap: float = Field(default=0.1, gt=0, description="Largest gap of the primary metric, train against tune.")
    perturbation_drop: float = Field(default=0.1, gt=0, description="Largest drop of the primary metric under noise.")
    uplift: float = Field(default=0.0, ge=0, description="Least uplift of the primary metric over the rule baseline.")
    slice_gap: float = Field(default=0.2, gt=0, description="Most that the primary metric may be worse in one slice.")
    material_cost: Share = Field(default=0.01, description="Share of the training budget too small to choose by.")


class Monitoring(Closed):
    """How the live model is watched."""

    cron: str = Field(default="0 6 1 * *", description="When the monitoring flow runs.")
    drift_psi: float = Field(default=0.2, gt=0, description="Effect size (PSI) of a feature that counts as drift.")
    drift_features: int = Field(default=3, ge=1, description="Features that must drift together to raise an alarm.")
    minimum_rows: int = Field(default=200, ge=20, description="Smaller windows answer unknown.")
    performance_drop: float = Field(default=0.05, gt=0, description="Loss of the primary metric that raises an alarm.")
    freshness_days: int = Field(default=45, ge=1, description="A monitoring run older than this is stale.")


class Retraining(Closed):
    """When a new model is trained."""

    cron: str = Field(default="0 7 1 * *", description="When the retraining flow asks whether there is a cause.")
    causes: tuple[Literal["schedule", "drift", "decay", "new-data", "hand"], ...] = Field(
        default=("drift", "decay", "new-data", "hand"), min_length=1, description="Causes that may start a retraining."
    )
    minimum_new_rows: int = Field(default=1000, ge=1, description="New rows that count as cause.")
    cooldown_hours: float = Field(default=24.0, ge=0, description="Least time between two retrainings.")
    scheduled_share: Share = Field(default=0.2, description="Most retrainings that may have no cause but the calendar.")


class Licences(Closed):
    """Which licences of packages are accepted."""

    accepted: tuple[Name, ...] = Field(
        default=(
            "Apache",
            "Artistic",
            "BSD",
            "CC0",
            "EPL",
            "ISC",
            "MIT",
            "MPL",
            "PSF",
            "Python",
            "Unlicense",
            "ZPL",
            "Zlib",
        ),
        min_length=1,
        description="Families of licences that any package may have.",
    )
    allowances: dict[Name, str] = Field(
        default={
            "grandalf": "draws the graph of `dvc dag`; no part of what is passed on",
            "jinja2-ansible-filters": "used by copier when a project is made; no part of what is passed on",
            "pygit2": "its linking exception covers use as a library by DVC",
        },
        description="Packages that may have another licence, each with the reason.",
    )


class Policy(Closed):
    """What blocks what, thresholds, budgets, approvals, monitoring, retraining."""

    gates: Gates = Field(description="Which unmet practices close which gate.")
    thresholds: tuple[Threshold, ...] = Field(min_length=1, description="Absolute bounds; an empty list is refused.")
    comparison: Comparison = Field(default_factory=Comparison, description="Champion against challenger.")
    bounds: Bounds = Field(default_factory=Bounds, description="Other measured limits.")
    approval: Literal["policy", "person"] = Field(default="policy", description="Who lets a champion in.")
    not_yet_required: tuple[PracticeId, ...] = Field(default=(), description="Practices nothing judges yet.")
    licences: Licences = Field(default_factory=Licences, description="Which licences of packages are accepted.")
    waiver_days: int = Field(default=90, ge=1, le=90, description="Longest life of a waiver.")
    monitoring: Monitoring = Field(default_factory=Monitoring, description="How the live model is watched.")
    retraining: Retraining = Field(default_factory=Retraining, description="When a new model is trained.")


# --- runtime.yaml, attestations.yaml, waivers.yaml ---------------------------------------------------------------


class Runtime(Closed):
    """Where the tools are."""

    tracking_uri: str = Field(default="sqlite:///mlflow.db", min_length=1, description="MLflow tracking and registry.")
    artifact_location: str = Field(
        default="mlartifacts", min_length=1, description="Folder or URL of MLflow's artefacts."
    )
    prefect_api_url: str = Field(default="", description="A running Prefect server; empty: one is started for the run.")
    ledger: str = Field(default="ledger", min_length=1, description="Folder of the promotion ledger.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="WARNING", description="How much is said.")

    @field_serializer("tracking_uri", "artifact_location", "prefect_api_url", "ledger", when_used="json")
    def _without_password(self, address: str) -> str:
        """Settings are shown, and kept with every flow run: a password in an address is not."""
        return re.sub(r"(://[^/@:]*):[^/@]+@", r"\1:***@", address)


class Attestation(Closed):
    """A dated, expiring statement by a named person about what no code can measure."""

    practice: PracticeId = Field(description="The practice it speaks of.")
    statement: str = Field(min_length=20, description="What is attested, in a sentence.")
    owner: Name = Field(description="Who states it.")
    approver: Name = Field(description="Who checked it; not the owner.")
    made: date = Field(description="When it was stated.")
    expires: date = Field(description="When it must be renewed; at most a year later.")
    evidence: str = Field(min_length=1, description="Link or path to what backs it.")


class NotApplicable(Closed):
    """A claim that a practice does not apply, with one of the WA Tool's reasons."""

    practice: PracticeId = Field(description="The practice it speaks of.")
    reason: Literal["OUT_OF_SCOPE", "BUSINESS_PRIORITIES", "ARCHITECTURE_CONSTRAINTS", "OTHER", "NONE"] = Field(
        description="One of the WA Tool's reasons."
    )
    note: str = Field(min_length=20, max_length=250, description="Why, in a sentence.")
    owner: Name = Field(description="Who claims it.")
    expires: date = Field(description="When it must be renewed.")


class Attestations(Closed):
    """All statements."""

    attestations: tuple[Attestation, ...] = Field(default=(), description="What people vouch for.")
    not_applicable: tuple[NotApplicable, ...] = Field(default=(), description="What does not apply, and why.")


class Waiver(Closed):
    """A named, approved, scoped, expiring acceptance of one unmet practice."""

    practice: PracticeId = Field(description="The practice that is accepted as unmet.")
    model: Name = Field(description="The registered model it holds for.")
    versions: tuple[int, int] = Field(description="First and last version it holds for.")
    reason: str = Field(min_length=20, description="Why it is acceptable, in a sentence.")
    owner: Name = Field(description="Who asks for it.")
    approver: Name = Field(description="Who accepts it; not the owner.")
    made: date = Field(description="When it was accepted.")
    expires: date = Field(description="When it ends.")
    evidence: str = Field(min_length=1, description="Link or path to the decision.")


class Waivers(Closed):
    """All waivers."""

    waivers: tuple[Waiver, ...] = Field(default=(), description="What is accepted as unmet, by whom, until when.")


class Settings(Closed):
    """Every file together."""

    charter: Charter
    data: Data
    params: Params
    policy: Policy
    runtime: Runtime
    attestations: Attestations
    waivers: Waivers
