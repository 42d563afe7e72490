"""The account of a run: its phases as records, as reports/run.json, and as the table that people see."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from rich.table import Table

from tasks import files

SCHEMA = 1
RUN = Path("reports/run.json")
REPORT = "reports/review.html"
FOLDER = "review"  # of a run's artefacts
COUNTED = {"met": "met", "not_met": "not met", "unknown": "unknown", "attested": "attested"}


@dataclass(frozen=True)
class PhaseReport:
    """One phase of a run: what was done, the practices of its checkpoint by verdict, and how long it took."""

    phase: str
    did: str
    skipped: bool
    counts: Mapping[str, int]
    seconds: float
    cpu_seconds: float = 0.0  # of this process and of those that it started and that have ended


@dataclass(frozen=True)
class RunReport:
    """A run from its cause to its outcome: complete, refused, failed, or nothing to do."""

    made: datetime
    outcome: str
    because: str
    phases: tuple[PhaseReport, ...]
    cause: str
    flow_run_id: str | None
    fingerprint: str  # of configuration, code and lock
    report: str
    next_step: str
    seconds: float
    schema: int = field(default=SCHEMA)

    @classmethod
    def of(cls, outcome: str, because: str, *, cause: str, start: float, journal: "Kept | None" = None) -> "RunReport":
        """Give the account of what a journal kept, since `start` on the monotonic clock."""
        return cls(
            made=files.now(),
            outcome=outcome,
            because=because,
            phases=tuple(journal.phases) if journal else (),
            cause=cause,
            flow_run_id=journal.flow_run_id if journal else None,
            fingerprint=journal.fingerprint if journal else "",
            report=REPORT,
            next_step="lifecycle plan" if outcome == "refused" else "lifecycle status",
            seconds=round(time.monotonic() - start, 2),
        )


class Registry(Protocol):
    """Where a review is kept, and named on the versions that it speaks of."""

    def store_file(self, path: Path, *, run_id: str, folder: str) -> str:
        """Store a file among a run's artefacts and give the link by which MLflow's pages show it."""

    def describe(self, run_id: str, text: str) -> None:
        """Describe the versions that were made from a run."""


def keep_review(registry: Registry, *, run_id: str, reports: Iterable[Path]) -> None:
    """Keep the review with the run that made the model, and let the description of its version link it."""
    links = [f"[{path.name}]({registry.store_file(path, run_id=run_id, folder=FOLDER)})" for path in reports]
    address = f"`mlflow artifacts download -u runs:/{run_id}/{FOLDER}`"
    registry.describe(run_id, f"Reviewed by the lens: {', '.join(links)}, or {address}.")


class Kept(Protocol):
    """What is kept of a run while it goes on."""

    phases: list[PhaseReport]
    flow_run_id: str | None
    fingerprint: str


def write_run(report: RunReport) -> Path:
    """Write reports/run.json."""
    return files.write_json(RUN, report)


def phase_table(phases: Iterable[PhaseReport]) -> Table:
    """Show the phases, one a line; the counts are those of the phase's checkpoint."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("phase", no_wrap=True)
    table.add_column("what was done", ratio=1, overflow="fold")
    for title in COUNTED.values():
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    for phase in phases:
        counts = [str(phase.counts[key]) if key in phase.counts else "-" for key in COUNTED]
        table.add_row(phase.phase, phase.did, *counts, duration(phase.seconds))
    return table


def duration(seconds: float) -> str:
    """Write a time as people read it: 0.4 s, 12 s, 3 min 05 s."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
