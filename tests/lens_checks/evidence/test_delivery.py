"""What shows how changes are delivered is read from where it lies, and digested anew."""

import sqlite3
import subprocess
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import delivery
from lens_checks.evidence.place import NoEvidence, Place
from tasks import files, packaging
from tests.lens_checks.evidence.test_collect import NOW
from tests.lens_checks.evidence.test_orchestration import SCHEMA

FLOW = """
from prefect import task
land = task(name="Land", timeout_seconds=60, retries=2, retry_condition_fn=passes)(landing.land)
plain = task(splitting.split)
@task
def bare(): ...
@task(name="Named", timeout_seconds=9.5)
def named(): ...
other = wrap(thing)
"""


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, NOW)


def test_every_way_to_make_a_task_is_seen(place: Place) -> None:
    (place.root / "flows").mkdir()
    (place.root / delivery.DATA_FLOW).write_text(FLOW)
    found = {
        t.wraps: (t.name, t.retries, t.timeout_seconds, t.conditional) for t in delivery.task_policies(place).tasks
    }
    assert found == {
        "landing.land": ("Land", 2, 60.0, True), "splitting.split": ("splitting.split", 0, None, False),
        "bare": ("bare", 0, None, False), "named": ("Named", 0, 9.5, False),
    }  # fmt: skip


def test_the_shipped_flow_declares_what_the_check_asks_for(example: Settings) -> None:
    found = delivery.task_policies(Place(Path(__file__).parents[3], example, NOW)).tasks
    assert {t.wraps for t in found if t.retries} >= {"landing.land", "versioning.snapshot"}
    assert all(t.timeout_seconds for t in found)


def test_without_the_flow_there_is_no_evidence(place: Place) -> None:
    with pytest.raises(NoEvidence, match="data_preparation"):
        delivery.task_policies(place)


def test_a_package_is_digested_as_its_maker_does(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("model.skops", "golden.json", "sub/größe.txt", packaging.SIGNATURE):
        (tmp_path / name).write_text(name)
    assert delivery._digest(tmp_path) == packaging.package_digest(tmp_path)


@pytest.mark.parametrize("kept", [True, False], ids=["as it was written", "changed since"])
def test_a_backup_is_looked_at_where_it_lies(place: Place, tmp_path: Path, kept: bool) -> None:
    folder = tmp_path / "elsewhere"
    files.write_json(folder / "manifest.json", {"files": []})
    about = {"folder": str(folder), "manifest": files.sha256_file(folder / "manifest.json")}
    body = {"schema": 1, "made": NOW, "name": "backup", "passed": True, "seconds": 1.0, "entry": 3, "version": 1}
    files.write_json(tmp_path / "reports/backups/last.json", body | {"commit": None, "about": about})
    if not kept:
        files.write_json(folder / "manifest.json", {"files": ["more"]})
    assert delivery.backup(place).intact is kept


def test_without_a_backup_there_is_no_evidence(place: Place) -> None:
    with pytest.raises(NoEvidence, match="lifecycle backup"):
        delivery.backup(place)


def test_all_runs_of_a_stopped_server_are_known(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(place.root))
    with pytest.raises(NoEvidence, match="no flow run"):
        delivery.known_runs(place)
    with sqlite3.connect(place.root / "prefect.db") as database:
        database.executescript(SCHEMA)
        database.executemany("INSERT INTO flow_run (id, name) VALUES (?, 'run')", [(str(n),) for n in range(99)])
    later = Place(place.root, place.settings, place.now)
    assert delivery.known_runs(later).ids >= frozenset(map(str, range(99)))


def test_commits_are_asked_of_git(place: Place, scratch: Path) -> None:
    with pytest.raises(NoEvidence, match="no git commit"):
        delivery.committed_source(place)
    (place.root / "requirements.lock").write_text("a==1\n")
    for line in (["init", "-q"], ["add", "requirements.lock"], ["commit", "-qm", "Lock"]):
        subprocess.run(["git", *line], cwd=place.root, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=place.root, capture_output=True, text=True, check=True)
    commit = head.stdout.strip()
    lock = files.sha256_file(place.root / "requirements.lock")
    assert delivery.locks_of(place.root, [commit, "0" * 40, "", "--help"]) == {commit: lock}
