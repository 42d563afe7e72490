"""What a later phase found and an earlier one is to know: reports/findings, a file for each refused evaluation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tasks import files

FINDINGS = Path("reports/findings")
SOURCE, TO = "evaluation", "data preparation"


@dataclass(frozen=True)
class Finding:
    """Why an evaluation refused a model, by the ledger's decision; `closed` is the decision that passed since."""

    made: datetime
    source: str
    to: str
    decision: int
    run_id: str | None
    because: tuple[str, ...]
    closed: int | None = None
    schema: int = 1


def leave(decision: int, because: Iterable[str], *, run_id: str | None, folder: Path = FINDINGS) -> Finding:
    """Leave word for data preparation of what an evaluation refused."""
    finding = Finding(files.now(), SOURCE, TO, decision, run_id, tuple(because))
    files.write_json(_path(decision, folder), finding)
    return finding


def waiting(folder: Path = FINDINGS) -> list[Finding]:
    """Give the findings that no passed decision has closed, oldest first."""
    found = [_finding(files.read_json(path)) for path in sorted(folder.glob("[0-9]*.json"))]
    return [finding for finding in found if finding.closed is None]


def close(decision: int, folder: Path = FINDINGS) -> None:
    """Close what waits: an evaluation passed."""
    for finding in waiting(folder):
        files.write_json(_path(finding.decision, folder), replace(finding, closed=decision))


def _path(decision: int, folder: Path) -> Path:
    return folder / f"{decision:06d}.json"


def _finding(values: dict[str, Any]) -> Finding:
    made, because = datetime.fromisoformat(values["made"]), tuple(values["because"])
    return Finding(**values | {"made": made, "because": because})
