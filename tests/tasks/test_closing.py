"""What is others' business stays as it is; data, models, ledger and state are closed to them."""

import stat
from pathlib import Path

import pytest

from config.settings import Runtime
from tasks.closing import close


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_others_could_enter_is_closed_and_the_group_keeps_its_rights(here: Path) -> None:
    for path in (Path("data"), Path("ledger"), Path(".dvc/cache")):
        path.mkdir(parents=True)
        path.chmod(0o775)
    Path("mlflow.db").touch(mode=0o644)
    close(Runtime())
    assert {path: mode(path) for path in ("data", "ledger", ".dvc/cache", "mlflow.db")} == {
        "data": 0o770, "ledger": 0o770, ".dvc/cache": 0o770, "mlflow.db": 0o640,
    }  # fmt: skip


def test_folders_that_are_not_there_yet_are_made_closed(here: Path) -> None:
    close(Runtime(ledger="s3://bucket/ledger", tracking_uri="http://mlflow.example.org"))
    assert all(mode(path) & 0o007 == 0 for path in ("data", ".lifecycle", "mlartifacts"))
    assert not Path("ledger").exists() and not Path("mlflow.db").exists() and not Path("s3:").exists()
