"""Who may ask, and the documents of the API, are read where they lie."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import doors
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from lens_checks.evidence.records import ConsumerList
from tasks.consumers import add_consumer
from tasks.files import sha256_file


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, datetime(2026, 11, 28, tzinfo=UTC))


def test_consumers_are_read_as_the_keys_command_wrote_them(place: Place) -> None:
    add_consumer(place.root / ".lifecycle/consumers.json", "shop", days=1)
    (one,) = doors.consumers(place).consumers
    assert one.name == "shop" and one.expires is not None and one.expires > one.added[:10]


def test_without_a_list_nobody_is_on_it(place: Place) -> None:
    assert doors.consumers(place) == ConsumerList(consumers=())


def test_a_broken_list_is_malformed(place: Place) -> None:
    path = place.root / ".lifecycle/consumers.json"
    path.parent.mkdir()
    path.write_text('{"consumers": [{"name": 1}]}')
    with pytest.raises(Malformed, match="consumers"):
        doors.consumers(place)


def test_both_documents_are_digested(place: Place) -> None:
    folder = place.root / "serving"
    folder.mkdir()
    for name in ("openapi.json", "openapi.released.json"):
        (folder / name).write_text(name)
    found = doors.documents(place)
    assert found.current == sha256_file(folder / "openapi.json") != found.released


def test_a_document_that_is_gone_is_named(place: Place) -> None:
    with pytest.raises(NoEvidence, match="serving/openapi"):
        doors.documents(place)
