"""What people tell of training nodes and of a base model is read as they wrote it."""

from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import declared
from lens_checks.evidence.place import Malformed, Place
from tasks import files
from tests.lens_checks.small import NOW


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, NOW)


def test_nodes_are_read_with_their_certificates(place: Place) -> None:
    node = {"address": "tls://a:8786", "not_before": NOW, "not_after": NOW}
    files.write_json(place.root / "reports/network.json", {"run_id": "run", "nodes": [node], "plain_refused": True})
    found = declared.network(place)
    assert (found.run_id, found.nodes[0].address, found.nodes[0].not_after) == ("run", "tls://a:8786", NOW)


def test_a_base_model_is_read_with_its_slices(place: Place) -> None:
    files.write_json(place.root / "reports/base_model.json", {"id": "house/base", "worse_by": {"JFK": 0.1}})
    assert declared.base_model(place).worse_by == {"JFK": 0.1}


def test_a_record_that_is_none_is_no_empty_one(place: Place) -> None:
    files.write_json(place.root / "reports/network.json", {"nodes": "two"})
    with pytest.raises(Malformed, match=r"network\.json"):
        declared.network(place)
