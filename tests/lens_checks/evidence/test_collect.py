"""Every record is read once, by its own collector, and trouble in one never passes for evidence."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Policy, Settings
from lens_checks.evidence import collect, records
from lens_checks.evidence.collect import COLLECTORS, Evidence
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from lens_checks.evidence.records.base import Record

NOW = datetime(2026, 3, 15, tzinfo=UTC)
TRIED_OUT = {
    records.Drills,
    records.Findings,
    records.Reproductions,
    records.TestRuns,
}  # none is an answer too: checks ask by name
FOUND_WITHOUT_A_RUN = {
    records.BaseModel, records.ComponentTrials, records.Couplings, records.TrainingNetwork,
    records.Clock, records.ConsumerList, records.Exposure, records.LicenceInventory, records.Premises
} | TRIED_OUT  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, NOW)


@pytest.mark.parametrize("kind", COLLECTORS, ids=lambda kind: kind.__name__)
def test_an_empty_project_has_no_evidence_and_each_collector_says_how_to_get_it(
    place: Place, kind: type[Record]
) -> None:
    if kind in FOUND_WITHOUT_A_RUN:
        assert isinstance(Evidence(place).get(kind), kind)
        return
    with pytest.raises(NoEvidence, match=r"run|write|definition|git|first|docs/"):
        Evidence(place).get(kind)


def test_settings_are_evidence_too(place: Place, example: Settings) -> None:
    assert Evidence(place).get(Policy) is example.policy


def test_what_several_collectors_need_is_read_once_in_a_review(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    training = place.root / "reports/training/training.json"
    training.parent.mkdir(parents=True)
    training.write_text("{}")
    read: Counter[str] = Counter()
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (read.update([str(path)]), whole(path))[1])
    evidence = Evidence(place)
    for kind in (records.Authorship, records.Tracking, records.Training):
        with pytest.raises(Malformed):
            evidence.get(kind)
    assert read[str(training)] == 1


def test_a_record_is_read_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[records.Clock] = []

    def read(at: Place) -> records.Clock:
        calls.append(records.Clock(now=at.now))
        return calls[-1]

    monkeypatch.setattr(collect, "COLLECTORS", {records.Clock: read})
    evidence = Evidence(place)
    assert evidence.get(records.Clock) is evidence.get(records.Clock)
    assert len(calls) == 1


def test_a_collector_that_raises_is_malformed_evidence(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Place) -> object:
        raise KeyError("outs")

    monkeypatch.setattr(collect, "COLLECTORS", {records.Pipeline: fails})
    with pytest.raises(Malformed, match="reading Pipeline raised KeyError: 'outs'"):
        Evidence(place).get(records.Pipeline)


def test_a_type_that_nobody_collects_is_malformed_evidence(place: Place) -> None:
    with pytest.raises(Malformed, match="no collector reads str"):
        Evidence(place).get(str)


def test_hand_made_records_take_the_place_of_collected_ones(place: Place) -> None:
    clock = records.Clock(now=NOW)
    assert Evidence(place, {records.Clock: clock}).get(records.Clock) is clock
