"""Rows under version control are counted, whatever their form; the source itself is none of them."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from config.settings import Settings
from lens_checks.evidence import privacy
from lens_checks.evidence import records as r
from lens_checks.evidence.place import Malformed, NoEvidence, Place

SOURCE = r.SourceFile(path="rows/source.csv", sha256="0" * 64)


@pytest.fixture
def place(tmp_path: Path, example: Settings, monkeypatch: pytest.MonkeyPatch) -> Place:
    landed = type("Landed", (), {"sources": (SOURCE,)})
    monkeypatch.setattr(privacy, "landing", lambda _: landed)
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows/source.csv").write_text("a,b\n1,2\n")
    (tmp_path / "rows/few.csv").write_text('a,b\n1,"2\n3"\n4,5\n')
    pd.DataFrame({"a": [1, 2, 3]}).to_parquet(tmp_path / "rows/more.parquet")
    subprocess.run(["git", "init", "-q", tmp_path], check=True, env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull})
    return Place(tmp_path, example, datetime.now(UTC))


def track(place: Place) -> None:
    subprocess.run(["git", "-C", place.root, "add", "."], check=True)


def test_what_is_tracked_is_counted(place: Place) -> None:
    track(place)
    found = {copy.path: (copy.rows, copy.columns) for copy in privacy.copies(place).files}
    assert found == {"rows/few.csv": (2, ("a", "b")), "rows/more.parquet": (3, ("a",))}


def test_what_nobody_added_is_no_copy_that_others_have(place: Place) -> None:
    assert privacy.copies(place).files == ()


def test_a_file_that_is_no_parquet_is_malformed(place: Place) -> None:
    (place.root / "rows/more.parquet").write_text("no")
    track(place)
    with pytest.raises(Malformed, match="is not Parquet"):
        privacy.copies(place)


def test_without_git_nothing_can_be_told(tmp_path: Path, example: Settings) -> None:
    with pytest.raises(NoEvidence, match="git"):
        privacy.copies(Place(tmp_path / "nowhere", example, datetime.now(UTC)))
