"""What keeps the data of a version from being brought back is found by looking, never by DVC's word alone."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence.pipeline import pipeline
from lens_checks.evidence.place import NoEvidence, Place
from lens_checks.evidence.records import Retrieval
from lens_checks.evidence.repository import authorship, changed_files
from lens_checks.evidence.retrieval import retrieval
from tasks import versioning
from tests.conftest import GIT
from tests.lens_checks.evidence.test_tracking import write_training


@pytest.fixture
def place(settings: Settings, project: Path) -> Place:
    """A project whose one version was made from data that lies in DVC's cache, and in its remote."""
    from mlflow import MlflowClient

    Path("data/landed").mkdir(parents=True)
    Path("data/landed/rows.parquet").write_text("rows")
    Path(".dvc/config").write_text("[core]\n    remote = store\n['remote \"store\"']\n    url = ../store\n")
    revision = versioning.snapshot(Path("data/landed"))
    shutil.copytree(".dvc/cache", "store")  # what `dvc push` does
    found = Place(project, settings, datetime.now(UTC))
    client, name = MlflowClient(settings.runtime.tracking_uri), settings.charter.project
    client.create_registered_model(name)
    client.create_model_version(name, "file:///nowhere", tags={"data_revision": revision})
    client.create_model_version(name, "file:///nowhere", tags={"data_revision": "0" * 32})
    client.set_registered_model_alias(name, "champion", "1")
    return found


def cached() -> Path:
    """Find the one file of rows in the cache."""
    (path,) = (p for p in Path(".dvc/cache/files/md5").rglob("*") if p.is_file() and p.suffix != ".dir")
    return path


def told(seen: Retrieval) -> tuple[str, ...]:
    (faults,) = seen.faults.values()
    return faults


def test_only_versions_on_the_ladder_are_asked_for_and_nothing_keeps_them(place: Place) -> None:
    seen = retrieval(place)
    assert (seen.remote, told(seen)) == ("../store", ())
    assert pipeline(place).snapshots["data/landed"].sealed is True


def test_what_was_changed_or_lost_is_told(place: Place) -> None:
    path = cached()
    path.chmod(0o644)
    path.write_text("sowr")
    assert pipeline(place).snapshots["data/landed"].sealed is False
    assert "was changed in the cache" in told(retrieval(place))[0]
    path.unlink()
    assert "is not in the cache" in told(retrieval(place))[0]


def test_what_the_remote_lacks_is_told(place: Place) -> None:
    (path,) = (p for p in Path("store/files/md5").rglob("*") if p.is_file() and p.suffix != ".dir")
    path.unlink()
    assert any("is not in the remote" in fault for fault in told(retrieval(place)))


def test_without_a_remote_the_cache_is_all_there_is(place: Place) -> None:
    Path(".dvc/config").write_text("[core]\n    analytics = false\n")
    assert retrieval(place) == Retrieval(remote=None, faults={next(iter(retrieval(place).faults)): ()})


def test_the_author_of_the_commit_is_asked_of_git(place: Place) -> None:
    head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    write_training(place.root, source_commit=head)
    assert authorship(place).authors == (GIT["GIT_AUTHOR_NAME"], GIT["GIT_AUTHOR_EMAIL"])
    write_training(place.root, source_commit="0" * 40)
    assert authorship(replace(place)).authors == ()  # another look: one look reads the training once


def test_without_a_training_nobody_wrote_it(place: Place) -> None:
    with pytest.raises(NoEvidence, match="training writes it"):
        authorship(place)
    assert changed_files(place.root)
