"""Removes what has been kept for as long as config/data.yaml allows, and writes down what went."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.settings import Data
from tasks import files

QUARANTINE = Path("data/quarantine")  # with what the server captures, the rows that no later landing replaces
OF_THE_SERVER = (
    "date=*/*.parquet",
    "date=*/.*.parquet.tmp",
)  # its folder may hold other things; the second was cut off
REPORT = Path("reports/expiry.json")


def expire(data: Data, *, captured: Path) -> dict[str, Any]:
    """Remove what is older than the retention of quarantine and captured requests, and write reports/expiry.json.

    It is written also where nothing went.
    """
    now = files.now()
    kept = sorted(path for path in _rows(captured) if path.is_file())
    old = [path for path in kept if data.retention_days is not None and _days(path, now) > data.retention_days]
    removed = [{"path": path.as_posix(), "sha256": files.sha256_file(path), "days": _days(path, now)} for path in old]
    for path in old:
        path.unlink()
    told = {"schema": 1, "made": now, "retention_days": data.retention_days, "looked_at": len(kept), "removed": removed}
    files.write_json(REPORT, told)
    return told


def _rows(captured: Path) -> Iterator[Path]:
    yield from QUARANTINE.rglob("*")
    for pattern in OF_THE_SERVER:
        yield from captured.glob(pattern)


def _days(path: Path, now: datetime) -> float:
    return round((now - datetime.fromtimestamp(path.stat().st_mtime, UTC)).total_seconds() / 86_400, 1)
