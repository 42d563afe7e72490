"""What a monitoring window tells of the live model, besides drift and score."""

from dataclasses import dataclass

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Attribution(Record):
    """Agreement (NDCG, 0 to 1) of the order in which features matter with that at the promotion."""

    agreement: float | None
    bound: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class Bias(Record):
    """The widest gap of the guarded rate between protected groups; a gap of None could not be told."""

    gap: float | None
    bound: float
    attributes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Returns(Record):
    """What errors would have cost by the rule and did by the model, what the model cost, and what is left; currency."""

    rows: int
    by_rule: float
    by_model: float
    answering: float
    making: float
    net: float
    currency: str


@dataclass(frozen=True, kw_only=True)
class Effort(Record):
    """What a thousand answers took, beside the CPU seconds at the promotion."""

    rows: int
    cpu_seconds_per_1k: float
    kwh_per_1k: float
    bytes_per_1k: float
    baseline_cpu_seconds_per_1k: float | None


@dataclass(frozen=True, kw_only=True)
class WindowSides(Record):
    """The other sides of a window; None where it could not be told."""

    attribution: Attribution | None = None
    bias: Bias | None = None
    returns: Returns | None = None
    effort: Effort | None = None
