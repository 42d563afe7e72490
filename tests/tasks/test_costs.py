"""The book of the month, which every run adds to."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.settings import ProblemType, Upkeep
from tasks import costs, files
from tasks.reporting import PhaseReport
from tests.tasks.problems import settings_of

CHARTER = settings_of(ProblemType.BINARY).charter
RUN = tuple(
    PhaseReport(name, "", False, {}, 1.0, cpu)
    for name, cpu in (("Framing", 1.0), ("Data preparation", 2.0), ("Training", 4.0), ("Deployment", 8.0))
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "costs.json"


def added(path: Path, *phases: PhaseReport, cause: str = "hand", **upkeep: float) -> dict[str, Any]:
    costs.add(phases or RUN, cause=cause, charter=CHARTER, upkeep=Upkeep(**upkeep), path=path)
    return files.read_json(path)


def seconds(book: dict[str, Any]) -> dict[str, float]:
    return {name: line["cpu_seconds"] for name, line in book["activities"].items()}


def test_a_run_by_hand_prepares_and_trains(path: Path) -> None:
    assert seconds(added(path)) == {"prepare": 3.0, "train": 4.0, "retrain": 0.0, "operate": 8.0}


def test_a_run_by_a_cause_retrains(path: Path) -> None:
    assert seconds(added(path, cause="drift")) == {"prepare": 0.0, "train": 0.0, "retrain": 7.0, "operate": 8.0}


def test_a_phase_of_no_activity_is_untagged(path: Path) -> None:
    assert added(path, PhaseReport("Gardening", "", False, {}, 1.0, 5.0))["untagged"]["cpu_seconds"] == 5.0


def test_time_has_its_price(path: Path) -> None:
    assert added(path)["activities"]["train"]["cost"] == pytest.approx(4 / 3600 * CHARTER.budget.cpu_hour_price)


def test_the_second_run_of_a_month_is_added(path: Path) -> None:
    added(path)
    assert seconds(added(path))["train"] == 8.0


@pytest.mark.parametrize(("growth", "alarms"), [(1.9, 1), (2.1, 0)])
def test_a_new_month_begins_anew_and_is_held_against_the_one_before(path: Path, growth: float, alarms: int) -> None:
    old = added(path) | {"made": datetime(2013, 9, 30, tzinfo=UTC)}
    files.write_json(path, old)
    added(path, cost_growth=growth)
    book = added(path, cost_growth=growth)
    assert seconds(book)["train"] == 8.0
    assert book["before"] == pytest.approx(15 / 3600 * CHARTER.budget.cpu_hour_price)
    assert len(book["alarms"]) == alarms
