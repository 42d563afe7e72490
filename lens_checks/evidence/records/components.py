"""What is known of several models that answer one problem together: how each fared alone, and what ties their code."""

from dataclasses import dataclass, field
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class ComponentTrial(Record):
    """How busy the endpoint of a model was, as a share of its CPU, and how the others fared while the model was down.

    Of `asked` requests to the others `failed` were not answered; `busy` of None was not measured.
    """

    asked: int
    failed: int
    busy: float | None = None


@dataclass(frozen=True, kw_only=True)
class ComponentTrials(Record):
    """The trials by the name of the registered model: reports/components.json; none where one model answers alone."""

    made: datetime | None = None
    of: dict[str, ComponentTrial] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Couplings(Record):
    """Where code of one component imports what lies inside another: `file: module`."""

    files: int = 0
    found: tuple[str, ...] = ()
