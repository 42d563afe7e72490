"""What evaluation and comparison leave behind."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Interval(Record):
    """A figure with its confidence interval; `greater_is_better` where it is a metric."""

    value: float | None
    low: float | None = None
    high: float | None = None
    greater_is_better: bool | None = None
    passed: bool | None = None
    reason: str | None = None  # why there is no value


@dataclass(frozen=True, kw_only=True)
class Slice(Record):
    """The primary metric on the rows of one segment."""

    rows: int
    primary: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Robustness(Record):
    """Loss of the primary metric when the inputs are perturbed by `noise`."""

    drop: float | None
    noise: float | None = None


@dataclass(frozen=True, kw_only=True)
class Group(Record):
    """A protected group: its rows and the guarded rate."""

    rows: int
    rate: float | None


@dataclass(frozen=True, kw_only=True)
class FairnessResult(Record):
    """Rates by protected group and the largest gap of each attribute; a gap of None could not be told."""

    attributes: dict[str, dict[str, Group]]
    gaps: dict[str, float | None]


@dataclass(frozen=True, kw_only=True)
class ThresholdResult(Record):
    """One absolute bound and whether the candidate keeps it."""

    metric: str
    value: float | None
    floor: float | None = None
    ceiling: float | None = None
    passed: bool


@dataclass(frozen=True, kw_only=True)
class OperatingPoint(Record):
    """What follows from acting from the threshold on; costs are a row's, on average, in the charter's currency."""

    threshold: float
    expected_cost: float
    cost_of_never_acting: float
    cost_of_always_acting: float
    precision: float | None = None
    recall: float | None = None


@dataclass(frozen=True, kw_only=True)
class Energy(Record):
    """An estimate from CPU seconds: of the search, the refit and the answers, and of a million answers to come."""

    cpu_seconds: float
    kwh: float
    grams_co2e: float
    kwh_per_million: float
    watts_per_cpu: float
    power_overhead: float
    grams_co2e_per_kwh: float


@dataclass(frozen=True, kw_only=True)
class Evaluation(Record):
    """The candidate on the promotion rows: reports/evaluation/evaluation.json."""

    run_id: str
    model_digest: str
    promotion_sha256: str
    rows: int
    metrics: dict[str, Interval]
    rule: dict[str, Interval]
    dummy: dict[str, Interval]
    uplift: Interval
    uplift_over_dummy: Interval | None = None
    slices: dict[str, dict[str, Slice]]
    robustness: Robustness
    overfit_gap: float | None
    fairness: FairnessResult
    expected_cost: float | None
    threshold: float | None
    cost_per_1k: float | None
    rule_expected_cost: float | None = None  # like expected_cost, of a row on average
    decision: OperatingPoint | None = None  # only a binary problem has one
    energy: Energy | None = None
    saving: Interval | None = None  # of a row on average, paired: what the model's errors cost less than the rule's
    thresholds: tuple[ThresholdResult, ...]


@dataclass(frozen=True, kw_only=True)
class ExplainedRow(Record):
    """One answer, and what each feature adds to it."""

    answer: float
    contributions: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class LocalExplanation(Record):
    """Why some rows are answered as they are; `fidelity` (R²) says how well the parts add up to the answers."""

    base: float
    rows: tuple[ExplainedRow, ...]
    fidelity: float | None


@dataclass(frozen=True, kw_only=True)
class Explanation(Record):
    """Why the model answers as it does: reports/evaluation/explanation.json; importance by feature."""

    method: str
    level: str | None = None
    importances: dict[str, float | Interval]
    rows: int | None = None
    stability: float | None = None  # least agreement of one repeat with the mean of all, 0 to 1
    local: LocalExplanation | None = None

    @property
    def figures(self) -> dict[str, float | None]:
        """The importance of each feature, without its interval."""
        return {n: i.value if isinstance(i, Interval) else i for n, i in self.importances.items()}


@dataclass(frozen=True, kw_only=True)
class ComparedVersion(Record):
    """One side of a comparison."""

    version: int | None = None
    run_id: str | None = None
    digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class SliceComparison(Record):
    """By how much the primary metric is better in one slice: not-worse, open, worse or unknown."""

    rows: int
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CostComparison(Record):
    """What a row's errors cost less with the candidate, in the charter's currency; applies: errors have a price."""

    applies: bool
    value: float | None
    low: float | None
    high: float | None
    candidate: float | None = None
    champion: float | None = None
    currency: str = ""
    margin: float | None = None
    passed: bool | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Replacement(Record):
    """A person's word that a champion which cannot be scored any more may go: where it stands in the ledger."""

    entry: int
    approver: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ChampionComparison(Record):
    """Candidate against champion on the same rows: reports/comparison.json."""

    made: datetime
    candidate: ComparedVersion
    champion: ComparedVersion | None
    promotion_sha256: str
    rows: int
    unseen_rows: int
    test: str
    margin: float
    difference: Interval | None
    guarded: dict[str, Interval]
    verdict: str
    sentence: str
    looks: int
    slices: dict[str, dict[str, SliceComparison]] | None = None
    slices_unknown: int = 0
    slice_margin: float | None = None
    cost: CostComparison | None = None
    left_out: dict[str, int] | None = None  # promotion rows that a model had seen
    resampled_by: str | None = None
    replacement: Replacement | None = None
    next_step: str = ""
