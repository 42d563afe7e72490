"""What a later phase left word of for an earlier one."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Finding(Record):
    """Why an evaluation refused a model, by the ledger's decision; `closed` is the decision that passed since."""

    made: datetime
    source: str
    to: str
    decision: int
    run_id: str | None
    because: tuple[str, ...]
    closed: int | None = None


@dataclass(frozen=True, kw_only=True)
class Findings(Record):
    """All findings: reports/findings/*.json, oldest first; none is a record too."""

    all: tuple[Finding, ...]

    def of(self, decision: int) -> Finding | None:
        """Give the finding that a decision left."""
        return next((finding for finding in self.all if finding.decision == decision), None)
