"""What became of the mutants of a file, and where that is kept, so that a run that is ended goes on from there."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from mutation.plan import Plan

FOLDER = ".mutation"


@dataclass(frozen=True)
class Tried:
    """A mutant and what became of it."""

    function: str
    line: int
    operator: str
    mutation: str
    outcome: str  # killed, survived, timeout


@dataclass(frozen=True, kw_only=True)
class FileResult:
    """What became of the mutants of a file."""

    file: str
    source: str  # sha256 of the text that was mutated
    seconds: float
    tried: tuple[Tried, ...]
    whole: bool = True  # False where not every mutant was tried

    def count(self, outcome: str) -> int:
        """Count the mutants with an outcome."""
        return sum(one.outcome == outcome for one in self.tried)

    @property
    def score(self) -> float:
        """The share of mutants that were noticed."""
        return 1 - self.count("survived") / len(self.tried) if self.tried else 1.0


def saved(plan: Plan, file: str) -> FileResult | None:
    """Give the result of the last run for a file as it stands, if there is one."""
    path = _path(plan, file)
    if not path.exists():
        return None
    read = json.loads(path.read_text(encoding="utf-8"))
    if read["source"] != sha256(plan.root / file):
        return None
    return FileResult(**read | {"tried": tuple(Tried(**one) for one in read["tried"])})


def save(plan: Plan, result: FileResult) -> None:
    """Keep a result, whole or not at all."""
    path = _path(plan, result.file)
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(asdict(result), indent=1), encoding="utf-8")
    beside.replace(path)


def sha256(path: Path) -> str:
    """Give the digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _path(plan: Plan, file: str) -> Path:
    return plan.root / FOLDER / f"{file.replace('/', '.')}.json"
