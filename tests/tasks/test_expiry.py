"""What has been kept for too long goes, nothing else does, and the log says what went."""

import os
import time
from pathlib import Path

import pytest

from config.settings import Column, ColumnType, Data, Role, Source
from tasks import files
from tasks.expiry import REPORT, expire

DAY = 86_400
CAPTURED = Path("elsewhere/captured")


def data(days: int | None) -> Data:
    source = Source(reader="csv", licence="CC0-1.0", purpose="machine learning", owner="Dan")
    columns = {"late": Column(type=ColumnType.BOOLEAN, role=Role.TARGET)}
    return Data(source=source, columns=columns, target="late", retention_days=days)


@pytest.fixture
def quarantine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = Path("data/quarantine")
    folder.mkdir(parents=True)
    for name, days in (("old", 31.0), ("young", 29.0)):
        (folder / f"{name}.parquet").write_text(name)
        os.utime(folder / f"{name}.parquet", (time.time() - days * DAY,) * 2)
    return folder


def test_what_is_too_old_goes_and_is_on_the_log(quarantine: Path) -> None:
    digest = files.sha256_file(quarantine / "old.parquet")
    told = expire(data(30), captured=CAPTURED)
    assert [path.name for path in quarantine.iterdir()] == ["young.parquet"]
    assert files.plain(told) == files.read_json(REPORT)
    assert (told["looked_at"], told["retention_days"]) == (2, 30)
    assert told["removed"] == [{"path": "data/quarantine/old.parquet", "sha256": digest, "days": 31.0}]


def test_without_a_bound_nothing_goes_and_the_log_says_that_there_is_none(quarantine: Path) -> None:
    told = expire(data(None), captured=CAPTURED)
    assert len(list(quarantine.iterdir())) == 2
    assert (told["removed"], told["retention_days"]) == ([], None)


def test_landed_rows_are_not_touched(quarantine: Path) -> None:
    landed = Path("data/landed/rows.parquet")
    landed.parent.mkdir()
    landed.touch()
    os.utime(landed, (0, 0))
    expire(data(1), captured=CAPTURED)
    assert landed.exists()


CAPTURES = [
    pytest.param("date=2013-01-01/1.parquet", False, id="a file of requests goes"),
    pytest.param("date=2013-01-01/.1.parquet.tmp", False, id="what a killed server left half written goes"),
    pytest.param("notes/1.parquet", True, id="what the server did not write stays"),
    pytest.param("date=2013-01-01/notes.txt", True, id="what is no file of requests stays"),
]


@pytest.mark.parametrize(("name", "stays"), CAPTURES)
def test_captured_requests_are_kept_no_longer_wherever_the_settings_put_them(
    name: str, stays: bool, quarantine: Path
) -> None:
    captured = CAPTURED / name
    captured.parent.mkdir(parents=True)
    captured.touch()
    os.utime(captured, (0, 0))
    expire(data(30), captured=CAPTURED)
    assert captured.exists() is stays
