"""A mutant is killed, survives or times out in a copy of the tree, and the table refuses what nobody explained."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mutation import plan, report, results
from mutation.results import FileResult, Tried

ROOT = Path(__file__).parents[2]
SECTION = """
[tool.mutation]
floor = 0.5
survivors = "survivors.toml"
files = ["door.py"]
operators = ["core/ReplaceComparisonOperator_(Lt_LtE|Lt_GtE)"]
skip = []
[tool.mutation.tests]
"door.py" = ["test_door.py"]
[tool.pytest.ini_options]
"""
DOOR = "def opens(age):\n    return 18 < age\n"
TEST = "from door import opens\n\n\ndef test_it():\n    assert opens(30)\n    assert not opens({youngest})\n"
ONE = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from mutation import plan, trial
trial.AT_LEAST = 2.0
trial.try_file(plan.read(pathlib.Path.cwd()), "door.py", again=False, every=int(sys.argv[2]))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in (("pyproject.toml", SECTION), ("door.py", DOOR), ("test_door.py", TEST.format(youngest=17))):
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "--quiet"], check=True, cwd=tmp_path)
    return tmp_path


def tried(tree: Path, *, every: int = 1) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ONE, str(ROOT), str(every)]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def test_a_survivor_is_found_and_a_better_test_kills_it(tree: Path) -> None:
    assert tried(tree).returncode == 0
    result = results.saved(plan.read(tree), "door.py")
    assert result is not None
    assert {one.mutation: one.outcome for one in result.tried} == {
        "return 18 < age -> return 18 <= age": "survived",
        "return 18 < age -> return 18 >= age": "killed",
    }
    (tree / "test_door.py").write_text(TEST.format(youngest=18))
    assert tried(tree).returncode == 0
    result = results.saved(plan.read(tree), "door.py")
    assert result is not None and result.score == 1.0
    assert (tree / "door.py").read_text() == DOOR, "the tree itself is never changed"


COLLECTED = (
    "import door\n\nOPEN = [age for age in (17, 18) if door.opens(age)]\n\n\ndef test_it():\n    assert OPEN == []\n"
)
STARTED = """
import subprocess, sys

import door

COMMAND = [sys.executable, "-c", "import door; raise SystemExit(door.opens(18))"]


def test_it():
    assert door.opens(30)
    assert subprocess.run(COMMAND).returncode == 0
"""
HERE = "import os\n\nHERE = os.getpid()\n\n\ndef test_here():\n    assert os.getpid() == HERE\n\n\n"
TURNS = "def opens(age):\n    while 18 < age:\n        age -= 1\n    return age\n"
TURNED = "from door import opens\n\n\ndef test_it():\n    assert opens(30) == opens(18) == 18\n"


@pytest.mark.parametrize(
    ("door", "test", "outcome"),
    [
        pytest.param(DOOR, COLLECTED, "killed", id="what is computed before a test runs"),
        pytest.param(DOOR, STARTED, "killed", id="what a process does that a test starts"),
        pytest.param(DOOR, HERE + TEST.format(youngest=18), "killed", id="a test that passes in no fork"),
        pytest.param(DOOR.replace("18", "LIMIT") + "LIMIT = 18\n", TEST.format(youngest=18), "killed", id="a constant"),
        pytest.param(DOOR + "GROWN_UP = 1 < 2\n", TEST.format(youngest=18), "survived", id="what nobody asks for"),
        pytest.param(TURNS.replace("18", "17 + 1"), TURNED, "timeout", id="a loop that never ends"),
    ],
)
def test_what_the_quick_way_cannot_see_is_tried_from_the_import_on(
    tree: Path, door: str, test: str, outcome: str
) -> None:
    (tree / "door.py").write_text(door)
    (tree / "test_door.py").write_text(test)
    assert tried(tree).returncode == 0
    result = results.saved(plan.read(tree), "door.py")
    assert result is not None and result.whole
    assert outcome in {one.outcome for one in result.tried} <= {outcome, "killed"}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        pytest.param(
            "test_door.py", "def test_it():\n    assert False\n", "before anything is mutated", id="they fail"
        ),
        pytest.param(
            "test_door.py", "def test_it():\n    pass\n", "cannot be imported", id="they do not need the file"
        ),
    ],
)
def test_tests_that_tell_nothing_are_refused(tree: Path, name: str, text: str, words: str) -> None:
    (tree / name).write_text(text)
    ended = tried(tree)
    assert ended.returncode != 0 and words in ended.stderr
    assert results.saved(plan.read(tree), "door.py") is None


def test_a_result_holds_for_the_file_as_it_was(tree: Path) -> None:
    save(tree, "killed")
    assert results.saved(plan.read(tree), "door.py") is not None
    (tree / "door.py").write_text(DOOR + "\n")
    assert results.saved(plan.read(tree), "door.py") is None


def test_a_run_that_was_ended_goes_on_where_it_stood(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "survivors.toml").write_text("")
    save(tree, "killed", whole=False)
    assert report.table(plan.read(tree), ["door.py"]) == 1
    assert "not to the end, as it stands: door.py" in capsys.readouterr().out
    assert tried(tree).returncode == 0
    result = results.saved(plan.read(tree), "door.py")
    assert result is not None and (result.whole, len(result.tried)) == (True, 2)


def test_every_second_is_a_share_and_no_more(tree: Path) -> None:
    assert tried(tree, every=2).returncode == 0
    result = results.saved(plan.read(tree), "door.py")
    assert result is not None and (result.whole, len(result.tried)) == (False, 1)


SIFTED = """
import os, pathlib, sys
sys.path[:0] = [os.getcwd(), sys.argv[1]]
from mutation import plan
from mutation.mutants import mutants
from mutation.sift import sifted
door, tests = pathlib.Path.cwd() / "door.py", plan.read(pathlib.Path.cwd()).tests_of("door.py")
for mutant, outcome in sifted(door, tests, list(mutants(door.read_text(), plan.read(pathlib.Path.cwd()))), limit=30):
    print(mutant.mutation, outcome)
"""


def test_the_quick_sieve_keeps_what_a_running_session_notices(tree: Path) -> None:
    command = [sys.executable, "-c", SIFTED, str(ROOT)]
    ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert ended.stdout == "return 18 < age -> return 18 >= age killed\n", ended.stderr
    assert (tree / "door.py").read_text() == DOOR


LISTED = '[[survivor]]\nfile = "door.py"\nfunction = "opens"\nmutation = "{}"\nwhy = "both are grown up"\n'


@pytest.mark.parametrize(
    ("outcomes", "listed", "code", "words"),
    [
        pytest.param(["killed", "timeout"], [], 0, "100.0%", id="all were noticed"),
        pytest.param(["killed", "survived"], [], 3, "survived: door.py:2 in opens: m1", id="one was not"),
        pytest.param(["killed", "survived"], ["m1"], 0, "50.0%", id="one was not, and it is explained"),
        pytest.param(["killed", "survived"], ["m1 -> *"], 3, "survived: door.py:2", id="another line is explained"),
        pytest.param(["survived", "survived"], ["m0", "m1"], 3, "under the floor of 50%", id="too many, explained"),
        pytest.param(["killed", "killed"], ["m1"], 3, "listed, and does not survive", id="explained, and killed"),
        pytest.param(None, [], 1, "as it stands: door.py", id="not tried"),
    ],
)
def test_the_table_refuses(
    tree: Path, capsys: pytest.CaptureFixture[str], outcomes: list[str] | None, listed: list[str], code: int, words: str
) -> None:
    (tree / "survivors.toml").write_text("".join(LISTED.format(mutation) for mutation in listed))
    if outcomes is not None:
        save(tree, *outcomes)
    assert report.table(plan.read(tree), ["door.py"]) == code
    assert words in capsys.readouterr().out


def save(tree: Path, *outcomes: str, whole: bool = True) -> None:
    """Write the result of a run in which the mutants m0, m1, ... of the door had these outcomes."""
    mutants = tuple(Tried("opens", 2, "core/-", f"m{number}", outcome) for number, outcome in enumerate(outcomes))
    source = results.sha256(tree / "door.py")
    result = FileResult(file="door.py", source=source, seconds=1.0, tried=mutants, whole=whole)
    (tree / ".mutation").mkdir()
    rows = [vars(one) for one in mutants]
    (tree / ".mutation/door.py.json").write_text(json.dumps(vars(result) | {"tried": rows}))
