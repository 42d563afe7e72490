"""A commit is laid out beside the project, without hooks, and cleared away however the work there ends."""

import subprocess
from pathlib import Path

import pytest

from config.errors import GateRefused
from tasks import checkouts


@pytest.fixture
def project(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a subfolder of a repository, with a hook that tells of itself."""
    root = tmp_path / "repository" / "project"
    root.mkdir(parents=True)
    (root / "code.py").write_text("first")
    git(root.parent, "init", "--quiet", "--initial-branch=main")
    git(root.parent, "add", "--all")
    git(root.parent, "commit", "--quiet", "-m", "Start")
    hook = root.parent / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path / 'hooked'}\n")
    hook.chmod(0o755)
    monkeypatch.chdir(root)
    return root


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, text=True, capture_output=True, check=True).stdout.strip()


def test_a_commit_is_laid_out_as_it_was_and_cleared_away(project: Path, tmp_path: Path) -> None:
    commit = git(project, "rev-parse", "HEAD")
    (project / "code.py").write_text("second")
    with checkouts.worktree(commit, tmp_path / "place") as root:
        assert (root / "code.py").read_text() == "first"
        (root / "made.txt").write_text("by the work there")
    assert not (tmp_path / "place").exists()
    assert len(git(project, "worktree", "list").splitlines()) == 1
    assert (project / "code.py").read_text() == "second"
    assert not (tmp_path / "hooked").exists()


def test_an_interruption_clears_it_away_too(project: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), checkouts.worktree("HEAD", tmp_path / "place"):
        raise KeyboardInterrupt
    assert not (tmp_path / "place").exists()
    assert len(git(project, "worktree", "list").splitlines()) == 1


def test_what_a_killed_process_left_is_cleared_first(project: Path, tmp_path: Path) -> None:
    git(project, "worktree", "add", "--detach", str(tmp_path / "place"), "HEAD")
    (tmp_path / "place" / "project" / "code.py").write_text("changed")
    with checkouts.worktree("HEAD", tmp_path / "place") as root:
        assert (root / "code.py").read_text() == "first"


@pytest.mark.parametrize("commit", ["0" * 40, "no-such-branch", "HEAD:project/code.py"])
def test_what_is_no_commit_is_refused(project: Path, tmp_path: Path, commit: str) -> None:
    with pytest.raises(GateRefused, match="not in this repository"), checkouts.worktree(commit, tmp_path / "place"):
        pass
