"""Drills, reproductions and runs of the tests are read as they are written; none is an answer too."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import proofs
from lens_checks.evidence.place import Malformed, Place
from lens_checks.evidence.records import Drills, Reproductions, TestRuns
from tasks import files
from tests.lens_checks.delivered import drill, run
from tests.lens_checks.proven import rebuilt

MORE = {"schema": 1, "because": "as it is written", "host": "here"}


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, datetime(2026, 11, 22, tzinfo=UTC))


def test_nothing_was_tried_yet(place: Place) -> None:
    assert proofs.drills(place) == Drills(drills={})
    assert proofs.reproductions(place) == Reproductions(of={})
    assert proofs.test_runs(place) == TestRuns(runs={})


def test_what_was_tried_is_read(place: Place) -> None:
    reports = place.root / "reports"
    files.write_json(reports / "drills" / "tamper.json", MORE | files.plain(drill("tamper")))
    files.write_json(reports / "reproductions" / "1.json", MORE | files.plain(rebuilt()))
    files.write_json(reports / "ci" / "abc.json", MORE | files.plain(run()))
    assert proofs.drills(place).drills == {"tamper": drill("tamper")}
    assert proofs.reproductions(place).of == {1: rebuilt()}
    assert proofs.test_runs(place).runs == {"abc": run()}


@pytest.mark.parametrize("name", ["drills/tamper", "reproductions/1", "ci/abc"])
def test_what_is_not_such_a_record_is_told(name: str, place: Place) -> None:
    files.write_json(place.root / "reports" / f"{name}.json", {"passed": "yes"})
    with pytest.raises(Malformed, match=name):
        {"drills": proofs.drills, "reproductions": proofs.reproductions, "ci": proofs.test_runs}[name.split("/")[0]](
            place
        )
