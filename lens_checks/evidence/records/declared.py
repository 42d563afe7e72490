"""What those tell who train on several nodes, or from a base model: nothing in this project does either by itself."""

from dataclasses import dataclass, field
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class TrainingNode(Record):
    """A scheduler or worker by its address, and the span in which its certificate is valid."""

    address: str
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TrainingNetwork(Record):
    """The nodes that a run was trained on, and whether one of them refused a plain connection: reports/network.json."""

    run_id: str = ""
    nodes: tuple[TrainingNode, ...] = ()
    plain_refused: bool | None = None


@dataclass(frozen=True, kw_only=True)
class BaseModel(Record):
    """The part of a model that was trained elsewhere: reports/base_model.json.

    `worse_by` says, slice by slice, how much worse the primary metric is than that of a baseline, frozen or made from
    scratch.
    """

    model_digest: str = ""
    id: str = ""
    sha256: str = ""
    licence: str = ""
    preprocessing_rows: int = 0
    preprocessing_difference: float | None = None
    worse_by: dict[str, float] = field(default_factory=dict)
    perturbation_drop: float | None = None
