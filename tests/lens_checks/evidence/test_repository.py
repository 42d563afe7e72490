"""Version control is read as it is, trouble included."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import repository
from lens_checks.evidence.place import NoEvidence, Place
from tests.lens_checks.evidence.versioned import FILES, git, versioned, write_training


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return versioned(tmp_path, example)


def test_a_clean_repository(place: Place) -> None:
    found = repository.repository(place)
    assert len(found.commit) == 40
    assert (found.dirty, found.changed, found.author) == (False, (), "Ada")
    assert found.ci_files == (".ci/run",)
    assert "make test" in found.ci_commands
    assert found.ignored_secrets
    assert "cli.py" in found.tracked


@pytest.mark.parametrize(
    ("file", "dirty"),
    [
        pytest.param("cli.py", True, id="a tracked file was edited"),
        pytest.param("new.py", True, id="a file that nobody added"),
        pytest.param("dvc.lock", False, id="what a run writes itself"),
        pytest.param("reports/x.json", False, id="what is ignored"),
    ],
)
def test_what_makes_a_repository_dirty(place: Place, file: str, dirty: bool) -> None:
    (place.root / file).parent.mkdir(exist_ok=True)
    (place.root / file).write_text("changed\n")
    found = repository.repository(place)
    assert found.dirty is dirty
    assert (file in found.changed) is not file.startswith("reports")


@pytest.mark.parametrize("line", ["/mlflow.db*\n", "/mlartifacts/\n", "/ledger/\n", "/.lifecycle/\n"])
def test_a_store_that_git_would_take_is_seen(place: Place, line: str) -> None:
    (place.root / ".gitignore").write_text(FILES[".gitignore"].replace(line, ""))
    assert not repository.repository(place).ignored_secrets


def test_a_project_inside_a_larger_repository_sees_itself_alone(place: Place) -> None:
    inner = place.root / "inner"
    inner.mkdir()
    (inner / "train.py").write_text("1\n")
    git(place.root, "add", ".")
    git(place.root, "commit", "-qm", "second")
    (place.root / "cli.py").write_text("changed\n")
    found = repository.repository(Place(inner, place.settings, place.now))
    assert (found.dirty, set(found.tracked)) == (False, {"train.py"})


def test_without_a_commit_there_is_no_evidence(tmp_path: Path, example: Settings) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(NoEvidence, match="no git commit"):
        repository.repository(Place(tmp_path, example, datetime.now(UTC)))


def test_where_there_is_no_repository_nothing_is_told(tmp_path: Path) -> None:
    assert repository.ask_git(tmp_path, "status") is None
    assert repository.changed_files(tmp_path) == ()


def test_where_there_is_no_git_nothing_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place.root))
    assert repository.ask_git(place.root, "status") is None


def test_where_git_does_not_come_back_nothing_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def hanging(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("git", 30)

    monkeypatch.setattr(subprocess, "run", hanging)
    assert repository.ask_git(place.root, "status") is None


def test_commands_of_a_file_that_is_gone_are_not_told(place: Place) -> None:
    (place.root / ".ci/run").unlink()
    found = repository.repository(place)
    assert (found.ci_files, found.ci_commands) == ((".ci/run",), "")
    assert "" not in found.tracked


@pytest.mark.parametrize(
    ("commit", "authors"),
    [
        pytest.param("HEAD", ("Ada", "a@example.org"), id="the commit of the training"),
        pytest.param("HEAD~1", ("Ada", "Bob"), id="written by another, who has no address"),
        pytest.param("0" * 40, (), id="a commit that is not there"),
        pytest.param(None, (), id="no commit"),
    ],
)
def test_who_wrote_the_commit_of_the_training_is_told(
    place: Place, commit: str | None, authors: tuple[str, ...]
) -> None:
    git(place.root, "commit", "--amend", "-qm", "first", "--author", "Bob <>")
    git(place.root, "commit", "-qm", "second", "--allow-empty")
    write_training(place.root, source_commit=commit)
    found = repository.authorship(place)
    assert (found.commit, found.authors) == (commit, authors)
