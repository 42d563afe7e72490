"""policy.yaml: what blocks what."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from config.settings.base import Closed, Name, PracticeId, Share
from config.settings.housekeeping import Housekeeping
from config.settings.metering import Metering
from config.settings.platform import Platform
from config.settings.release import Release
from config.settings.upkeep import Reviewing, Upkeep


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
    looks: int = Field(default=20, ge=1, description="Candidates that may look at one promotion set; then renew it.")
    slice_margin: float = Field(
        default=0.05, ge=0, description="Most that the primary metric may evidently fall in one slice, in its unit."
    )
    slice_minimum_rows: int = Field(default=200, ge=20, description="Smaller slices are shown as unknown, and counted.")
    cost_margin: Share = Field(
        default=0.02, description="Most that a row's errors may cost more, as a share of the dearer error's cost."
    )
    resamples: int = Field(default=10_000, ge=1000, le=100_000, description="Bootstrap resamples of the comparison.")


class Bounds(Closed):
    """Limits of the measured gates that are not metrics."""

    leakage_single_feature: Share = Field(default=0.98, description="A feature that alone scores above this leaks.")
    split_effect: float = Field(default=0.5, gt=0, description="Largest effect size (PSI) between parts of the split.")
    duplicate_share: Share = Field(default=0.01, description="Largest share of duplicate feature rows across parts.")
    unseen_share: Share = Field(default=0.02, description="Largest share of rows with a category that train lacks.")
    flipped_labels: Share = Field(default=0.02, description="Largest share of labels of a segment that look flipped.")
    flood_share: Share = Field(default=0.2, description="Most that one source's share may grow among the newest rows.")
    overfit_gap: float = Field(default=0.1, gt=0, description="Largest gap of the primary metric, train against tune.")
    perturbation_drop: float = Field(default=0.1, gt=0, description="Largest drop of the primary metric under noise.")
    uplift: float = Field(default=0.0, ge=0, description="Least uplift of the primary metric over the rule baseline.")
    slice_gap: float = Field(default=0.2, gt=0, description="Most that the primary metric may be worse in one slice.")
    data_difference: float = Field(
        default=0.5, gt=0, description="Largest effect size (PSI) of a column against the data version before."
    )
    label_difference: Share = Field(
        default=0.2, description="Largest change of a class's share against the data version before."
    )
    outlier_share: Share = Field(
        default=0.01, description="Largest share of rows of a part with a value far outside all that is usual."
    )
    group_imbalance: Share = Field(
        default=0.98, description="Largest class imbalance of a protected group before training: (n - 2 group) / n."
    )
    label_gap: Share = Field(
        default=0.2, description="Largest gap of an outcome's share between protected groups before training."
    )
    conditional_disparity: Share = Field(
        default=0.1, description="Largest disparity of a protected group before training, within `conditioned_on`."
    )
    families: int = Field(default=2, ge=1, description="Families of estimators, baselines apart, that must be tried.")
    material_cost: Share = Field(default=0.01, description="Share of the training budget too small to choose by.")


class Monitoring(Closed):
    """How the live model is watched."""

    cron: str = Field(default="0 6 1 * *", description="When the monitoring flow runs.")
    drift_psi: float = Field(default=0.2, gt=0, description="Effect size (PSI) of a feature that counts as drift.")
    drift_features: int = Field(default=3, ge=1, description="Features that must drift together to raise an alarm.")
    minimum_rows: int = Field(default=200, ge=20, description="Smaller windows answer unknown.")
    performance_drop: float = Field(default=0.05, gt=0, description="Loss of the primary metric that raises an alarm.")
    freshness_days: int = Field(default=45, ge=1, description="A monitoring run older than this is stale.")
    attribution: Share = Field(
        default=0.9, description="Least agreement (NDCG) of what features matter with that at the promotion."
    )
    explanation_stability: Share = Field(
        default=0.9, description="Least agreement (NDCG) of one repeat of an explanation with the mean of all."
    )
    explanation_fidelity: Share = Field(
        default=0.8, description="Least share (R²) of the answers that the parts of a local explanation add up to."
    )


class Retraining(Closed):
    """When a new model is trained."""

    cron: str = Field(default="0 7 1 * *", description="When the retraining flow asks whether there is a cause.")
    causes: tuple[Literal["schedule", "drift", "decay", "new-data", "hand"], ...] = Field(
        default=("drift", "decay", "new-data", "hand"), min_length=1, description="Causes that may start a retraining."
    )
    minimum_new_rows: int = Field(default=1000, ge=1, description="New rows that count as cause.")
    cooldown_hours: float = Field(default=24.0, ge=0, description="Least time between two retrainings.")
    scheduled_share: Share = Field(default=0.2, description="Most retrainings that may have no cause but the calendar.")


class Reproduction(Closed):
    """When a version that was built again counts as the same."""

    tolerance: float = Field(
        default=0.001, ge=0, le=0.05,
        description="Most that a metric may differ where bytes do; a share of the figure where that is above one.",
    )  # fmt: skip


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
            "yattag": "used by cosmic-ray when mutants are tried; no part of what is passed on",
        },
        description="Packages that may have another licence, each with the reason.",
    )


class Recovery(Closed):
    """How recovery is practised, and how quick it must be."""

    cron: str = Field(default="0 5 1 * *", description="When the drills run, and a backup where there is a place.")
    rto_seconds: float = Field(default=300.0, gt=0, le=86_400, description="Longest a restored endpoint may take.")
    drill_days: int = Field(default=35, ge=1, le=366, description="A drill older than this shows nothing.")
    backup_days: int = Field(default=35, ge=1, le=366, description="A backup older than this shows nothing.")


class Policy(Closed):
    """What blocks what, thresholds, budgets, approvals, monitoring, retraining."""

    gates: Gates = Field(description="Which unmet practices close which gate.")
    thresholds: tuple[Threshold, ...] = Field(min_length=1, description="Absolute bounds; an empty list is refused.")
    comparison: Comparison = Field(default_factory=Comparison, description="Champion against challenger.")
    bounds: Bounds = Field(default_factory=Bounds, description="Other measured limits.")
    approval: Literal["policy", "person"] = Field(default="policy", description="Who lets a champion in.")
    approver_may_be_author: bool = Field(
        default=False, description="Whether the person who lets a champion in may be the one accountable for the model."
    )
    not_yet_required: tuple[PracticeId, ...] = Field(
        default=(), description="Practices that hold no gate while nothing was seen of them; a finding holds it."
    )
    run_hours: float = Field(default=24.0, gt=0, le=168, description="A run that takes longer ends itself.")
    check_seconds: float = Field(
        default=30.0, ge=1, le=600, description="A check, a bound or a record that takes longer to answer is broken."
    )
    licences: Licences = Field(default_factory=Licences, description="Which licences of packages are accepted.")
    waiver_days: int = Field(default=90, ge=1, le=90, description="Longest life of a waiver.")
    monitoring: Monitoring = Field(default_factory=Monitoring, description="How the live model is watched.")
    reproduction: Reproduction = Field(default_factory=Reproduction, description="When a rebuilt version is the same.")
    retraining: Retraining = Field(default_factory=Retraining, description="When a new model is trained.")
    release: Release = Field(default_factory=Release, description="How a candidate is packaged and let in.")
    upkeep: Upkeep = Field(default_factory=Upkeep, description="What the live model is held to besides.")
    review: Reviewing = Field(default_factory=Reviewing, description="When the whole lens is asked by itself.")
    recovery: Recovery = Field(default_factory=Recovery, description="How recovery is practised.")
    platform: Platform = Field(default_factory=Platform, description="Who may do what, and where it may run.")
    metering: Metering = Field(default_factory=Metering, description="What a phase may take before somebody is told.")
    housekeeping: Housekeeping = Field(default_factory=Housekeeping, description="How long what is stored is kept.")
