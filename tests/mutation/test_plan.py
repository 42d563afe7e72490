"""What `make mutate` mutates is there, and every mutant that may survive says why."""

import re
from pathlib import Path

import pytest

from lens_checks import catalogue
from mutation import plan
from mutation.plan import Survivor, Unplanned

ROOT = Path(__file__).parents[2]
SECTION = """
[tool.mutation]
floor = 0.9
survivors = "survivors.toml"
files = ["gates/*.py"]
operators = ["gates/.*"]
skip = []
[tool.mutation.tests]
{tests}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "gates/__init__.py",
        "gates/door.py",
        "gates/wall.py",
        "tests/gates/test_door.py",
        "tests/test_all.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def planned(tree: Path, tests: str = '"gates/wall.py" = ["tests/test_all.py"]', files: str = "gates/*.py") -> plan.Plan:
    (tree / "pyproject.toml").write_text(SECTION.format(tests=tests).replace("gates/*.py", files))
    return plan.read(tree)


def test_it_names_files_and_tests_that_exist() -> None:
    own = plan.read(ROOT)
    assert own.floor >= 0.9
    assert own.lacking(own.files) == []


def test_every_shipped_check_is_mutated() -> None:
    checks = {f"{module.replace('.', '/')}.py" for module in catalogue.modules() if ".ours" not in module}
    assert {name for name in checks if not name.endswith("__init__.py")} <= set(plan.read(ROOT).files)


def test_every_room_that_a_check_judges_in_is_mutated() -> None:
    checks = [ROOT / f"{name.replace('.', '/')}.py" for name in catalogue.modules() if ".ours" not in name]
    said = " ".join(path.read_text(encoding="utf-8") for path in checks if path.exists())
    imported = re.findall(r"from lens_checks import ([^(\n]+)|from lens_checks import \(([^)]+)\)", said)
    rooms = {name for few, many in imported for name in re.findall(r"\w+", few or many)}
    assert {f"lens_checks/{name}.py" for name in rooms} - {"lens_checks/evidence.py"} <= set(plan.read(ROOT).files)


def test_every_survivor_says_why_and_is_about_code_that_is_there() -> None:
    for survivor in plan.read(ROOT).survivors:
        source = " ".join((ROOT / survivor.file).read_text(encoding="utf-8").split())
        assert len(survivor.why) > 20, survivor
        assert survivor.mutation.split(" -> ")[0] in source, survivor


def test_a_file_has_its_mirrored_tests_or_those_named_for_it(tree: Path) -> None:
    found = planned(tree)
    assert found.files == ("gates/door.py", "gates/wall.py")
    assert found.tests_of("gates/door.py") == ("tests/gates/test_door.py",)
    assert found.tests_of("gates/wall.py") == ("tests/test_all.py",)


def test_files_that_are_alike_share_tests_and_keep_their_mirror(tree: Path) -> None:
    found = planned(tree, '"gates/d*.py" = ["=", "tests/test_all.py"]', "gates/door.py")
    assert found.tests_of("gates/door.py") == ("tests/gates/test_door.py", "tests/test_all.py")


@pytest.mark.parametrize(
    ("listed", "explained"),
    [
        pytest.param("a < b -> a <= b", True, id="the very mutation"),
        pytest.param("a < b -> *", True, id="every change of the line"),
        pytest.param("a < b -> a > b", False, id="another change of the line"),
        pytest.param("a < c -> *", False, id="another line"),
        pytest.param("*", False, id="everything"),
    ],
)
def test_what_an_entry_of_the_list_explains(listed: str, explained: bool) -> None:
    survivor = Survivor(file="door.py", function="f", mutation=listed, why="-")
    assert survivor.explains("f", "a < b -> a <= b") is explained
    assert not survivor.explains("g", "a < b -> a <= b")


@pytest.mark.parametrize(
    ("tests", "lacking"),
    [
        pytest.param("", ["tests/gates/test_wall.py"], id="no mirrored test, and none named"),
        pytest.param('"gates/wall.py" = ["tests/gone.py"]', ["tests/gone.py"], id="a test that is gone"),
        pytest.param('"gates/wall.py" = ["tests/test_all.py"]', [], id="all are there"),
    ],
)
def test_tests_that_are_not_there_are_named(tree: Path, tests: str, lacking: list[str]) -> None:
    found = planned(tree, tests)
    assert found.lacking(found.files) == lacking


@pytest.mark.parametrize(
    ("tests", "files", "words"),
    [
        pytest.param(
            '"gates/gone.py" = ["tests/test_all.py"]', "gates/door.py", "gates/gone.py", id="tests of nothing"
        ),
        pytest.param("", "gates/gone.py", "nothing is called gates/gone.py", id="a file that is gone"),
    ],
)
def test_what_is_not_there_is_an_error(tree: Path, tests: str, files: str, words: str) -> None:
    with pytest.raises(Unplanned, match=words):
        planned(tree, tests, files)


def test_a_survivor_of_a_file_that_is_not_mutated_is_an_error(tree: Path) -> None:
    entry = '[[survivor]]\nfile = "gates/gone.py"\nfunction = "f"\nmutation = "a -> b"\nwhy = "it says so"\n'
    (tree / "survivors.toml").write_text(entry)
    with pytest.raises(Unplanned, match=r"gates/gone\.py"):
        planned(tree)


def test_a_project_without_the_section_is_an_error(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[tool.other]\n")
    with pytest.raises(Unplanned, match=r"no section \[tool.mutation\]"):
        plan.read(tree)
