"""What is kept while a model lives is read, or named where it is missing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import records as r
from lens_checks.evidence.collect import COLLECTORS
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from tasks.files import write_json
from tests.lens_checks.living import kept

FILES = {
    r.CostReport: "costs", r.Utilisation: "utilisation", r.AccessAudit: "accesses", r.Exploration: "exploration",
    r.HumanReview: "human_review",
}  # fmt: skip
MADE = {type(record): record for record in kept()}
each = pytest.mark.parametrize("kind", FILES, ids=lambda kind: kind.__name__)


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, datetime(2026, 11, 28, tzinfo=UTC))


@each
def test_what_lies_there_is_read(kind: type, place: Place) -> None:
    write_json(place.root / "reports" / f"{FILES[kind]}.json", MADE[kind])
    assert COLLECTORS[kind](place) == MADE[kind]


@each
def test_what_is_missing_is_named(kind: type, place: Place) -> None:
    with pytest.raises(NoEvidence, match=f"{FILES[kind]}.json is not there"):
        COLLECTORS[kind](place)


def test_a_figure_that_is_no_number_is_malformed(place: Place) -> None:
    write_json(place.root / "reports/costs.json", replace(MADE[r.CostReport], price="cheap"))  # type: ignore[type-var]
    with pytest.raises(Malformed, match="price"):
        COLLECTORS[r.CostReport](place)
