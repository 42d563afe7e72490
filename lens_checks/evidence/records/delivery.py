"""How a change gets to where it serves, and back: known runs, source at a commit, endpoint, task policies, backup."""

from dataclasses import dataclass

from lens_checks.evidence.records.base import Record
from lens_checks.evidence.records.proofs import Drill


@dataclass(frozen=True, kw_only=True)
class Backup(Record):
    """The last backup: its account in the shape of a drill, and whether it lies where it was written, unchanged."""

    account: Drill
    folder: str
    intact: bool


@dataclass(frozen=True, kw_only=True)
class TaskPolicy(Record):
    """What a Prefect task is told to do when it fails or hangs."""

    file: str
    name: str
    wraps: str  # what it runs: landing.land, or the name of the function that it decorates
    retries: int
    timeout_seconds: float | None
    conditional: bool  # only what passes by itself is tried again


@dataclass(frozen=True, kw_only=True)
class TaskPolicies(Record):
    """The tasks that move and transform data, as the flow of data preparation declares them."""

    tasks: tuple[TaskPolicy, ...]


@dataclass(frozen=True, kw_only=True)
class KnownRuns(Record):
    """The ids of the flow runs that the orchestrator made: of its server those that were asked about, else all."""

    ids: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class CommittedSource(Record):
    """What the repository holds of the commits that versions name: commit -> SHA-256 of its lock, None without one."""

    locks: dict[str, str | None]  # a commit that the repository does not have is not there


@dataclass(frozen=True, kw_only=True)
class CommittedPipeline(Record):
    """The last commit of dvc.lock: which files in it are not those at hand, and what of the lock it does not hold.

    `strange` names code and parameters that the lock records and that are otherwise in that very commit.
    """

    commit: str | None  # None: dvc.lock was never committed
    differing: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Endpoint(Record):
    """What the champion alias names now: the package as registered, and as it lies in the store (None: not told)."""

    version: int
    package: str | None
    on_disk: str | None
    digest: str | None
