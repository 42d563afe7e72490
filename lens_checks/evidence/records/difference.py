"""How the prepared data differs from the version accepted before it."""

from dataclasses import dataclass

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class ColumnDifference(Record):
    """Effect sizes (PSI) of a column against the version before: all rows, and those that arrived since."""

    psi: float
    arrived_psi: float | None
    missing_before: float
    missing: float

    @property
    def largest(self) -> float:
        """The larger of the two effects."""
        return max(self.psi, self.arrived_psi if self.arrived_psi is not None else self.psi)


@dataclass(frozen=True, kw_only=True)
class LabelDifference(Record):
    """Share of each class before, now, and among what arrived; `largest` is the largest change of one."""

    column: str
    before: dict[str, float]
    now: dict[str, float]
    arrived: dict[str, float]
    largest: float | None


@dataclass(frozen=True, kw_only=True)
class Difference(Record):
    """difference.json: `against` is the digest of the rows compared with, None where no version came before."""

    data_sha256: str
    against: str | None
    rows: dict[str, int]
    columns: dict[str, ColumnDifference]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    label: LabelDifference | None
    outliers: dict[str, dict[str, float]]
