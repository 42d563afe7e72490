"""The two sides of a comparison: the candidate, and the champion as it was promoted, if it still answers."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import ProblemType
from tasks import keys, packaging
from tasks.features import row_fingerprints, typed_frame
from tasks.files import read_json, sha256_file
from tasks.recording import SEEN, SEEN_ROWS
from tasks.registry import Registry, Version
from tasks.statistics import Prediction

ONWARD = (
    "run `lifecycle verify`; put the files back from their last good copy, or run `lifecycle rollback`, which serves "
    "what served before. Where there is neither, take the damaged files away: `lifecycle run` then says how the "
    "approver lets a candidate replace it"
)


class Unscorable(LifecycleError):
    """The champion is there, unchanged as far as it is there at all, and cannot answer any more."""


@dataclass(frozen=True, eq=False)
class Seen:
    """The rows that a model was trained or tuned on, by fingerprint, and the columns that tell them apart."""

    fingerprints: NDArray[np.uint64]
    columns: Mapping[str, str]

    def marks(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Mark the rows that the model saw (LifecycleError where a column is gone)."""
        return np.isin(row_fingerprints(rows, dict(self.columns)), self.fingerprints)


@dataclass(frozen=True, eq=False)
class Candidate:
    """The model that wants to become champion, and the probability from which on it acts."""

    run_id: str
    digest: str
    pipeline: Pipeline
    threshold: float | None = None


@dataclass(frozen=True, eq=False)
class Champion:
    """The model that serves, the rows it was made from, and the probability from which on it acts."""

    version: Version
    pipeline: Pipeline
    seen: Seen
    threshold: float | None

    def answer(self, rows: pd.DataFrame, problem: ProblemType) -> Prediction:
        """Answer rows from the columns that it was fitted on, in its order (LifecycleError where it cannot)."""
        features = {name: self.seen.columns[name] for name in self.pipeline.feature_names_in_}
        said = Prediction.of(self.pipeline, typed_frame(rows, features), problem)
        if not said.finite:
            raise LifecycleError("not every answer is a number")
        return said


@contextlib.contextmanager
def answering(version: Version) -> Iterator[None]:
    """Tell apart why a champion does not answer: changed files are an alarm, whatever else it is, Unscorable."""
    try:
        yield
    except Unscorable:
        raise
    except IntegrityAlarm as alarm:
        raise IntegrityAlarm(alarm.seen, expected=alarm.expected, next_step=ONWARD) from alarm
    except Exception as error:  # whatever stops it from answering, it does not answer
        seen = error.seen if isinstance(error, LifecycleError) else f"{type(error).__name__}: {error}"
        raise Unscorable(f"version {version.number} cannot be scored any more: {seen[:400]}") from error


def fetch_champion(version: Version, registry: Registry, *, workplace: Path) -> Champion:
    """Load the champion from its registered files and read which rows it saw (Unscorable, IntegrityAlarm)."""
    with answering(version):
        if version.digest is None:
            raise IntegrityAlarm(
                f"version {version.number} is champion and carries no digest",
                expected="the digest of the files that were promoted",
            )
        folder = registry.fetch(version.source, workplace / "model")
        packaging.verify(folder, digest=version.digest, keys_folder=keys.KEYS)
        pipeline, contract = _open(folder, version), read_json(folder / packaging.CONTRACT)
        seen = read_seen(version.run_id, registry, workplace=workplace)
        return Champion(version, pipeline, seen, contract.get("threshold"))


def _open(folder: Path, version: Version) -> Any:
    """Load files that are the very ones promoted: where that fails, it is the world around them that has changed."""
    try:
        return packaging.open_model(folder)
    except IntegrityAlarm as error:
        raise Unscorable(f"version {version.number} cannot be scored any more: {error.seen}") from error


def read_seen(run_id: str, registry: Registry, *, workplace: Path) -> Seen:
    """Read which rows a run's model was made from (LifecycleError; a changed list is an IntegrityAlarm)."""
    about = read_json(registry.fetch(registry.address(run_id, SEEN), workplace / run_id / SEEN))
    rows = registry.fetch(registry.address(run_id, SEEN_ROWS), workplace / run_id / SEEN_ROWS)
    if sha256_file(rows) != about["sha256"]:
        raise IntegrityAlarm(
            f"the list of rows that the model of run {run_id} has seen was changed",
            expected=f"a file with digest {about['sha256'][:12]}",
            next_step="run `lifecycle verify`",
        )
    return Seen(np.frombuffer(rows.read_bytes(), dtype="<u8").astype(np.uint64), about["columns"])
