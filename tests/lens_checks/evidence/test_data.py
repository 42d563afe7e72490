"""What lies on disk is digested anew, whatever the reports say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from lens_checks.evidence import data, operation
from lens_checks.evidence.place import Malformed, NoEvidence, Place, sha256_of
from tasks import files

NOW = datetime(2026, 3, 15, tzinfo=UTC)
MANIFEST = {
    "schema": 1, "dataset": "flights", "reader": "csv", "rows": 2, "columns": {"delay": "int64"}, "sha256": "claimed",
    "source_sha256": "b", "window": None, "sources": [{"path": "raw.csv", "sha256": "c"}], "licence": "CC0",
    "purpose": "tests", "owner": "Ada",
}  # fmt: skip
SPLIT = {
    "schema": 1, "data_sha256": "a", "strategy": "time", "effects": {}, "overlap_rows": 0, "segments": {},
    "landed_rows": 2, "dropped_rows": 0,
    "parts": {"train": {"rows": 1, "sha256": "x"}, "tune": {"rows": 1, "sha256": "y"}},
}  # fmt: skip
VALIDATION = {
    "schema": 1, "data_sha256": "0123456789abcdef", "success": False, "evaluated": 1, "expected": 1, "rows": 2,
    "minimum_rows": 1, "exceptions": [], "quarantined": 1, "quarantine_share": 0.5, "quarantine_limit": 0, "rules": [],
}  # fmt: skip
WINDOW = {
    "schema": 1, "window": {"start": "2026-01-01", "end": "2026-02-01"}, "rows": 1, "version": 1, "digest": "d",
    "baseline_sha256": "b", "verdict": "ok", "features": {}, "prediction_psi": None, "performance": None,
    "labels_share": None, "service": None, "alarms": [], "action": None,
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, NOW)


def write(place: Place, name: str, value: Any) -> Path:
    return files.write_json(place.root / name, value)


def test_landed_rows_are_digested_anew(place: Place) -> None:
    write(place, "data/landed/manifest.json", MANIFEST | {"sha256_on_disk": "a lie"})
    assert data.landing(place).sha256_on_disk is None
    rows = files.write_bytes_atomically(place.root / "data/landed/rows.parquet", b"rows")
    assert data.landing(place).sha256_on_disk == sha256_of(rows) != "claimed"


@pytest.mark.parametrize("attempt", [False, True])
def test_parts_are_read_where_they_are_judged(place: Place, attempt: bool) -> None:
    folder = "data/attempt" if attempt else "data/prepared"
    write(place, f"{folder}/split.json", SPLIT)
    train = files.write_bytes_atomically(place.root / folder / "train.parquet", b"train")
    parts = data.parts(Place(place.root, place.settings, NOW, attempt=attempt)).parts
    assert parts["train"].sha256_on_disk == sha256_of(train)
    assert parts["tune"].sha256_on_disk is None
    with pytest.raises(NoEvidence):
        data.parts(Place(place.root, place.settings, NOW, attempt=not attempt))


def test_quarantined_rows_are_looked_for(place: Place) -> None:
    write(place, "data/prepared/validation.json", VALIDATION)
    assert data.validation(place).quarantine_file is None
    files.write_bytes_atomically(place.root / "data/quarantine/0123456789ab.parquet", b"rows")
    assert data.validation(place).quarantine_file == "data/quarantine/0123456789ab.parquet"


def test_windows_are_in_order_of_their_days(place: Place) -> None:
    for name, start in (("b", "2026-01-01"), ("a", "2026-02-01")):
        window = WINDOW | {"made": NOW - timedelta(days=1), "window": {"start": start, "end": "2026-03-01"}}
        write(place, f"reports/monitoring/{name}.json", window)
    assert [window.window.start for window in operation.monitoring(place).windows] == ["2026-01-01", "2026-02-01"]


def test_one_malformed_window_spoils_the_history(place: Place) -> None:
    write(place, "reports/monitoring/a.json", WINDOW | {"made": NOW})
    write(place, "reports/monitoring/b.json", WINDOW | {"made": NOW, "rows": "many"})
    with pytest.raises(Malformed, match="rows"):
        operation.monitoring(place)
