"""A record is read strictly: what is missing, mistyped or not finite is told in words and never taken for a figure."""

import hashlib
import inspect
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import place
from lens_checks.evidence.place import Malformed, NoEvidence, Place, parse, read_record, remember, sha256_of
from lens_checks.evidence.records import Leakage, RunReport

SOUND = b'{"schema": 1, "data_sha256": "a", "checks": ["x"], "findings": [], "passed": true, "more": 1}'


def test_a_sound_file_is_read_and_keys_of_later_versions_are_left_aside(tmp_path: Path) -> None:
    (tmp_path / "leakage.json").write_bytes(SOUND)
    assert read_record(Leakage, tmp_path / "leakage.json", "run it").checks == ("x",)


def test_what_was_remembered_is_not_built_again() -> None:
    remember([Leakage, RunReport])
    built = place._adapter.cache_info().misses
    parse(Leakage, SOUND, "leakage.json")
    assert place._adapter.cache_info().misses == built


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(NoEvidence, match=r"leakage\.json is not there: run it"):
        read_record(Leakage, tmp_path / "leakage.json", "run it")


def test_a_file_that_cannot_be_read_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="cannot be read"):
        read_record(Leakage, tmp_path, "run it")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "document", id="an empty file"),
        pytest.param(b"{", "document", id="half a file"),
        pytest.param(b"[]", "document", id="a list"),
        pytest.param(SOUND.replace(b"true", b'"true"'), "passed", id="a boolean as text"),
        pytest.param(SOUND.replace(b"true", b"1"), "passed", id="a boolean as one"),
        pytest.param(SOUND.replace(b"true", b"null"), "passed", id="a boolean that is null"),
        pytest.param(SOUND.replace(b', "passed": true', b""), "passed", id="a field that is missing"),
        pytest.param(SOUND.replace(b'["x"]', b'"x"'), "checks", id="a text for a list"),
    ],
)
def test_a_malformed_file_names_the_field(data: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        parse(Leakage, data, "leakage.json")


@pytest.mark.parametrize("figure", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b'"1.0"'])
def test_a_figure_is_finite(figure: bytes) -> None:
    data = b'{"made": "2026-01-01T00:00:00+00:00", "outcome": "done", "phases": [{"phase": "data", "seconds": %b}]}'
    with pytest.raises(Malformed, match="seconds"):
        parse(RunReport, data % figure, "run.json")


def test_at_most_five_faults_are_told() -> None:
    with pytest.raises(Malformed, match="and 2 more"):
        parse(RunReport, b'{"made": 1, "outcome": 2, "phases": [{}, {}, {}, {}, {}]}', "run.json")
    with pytest.raises(Malformed, match="and 1 more"):
        parse(RunReport, b'{"made": 1, "outcome": 2, "phases": [{}, {}, {}, {}]}', "run.json")
    with pytest.raises(Malformed, match=r"phases\.2\.phase: Field required$"):
        parse(RunReport, b'{"made": 1, "outcome": 2, "phases": [{}, {}, {}]}', "run.json")


def test_a_digest_of_nothing_is_none(tmp_path: Path) -> None:
    assert sha256_of(tmp_path / "nothing") is None


def test_a_file_is_digested(tmp_path: Path) -> None:
    (tmp_path / "rows").write_bytes(b"rows")
    assert sha256_of(tmp_path / "rows") == hashlib.sha256(b"rows").hexdigest()


@pytest.mark.parametrize("reason", [None, NoEvidence("nothing there"), Malformed("no such thing")])
def test_what_is_asked_for_twice_is_read_once(tmp_path: Path, example: Settings, reason: Exception | None) -> None:
    asked: list[Place] = []

    def collector(place: Place) -> str:
        asked.append(place)
        if reason:
            raise reason
        return "found"

    place = Place(tmp_path, example, datetime.now(UTC))
    for _ in range(2):
        if reason:
            with pytest.raises(type(reason), match=str(reason)):
                place.once(collector)
        else:
            assert place.once(collector) == "found"
    assert asked == [place]


def test_a_place_is_the_same_whatever_was_read_there(tmp_path: Path, example: Settings) -> None:
    fresh, read = (Place(tmp_path, example, datetime(2026, 3, 15, tzinfo=UTC)) for _ in range(2))
    read.once(lambda place: "found")
    assert read == fresh and "found" not in repr(read)
    assert "_read" not in inspect.signature(Place).parameters


def test_what_is_published_is_judged_unless_an_attempt_is(tmp_path: Path, example: Settings) -> None:
    assert Place(tmp_path, example, datetime.now(UTC)).prepared == tmp_path / "data/prepared"
    assert Place(tmp_path, example, datetime.now(UTC), attempt=True).prepared == tmp_path / "data/attempt"
