"""The rubric of the ML Test Score: 28 tests in four sections, and the practices of the lens that answer each.

E. Breck, S. Cai, E. Nielsen, M. Salib, D. Sculley: The ML Test Score: A Rubric for ML Production Readiness and
Technical Debt Reduction. IEEE Big Data 2017. The tests are told in our own words; their numbers, the sections and the
points are those of the paper.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "ml_test_score.tsv"
WHOLE, HALF, NONE = 1.0, 0.5, 0.0


class Section(StrEnum):
    """The four sections of the rubric, in its order."""

    DATA = "data"
    MODEL = "model"
    INFRASTRUCTURE = "infrastructure"
    MONITORING = "monitoring"


@dataclass(frozen=True)
class RubricTest:
    """A test of the rubric: the practices that measure it, and the statements for what only a person can say."""

    id: str
    title: str
    practices: tuple[str, ...]
    statements: tuple[str, ...]
    evidence: str
    person: str

    @property
    def section(self) -> Section:
        """The section that its id begins with."""
        return Section(self.id.rpartition("-")[0])

    @property
    def at_most(self) -> float:
        """The points that it can earn: what a person has to say again and again is not automatic."""
        return HALF if self.statements else WHOLE


@lru_cache(maxsize=1)
def load() -> tuple[RubricTest, ...]:
    """Read the rubric: 28 tests, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            RubricTest(
                id=row["id"],
                title=row["title"],
                practices=tuple(row["practices"].split()),
                statements=tuple(row["statements"].split()),
                evidence=row["evidence"],
                person=row["person"],
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        )
