"""Removes what has been kept for as long as config/data.yaml allows, and writes down what went."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.settings import Data
from tasks import files

ROOMS = (Path("data/quarantine"), Path("data/captured"))  # rows that no later landing replaces
REPORT = Path("reports/expiry.json")


def expire(data: Data, *, rooms: Iterable[Path] = ROOMS) -> dict[str, Any]:
    """Remove the files that are older than the retention, and write reports/expiry.json, also where nothing went."""
    now = files.now()
    kept = sorted(path for room in rooms for path in room.rglob("*") if path.is_file())
    old = [path for path in kept if data.retention_days is not None and _days(path, now) > data.retention_days]
    removed = [{"path": path.as_posix(), "sha256": files.sha256_file(path), "days": _days(path, now)} for path in old]
    for path in old:
        path.unlink()
    told = {"schema": 1, "made": now, "retention_days": data.retention_days, "looked_at": len(kept), "removed": removed}
    files.write_json(REPORT, told)
    return told


def _days(path: Path, now: datetime) -> float:
    return round((now - datetime.fromtimestamp(path.stat().st_mtime, UTC)).total_seconds() / 86_400, 1)
