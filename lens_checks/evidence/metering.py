"""Read what the phases of runs took, and whether the log of the last one is whole."""

import json
from dataclasses import replace
from pathlib import Path

from lens_checks.evidence.place import Malformed, NoEvidence, Place, read_record
from lens_checks.evidence.records.metering import LogOfRun, Metering

LOGS = ".lifecycle/logs"
HOW = "run `lifecycle run`: it meters its phases"


def metering(place: Place) -> Metering:
    """Read the book of all phases, and the log of the last run that is in it."""
    book = read_record(Metering, place.root / "reports/metering.json", HOW)
    if not book.lines:
        raise NoEvidence(f"no phase was metered: {HOW}")
    run = book.lines[-1].run
    return replace(book, log=_log(place.root / LOGS / f"{Path(run).name}.jsonl", run))


def _log(path: Path, run: str) -> LogOfRun | None:
    if not path.is_file():
        return None
    try:
        lines = [json.loads(line) for line in path.read_bytes().splitlines()]
        numbers = {int(line["n"]) for line in lines}
        begun, done, ended = (
            tuple(str(line["phase"] or line["text"]) for line in lines if line["kind"] == kind)
            for kind in ("phase", "done", "ended")
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed(f"{path.as_posix()} is no log: {error}") from None
    missing = max(numbers, default=0) - len(numbers)
    return LogOfRun(
        run=run, lines=len(lines), missing=missing, begun=begun, done=done, ended=ended[-1] if ended else None
    )
