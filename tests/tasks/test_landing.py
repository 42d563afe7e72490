"""The source lands whole, once, and again only when it changed."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from config.errors import ConfigError, GateRefused, IntegrityAlarm, LifecycleError
from config.settings import Data, Window
from tasks import landing, tables
from tests.tasks.rows import SOURCE, data, rows

LANDED = Path("data/landed")
DAY = Window(start=date(2020, 1, 1), end=date(2020, 1, 11))


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Data:
    """Rows as a CSV file in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    Path("data/incoming").mkdir(parents=True)
    rows().to_csv("data/rows.csv", index=False)
    return data(source=SOURCE.model_copy(update={"allowed": ("data/rows.csv", "data/incoming/*.parquet")}))


def test_rows_land_with_a_manifest(declared: Data) -> None:
    manifest = landing.land(declared, window=None, destination=LANDED)
    assert (manifest.rows, manifest.columns["size"]) == (400, "float64")
    assert [source["path"] for source in manifest.sources] == ["data/rows.csv"]
    pd.testing.assert_frame_equal(tables.read_parquet(LANDED / "rows.parquet", sha256=manifest.sha256), rows())


def test_nothing_changed_nothing_is_written(declared: Data) -> None:
    first = landing.land(declared, window=DAY, destination=LANDED)
    stamp = (LANDED / "rows.parquet").stat().st_mtime_ns
    assert landing.is_current(declared, window=DAY, destination=LANDED)
    assert landing.land(declared, window=DAY, destination=LANDED) == first
    assert (LANDED / "rows.parquet").stat().st_mtime_ns == stamp


def test_a_changed_snapshot_is_landed_again(declared: Data) -> None:
    first = landing.land(declared, window=None, destination=LANDED)
    (LANDED / "rows.parquet").write_bytes(b"other")
    assert not landing.is_current(declared, window=None, destination=LANDED)
    assert landing.land(declared, window=None, destination=LANDED) == first


def test_the_window_cuts_the_source_and_incoming_files_land_whole(declared: Data) -> None:
    later = rows().tail(5).assign(id=[f"late{i}" for i in range(5)])
    later.to_parquet("data/incoming/february.parquet")
    manifest = landing.land(declared, window=DAY, destination=LANDED)
    assert (manifest.rows, manifest.newest_row) == (245, "2020-01-17T15:00:00+00:00")


def test_the_same_input_gives_the_same_bytes(declared: Data) -> None:
    first = landing.land(declared, window=None, destination=LANDED)
    again = landing.land(declared, window=None, destination=Path("elsewhere"))
    assert (again.sha256, again) == (first.sha256, first)


def test_rows_older_than_the_retention_do_not_land(declared: Data) -> None:
    manifest = landing.land(declared.model_copy(update={"retention_days": 3}), window=None, destination=LANDED)
    assert manifest.rows == 73


def test_a_window_is_read_without_landing(declared: Data) -> None:
    read = landing.rows_between(declared, date(2020, 1, 2), date(2020, 1, 4))
    assert (len(read), read["when"].min().isoformat()) == (48, "2020-01-02T00:00:00+00:00")
    assert not LANDED.exists()


@pytest.mark.parametrize(
    ("until", "expected"),
    [(None, date(2020, 1, 12)), (date(2020, 1, 13), date(2020, 1, 13))],
    ids=["a re-run does not move", "retraining moves the end"],
)
def test_the_end_of_the_window(declared: Data, until: date | None, expected: date) -> None:
    windowed = declared.model_copy(update={"window": DAY})
    moved = Window(start=DAY.start, end=date(2020, 1, 12))
    before = landing.land(windowed, window=moved, destination=LANDED)
    found = landing.window_to_land(windowed, before, until=until)
    assert found == Window(start=DAY.start, end=expected)


def test_a_window_changed_by_hand_wins(declared: Data) -> None:
    before = landing.land(declared.model_copy(update={"window": DAY}), window=DAY, destination=LANDED)
    changed = Window(start=DAY.start, end=date(2020, 1, 6))
    assert landing.window_to_land(declared.model_copy(update={"window": changed}), before, until=None) == changed


@pytest.mark.parametrize(
    ("spoil", "kind", "words"),
    [
        pytest.param(lambda: Path("data/rows.csv").unlink(), ConfigError, "there is no such file", id="no file"),
        pytest.param(lambda: Path("data/rows.csv").write_bytes(b""), LifecycleError, "is empty", id="empty file"),
        pytest.param(lambda: Path("data/rows.csv").write_text("id\n"), LifecycleError, "no rows", id="header only"),
        pytest.param(lambda: rows(5).to_csv("data/incoming/a.csv"), GateRefused, "not on the list", id="a stranger"),
        pytest.param(lambda: Path("data/incoming/a.xls").touch(), LifecycleError, "no kind of file", id="a sheet"),
        pytest.param(
            lambda: Path("data/incoming/a.parquet").write_bytes(b"PAR1"), LifecycleError, "as Parquet", id="cut Parquet"
        ),
    ],
)
def test_a_bad_source_is_refused_and_the_last_snapshot_stays(spoil, kind, words: str, declared: Data) -> None:
    first = landing.land(declared, window=None, destination=LANDED)
    spoil()
    with pytest.raises(kind, match=words):
        landing.land(declared, window=None, destination=LANDED)
    assert landing.landed(LANDED) == first
    tables.read_parquet(LANDED / "rows.parquet", sha256=first.sha256)


def test_a_window_without_rows_is_refused(declared: Data) -> None:
    window = Window(start=date(1999, 1, 1), end=date(1999, 2, 1))
    with pytest.raises(LifecycleError, match="no rows from 1999-01-01"):
        landing.land(declared, window=window, destination=LANDED)


def test_other_bytes_than_recorded_are_an_alarm(declared: Data) -> None:
    manifest = landing.land(declared, window=None, destination=LANDED)
    rows(10).to_parquet(LANDED / "rows.parquet")
    with pytest.raises(IntegrityAlarm, match="its record says"):
        tables.read_parquet(LANDED / "rows.parquet", sha256=manifest.sha256)
