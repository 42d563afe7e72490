"""The profile of the workload: what the run measured of a version, beside what the charter aims at."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from config.settings import Charter
from tasks import files, history
from tasks.ledger import Entry
from tasks.packaging import Package
from tasks.registry import Version
from tasks.trial import Trial

WORKLOAD = "workload.json"
DAY = 86_400.0


def write(
    version: Version, package: Package, seen: Trial, *, charter: Charter, entries: Sequence[Entry], reports: Path
) -> Path:
    """Write reports/workload.json: sizes in MiB, latencies in ms, requests a second, days between models."""
    made = files.now()
    current = {
        "artifact_mib": sum(int(file["size"]) for file in package.files) / 2**20,
        "p50_ms": seen.server.p50_ms,
        "p95_ms": seen.server.p95_ms,
        "throughput": _throughput(seen),
        "memory_mib": seen.server.rss_mib,
        "retrain_days": _since_the_last(entries, made),
    }
    body = {"schema": 1, "made": made, "version": version.number, "digest": package.digest, "current": current}
    return files.write_json(reports / WORKLOAD, body | {"target": targets(charter)})


def targets(charter: Charter) -> dict[str, Any]:
    """Give every figure that is aimed at, with its reason; none that nobody stated."""
    usage, profile = charter.usage, charter.workload
    told = {} if profile is None else dict(profile)
    if usage is not None:
        told |= {"p50_ms": usage.levels.p50_ms, "p95_ms": usage.levels.p95_ms, "throughput": usage.peak}
    return {name: agreed for name, agreed in told.items() if agreed is not None}


def _throughput(seen: Trial) -> float | None:
    """Give the most requests that a step of the load had answered in a second."""
    steps = seen.load.steps if seen.load else ()
    return max((step.requests / step.seconds for step in steps if step.seconds > 0), default=None)


def _since_the_last(entries: Sequence[Entry], now: datetime) -> float | None:
    """Give the days since a model was let in last; None where this is the first."""
    moved = [entry for entry in history.moves(entries, "staging") if entry.kind == "done"]
    return (now - datetime.fromisoformat(moved[-1].time)).total_seconds() / DAY if moved else None
