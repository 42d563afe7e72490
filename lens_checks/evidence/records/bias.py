"""What data preparation tells of bias, before anything is trained."""

from dataclasses import dataclass

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class LabelledGroup(Record):
    """A protected group: its rows, and the share of each outcome; None where they are too few."""

    rows: int
    outcomes: dict[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class AttributeBias(Record):
    """How unlike the groups of an attribute are before training; None where fewer than two could be told."""

    groups: dict[str, LabelledGroup]
    imbalance: float | None
    label_gap: float | None
    conditional_disparity: float | None = None


@dataclass(frozen=True, kw_only=True)
class BiasBefore(Record):
    """Bias of the rows to train on, by protected attribute: bias.json."""

    data_sha256: str
    rows: int
    outcome: str
    conditioned_on: str = ""
    attributes: dict[str, AttributeBias]
