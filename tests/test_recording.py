"""What is kept of a run of the tests says which commit, how many, of what, and whether all passed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recording import commit_of, record_of

ROOT = Path(__file__).parents[1]
SUITE = {
    "test_landing.py": "def test_a(): pass\ndef test_b(): pass\n",
    "test_training.py": "import pytest\ndef test_a(): pass\n@pytest.mark.skip\ndef test_b(): pass\n",
    "test_app.py": "def test_a(): assert {passes}\n",
    "test_other.py": "def test_a(): pass\n",
}


@pytest.fixture
def repository(tmp_path: Path, scratch: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / ".gitignore").write_text("reports/\n__pycache__/\n.pytest_cache/\n")
    return tmp_path


def run(repository: Path, *words: str, passes: bool = True, commit: bool = True) -> subprocess.CompletedProcess[str]:
    for name, text in SUITE.items():
        (repository / name).write_text(text.format(passes=passes))
    if commit:
        for line in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Tests"]):
            subprocess.run(["git", *line], cwd=repository, check=True)
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "-q", "-p", "tests.recording", *words]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [(), ("-n2",)], ids=["in one process", "in two"])
def test_green_tests_are_on_record(repository: Path, words: tuple[str, ...]) -> None:
    ended = run(repository, *words)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    commit = commit_of(repository)
    told = json.loads((repository / "reports" / "ci" / f"{commit}.json").read_text())
    assert {name: told[name] for name in ("schema", "commit", "dirty", "passed", "tests", "failed", "kinds")} == {
        "schema": 1, "commit": commit, "dirty": False, "passed": True, "tests": 5, "failed": 0,
        "kinds": {"data": 2, "model": 1, "api": 1},
    }  # fmt: skip


def test_red_tests_are_on_record_as_red(repository: Path) -> None:
    assert run(repository, passes=False).returncode == 1
    told = json.loads((repository / "reports" / "ci" / f"{commit_of(repository)}.json").read_text())
    assert (told["passed"], told["tests"], told["failed"]) == (False, 5, 1)


def test_changes_to_the_commit_show(repository: Path) -> None:
    run(repository)
    (repository / "test_more.py").write_text("def test_a(): pass\n")
    run(repository, commit=False)
    assert json.loads((repository / "reports" / "ci" / f"{commit_of(repository)}.json").read_text())["dirty"]


def test_without_git_there_is_no_record_and_that_is_said(repository: Path) -> None:
    ended = run(repository, commit=False)
    assert ended.returncode == 0 and not (repository / "reports").exists()
    assert "no record of the tests: the project is in no git repository" in ended.stdout


@pytest.mark.parametrize(
    ("outcomes", "passed"),
    [({"passed": ["a"]}, True), ({}, False), ({"passed": ["a"], "error": ["b"]}, False), ({"failed": ["a"]}, False)],
    ids=["one passed", "nothing ran", "one could not be set up", "one failed"],
)
def test_green_is_what_ran_and_passed(outcomes: dict[str, list[str]], passed: bool) -> None:
    assert record_of(outcomes, commit="c", dirty=False, passed=True, seconds=1)["passed"] is passed
    assert record_of(outcomes, commit="c", dirty=False, passed=False, seconds=1)["passed"] is False
