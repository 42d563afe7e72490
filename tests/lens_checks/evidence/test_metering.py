"""The book of phases is read with the log of its last run, and a log that is not whole shows."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from lens_checks.evidence.metering import LOGS, metering
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from tasks import files
from tests.lens_checks.evidence.test_collect import NOW
from tests.lens_checks.metered import lines

KINDS = (("begun", "", "hand"), ("phase", "Training", ""), ("done", "Training", "fitted"), ("ended", "", "complete"))


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, NOW)


def write(place: Place, numbers: tuple[int, ...] = (1, 2, 3, 4), metered: Any = None) -> None:
    book = {"schema": 1, "made": NOW, "lines": lines() if metered is None else metered, "tried": {}}
    files.write_json(place.root / "reports/metering.json", book)
    log = place.root / LOGS / "last.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text(
        "".join(
            json.dumps({"n": n, "kind": kind, "phase": phase, "text": text}) + "\n"
            for n, (kind, phase, text) in zip(numbers, KINDS, strict=True)
        )
    )


def test_the_log_of_the_last_run_is_read(place: Place) -> None:
    write(place)
    log = metering(place).log
    assert log and (log.lines, log.missing, log.begun, log.done, log.ended) == (
        4, 0, ("Training",), ("Training",), "complete",
    )  # fmt: skip


def test_numbers_that_are_left_out_are_missing(place: Place) -> None:
    write(place, (1, 2, 5, 6))
    log = metering(place).log
    assert log and log.missing == 2


def test_a_run_without_a_log_has_none(place: Place) -> None:
    write(place)
    (place.root / LOGS / "last.jsonl").unlink()
    assert metering(place).log is None


def test_a_log_of_another_shape_is_malformed(place: Place) -> None:
    write(place)
    (place.root / LOGS / "last.jsonl").write_text("[]\n")
    with pytest.raises(Malformed, match="is no log"):
        metering(place)


def test_without_a_metered_phase_there_is_no_evidence(place: Place) -> None:
    write(place, metered=())
    with pytest.raises(NoEvidence, match="no phase was metered"):
        metering(place)


def test_the_run_that_a_phase_last_worked_in_is_named_before_newer_ones_that_found_nothing_to_do(place: Place) -> None:
    first, *_ = lines()
    idle = [replace(first, run=str(n), flow_run_id=str(n), skipped=True, outcome="done") for n in range(3)]
    write(place, metered=[replace(first, flow_run_id="worked", skipped=False, outcome="done"), *idle])
    assert metering(place).flow_runs == ("worked", "2", "1", "0")
