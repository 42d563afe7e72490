"""The commit that holds the pipeline's record is found by asking git, and its code is digested anew."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence.committed import committed_pipeline
from lens_checks.evidence.place import NoEvidence, Place
from tests.lens_checks.evidence.test_collect import NOW

CODE, SETTINGS = "x = 1\n", "search: {trials: 8}\nother: 1\n"
LOCK = f"""
stages:
  train:
    cmd: python -m flows.training
    deps: [{{path: tasks/x.py, md5: {hashlib.md5(CODE.encode(), usedforsecurity=False).hexdigest()}}}]
    params: {{config/params.yaml: {{search.trials: 8}}}}
"""


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    for name, text in {"dvc.lock": LOCK, "tasks/x.py": CODE, "config/params.yaml": SETTINGS}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    pointer = tmp_path / "data/landed.dvc"
    pointer.parent.mkdir()
    pointer.write_text("outs: []\n")
    return Place(tmp_path, example, NOW)


def commit(place: Place, *paths: str) -> None:
    git = ["git", "-C", str(place.root), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for arguments in (["init", "-q"], ["add", *paths], ["commit", "-qm", "all"]):
        subprocess.run([*git, *arguments], check=True)


def test_a_project_without_a_commit_is_no_evidence(place: Place) -> None:
    with pytest.raises(NoEvidence, match="no git commit"):
        committed_pipeline(place)


def test_a_lock_that_was_never_committed_has_no_commit(place: Place) -> None:
    commit(place, "tasks", "config")
    assert committed_pipeline(place).commit is None


def test_lock_code_and_parameters_in_one_commit_leave_nothing_to_tell(place: Place) -> None:
    commit(place, ".")
    found = committed_pipeline(place)
    assert found.commit and (found.differing, found.strange) == ((), ())


def test_a_run_since_the_commit_shows(place: Place) -> None:
    commit(place, ".")
    (place.root / "dvc.lock").write_text(LOCK.replace("8}", "9}"))
    assert committed_pipeline(place).differing == ("dvc.lock",)


def test_code_and_parameters_that_are_otherwise_in_that_commit_are_named(place: Place) -> None:
    (place.root / "tasks/x.py").write_text("x = 2\n")
    (place.root / "config/params.yaml").write_text("search: {trials: 9}\n")
    commit(place, ".")
    assert committed_pipeline(place).strange == ("tasks/x.py", "config/params.yaml:search.trials")
