"""Several models: trials are read as people wrote them, and code is scanned for imports of what lies inside another."""

from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import components
from lens_checks.evidence.place import Malformed, Place
from tasks import files
from tests.lens_checks.composed import component
from tests.lens_checks.small import NOW


@pytest.fixture
def alone(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, NOW)


@pytest.fixture
def place(alone: Place) -> Place:
    declared = {alone.settings.charter.project: component("flights"), "cancellations": component("cancellations")}
    charter = alone.settings.charter.model_copy(update={"components": declared})
    return Place(alone.root, alone.settings.model_copy(update={"charter": charter}), NOW)


def write(place: Place, file: str, code: str) -> None:
    path = place.root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)


def test_trials_are_read_by_model(alone: Place) -> None:
    files.write_json(
        alone.root / "reports/components.json", {"made": NOW, "of": {"flights": {"asked": 40, "failed": 1}}}
    )
    assert components.trials(alone).of["flights"].failed == 1


def test_none_were_made_where_nobody_wrote_of_any(alone: Place) -> None:
    assert components.trials(alone).of == {}


def test_one_model_has_nothing_to_scan(alone: Place) -> None:
    write(alone, "flows/a.py", "import rooms.cancellations.inside\n")
    assert components.couplings(alone).files == 0


@pytest.mark.parametrize(
    ("file", "code", "seen"),
    [
        pytest.param("flows/a.py", "import rooms.cancellations\n", 0, id="a package is there to be imported"),
        pytest.param("flows/a.py", "from rooms.cancellations import ask\n", 0, id="so is what it hands on"),
        pytest.param("flows/a.py", "import rooms.cancellations.inside\n", 1, id="a module inside is not"),
        pytest.param("a.py", "def f():\n    from rooms.cancellations.inside import x\n", 1, id="late imports are seen"),
        pytest.param("flows/a.py", "from rooms.cancellations import _x\n", 1, id="what is private is inside"),
        pytest.param("rooms/flights/a.py", "import rooms.cancellations.inside\n", 1, id="between two components"),
        pytest.param("rooms/cancellations/a.py", "import rooms.cancellations.inside\n", 0, id="it may import itself"),
        pytest.param("flows/a.py", "import rooms.cancellations_too.inside\n", 0, id="a like name is another"),
        pytest.param("flows/a.py", "import rooms.flights.inside\n", 0, id="its own is this project's"),
        pytest.param("rooms/cancellations/a.py", "import rooms.flights.x\n", 1, id="the other may not look in here"),
        pytest.param("tests/a.py", "import rooms.cancellations.inside\n", 0, id="tests may look inside"),
    ],
)
def test_imports_of_what_lies_inside_are_found(place: Place, file: str, code: str, seen: int) -> None:
    write(place, "cli.py", "")
    write(place, file, code)
    found = components.couplings(place)
    assert (len(found.found), found.files > 0) == (seen, True)
    assert all(words.startswith(f"{file}: rooms.") for words in found.found)


def test_code_that_cannot_be_read_is_told(place: Place) -> None:
    write(place, "flows/a.py", "def\n")
    with pytest.raises(Malformed, match=r"flows/a\.py is no Python"):
        components.couplings(place)
