"""DVC knows what is up to date, brings back what was removed, and is told what has run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.errors import LifecycleError
from tasks import versioning

PIPELINE = """stages:
  copy:
    cmd: cp in.txt out.txt
    deps: [in.txt]
    params:
      - config.yaml: [times]
    outs:
      - out.txt: {persist: true}
"""


@pytest.fixture
def stage(scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one stage that has run and is recorded."""
    monkeypatch.chdir(tmp_path)
    Path("dvc.yaml").write_text(PIPELINE)
    Path("config.yaml").write_text("times: 1\n")
    Path("in.txt").write_text("one")
    assert not versioning.stage_is_current("copy")
    Path("out.txt").write_text("one")
    versioning.record_stage("copy")
    return tmp_path


def test_a_recorded_stage_is_current_for_dvc_too(stage: Path) -> None:
    assert versioning.stage_is_current("copy")
    assert versioning.status() == {}
    told = subprocess.run([sys.executable, "-m", "dvc", "repro"], capture_output=True, text=True, check=True, cwd=stage)
    assert "Stage 'copy' didn't change, skipping" in told.stdout


@pytest.mark.parametrize(
    ("path", "text"), [("in.txt", "two"), ("config.yaml", "times: 2\n")], ids=["a dependency", "a parameter"]
)
def test_what_a_stage_reads_makes_it_stale(path: str, text: str, stage: Path) -> None:
    Path(path).write_text(text)
    assert not versioning.stage_is_current("copy")


@pytest.mark.parametrize(
    "spoil", [lambda: Path("out.txt").unlink(), lambda: Path("out.txt").write_text("else")], ids=["removed", "changed"]
)
def test_outputs_are_brought_back(spoil, stage: Path) -> None:
    spoil()
    assert versioning.stage_is_current("copy")
    assert Path("out.txt").read_text() == "one"


def test_outputs_that_nobody_kept_make_a_stage_stale(stage: Path) -> None:
    Path("out.txt").unlink()
    shutil.rmtree(".dvc/cache")
    assert not versioning.stage_is_current("copy")


def test_a_snapshot_has_a_revision_that_follows_its_content(stage: Path) -> None:
    Path("landed").mkdir()
    Path("landed/rows.txt").write_text("one")
    first = versioning.snapshot(Path("landed"))
    assert versioning.revision(Path("landed")) == first
    Path("landed/rows.txt").write_text("two")
    assert versioning.snapshot(Path("landed")) != first


def test_a_snapshot_that_is_not_there_is_told(stage: Path) -> None:
    with pytest.raises(LifecycleError, match=r"landed\.dvc is not there"):
        versioning.revision(Path("landed"))


@pytest.mark.parametrize(
    ("path", "junk"), [("dvc.lock", "\x00"), ("dvc.yaml", "stages: [")], ids=["broken lock", "broken pipeline"]
)
def test_a_broken_file_is_told_in_words(path: str, junk: str, stage: Path) -> None:
    Path(path).write_text(junk)
    with pytest.raises(LifecycleError, match="DVC") as refused:
        versioning.stage_is_current("copy")
    assert refused.value.next_step


@pytest.mark.parametrize("junk", [b"", b"\0" * 20, b'{"write": ', b"[]"], ids=["empty", "zeros", "cut short", "a list"])
def test_a_list_of_readers_that_a_kill_spoilt_is_mended(junk: bytes, stage: Path) -> None:
    versioning.RWLOCK.write_bytes(junk)
    assert versioning.stage_is_current("copy")
    assert versioning.status() == {}


def test_a_spoilt_list_is_left_alone_while_dvc_works_here(stage: Path) -> None:
    versioning.RWLOCK.write_bytes(b"")
    (stage / "dvc").write_text("import time; print('works', flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, "dvc"], cwd=stage, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline()
        with pytest.raises(LifecycleError, match="DVC"):
            versioning.stage_is_current("copy")
        other.kill()
    assert versioning.stage_is_current("copy")


def test_nobody_is_phoned(stage: Path) -> None:
    config = Path(".dvc/config").read_text()
    assert "analytics = false" in config
    assert "check_update = false" in config


def test_git_coming_later_is_noticed(stage: Path) -> None:
    assert "no_scm" in Path(".dvc/config.local").read_text()
    subprocess.run(["git", "init", "--quiet"], check=True, cwd=stage)
    assert versioning.stage_is_current("copy")
    assert not Path(".dvc/config.local").exists()
