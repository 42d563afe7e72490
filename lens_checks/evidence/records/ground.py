"""What the project stands on: clock, repository, environment, pipeline, orchestration, storage, exposure."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Clock(Record):
    """The time of the review, UTC."""

    now: datetime


@dataclass(frozen=True, kw_only=True)
class Repository(Record):
    """Version control: what is committed, what changed since, what CI runs."""

    commit: str
    dirty: bool
    changed: tuple[str, ...]  # tracked files that differ from the commit, at most 20
    tracked: frozenset[str]
    author: str
    ci_files: tuple[str, ...]  # CI definitions that are tracked
    ci_commands: str  # their text, joined: what CI runs
    ignored_secrets: bool  # keys, stores and ledgers are out of version control


@dataclass(frozen=True, kw_only=True)
class Environment(Record):
    """The interpreter and its packages against the lock; each tuple holds at most 20 names."""

    python: str
    platform: str
    machine: str
    cpus: int
    threads: str
    uid: int
    lock_file: str
    lock_sha256: str
    pins: int
    unhashed: tuple[str, ...]  # pins without a hash
    with_urls: tuple[str, ...]  # pins that name a URL instead of a version
    installed: int
    not_in_lock: tuple[str, ...]
    other_version: tuple[str, ...]  # "name 1.2, lock says 1.3"
    elsewhere: tuple[str, ...] = ()  # packages that were installed from an address or a folder
    indexes: tuple[str, ...] = ()  # where packages come from, as the tools are told


@dataclass(frozen=True, kw_only=True)
class LicenceInventory(Record):
    """The licence families of every installed package: alternatives, each of them families that hold together."""

    licences: dict[str, tuple[tuple[str, ...], ...]]

    def outside(self, accepted: frozenset[str]) -> dict[str, str]:
        """Give the packages none of whose alternatives is accepted, with what they say in words."""
        outside = {n: a for n, a in self.licences.items() if not any(accepted.issuperset(families) for families in a)}
        return {n: " or ".join(" and ".join(families) for families in a) or "untold" for n, a in outside.items()}


@dataclass(frozen=True, kw_only=True)
class PathMode(Record):
    """The permissions of a path; `mode` is the octal string of its last nine bits, "0700"."""

    path: str
    mode: str
    world_readable: bool
    world_writable: bool


@dataclass(frozen=True, kw_only=True)
class SecretFinding(Record):
    """Something that looks like a secret; the value itself is not kept."""

    path: str
    line: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class Exposure(Record):
    """What could be read or run by whom: a secret scan, the modes of key folders and files, the uid."""

    scanned_files: int
    secrets: tuple[SecretFinding, ...]
    modes: tuple[PathMode, ...]  # .lifecycle, its keys, data folders, ledger, mlflow.db: those that exist
    uid: int
    inside_container: bool


@dataclass(frozen=True, kw_only=True)
class StageFile(Record):
    """A dependency or output as dvc.lock records it, and its digest on disk now (None: it is not there)."""

    path: str
    recorded: str | None
    on_disk: str | None
    cached: bool | None = None  # the recorded content lies in DVC's cache
    sealed: bool | None = None  # and nobody may write to it there

    @property
    def current(self) -> bool:
        """True when the content on disk is what was recorded."""
        return self.recorded is not None and self.recorded == self.on_disk


@dataclass(frozen=True, kw_only=True)
class Stage(Record):
    """A stage of the pipeline; `params_current` says whether the values recorded are those configured now."""

    name: str
    command: str
    deps: tuple[StageFile, ...]
    outs: tuple[StageFile, ...]
    params: dict[str, object]
    params_current: bool
    recorded: bool  # dvc.lock knows the stage

    @property
    def current(self) -> bool:
        """True when nothing the stage reads or wrote has changed since it ran."""
        files = (*self.deps, *self.outs)
        return self.recorded and self.params_current and all(f.current for f in files)


@dataclass(frozen=True, kw_only=True)
class Pipeline(Record):
    """The DVC pipeline: its stages, and the snapshots added by hand (data/landed), by path."""

    stages: dict[str, Stage]
    snapshots: dict[str, StageFile]
    remote: str | None


@dataclass(frozen=True, kw_only=True)
class Retrieval(Record):
    """What keeps a data revision from being brought back, by revision; empty where nothing does."""

    remote: str | None  # where DVC pushes to; None: only the project's own cache is there
    faults: dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Authorship(Record):
    """Who wrote the commit that a model was trained from: names and addresses, none where git does not know."""

    commit: str | None
    authors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Deployment(Record):
    """A deployment registered in Prefect."""

    name: str
    flow: str
    paused: bool
    schedules: tuple[str, ...]  # cron or interval, in words; only active ones
    concurrency_limit: int | None
    tags: tuple[str, ...] = ()
    work_pool: str | None = None  # None: the project serves it itself


@dataclass(frozen=True, kw_only=True)
class FlowRun(Record):
    """A flow run in Prefect."""

    id: str
    name: str
    flow: str
    state: str
    deployment: str | None
    started: datetime | None
    ended: datetime | None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Orchestration(Record):
    """What Prefect knows: deployments, and the newest flow runs; of a server those that were metered."""

    deployments: tuple[Deployment, ...]
    flow_runs: tuple[FlowRun, ...]

    def scheduled(self, word: str) -> tuple[str, ...]:
        """Name the deployments in force whose flow or name holds a word, with their schedules."""
        named = [d for d in self.deployments if word in f"{d.flow} {d.name}".lower() and not d.paused]
        return tuple(f"{d.name} ({', '.join(d.schedules)})" for d in named if d.schedules)


@dataclass(frozen=True, kw_only=True)
class StoredFile(Record):
    """A file under data/; compression is that of a Parquet file's first column."""

    path: str
    size: int
    sha256: str
    modified: datetime
    compression: str | None = None


@dataclass(frozen=True, kw_only=True)
class Storage(Record):
    """The files under data/ that hold rows, and the bytes of the sources they came from, if known."""

    files: tuple[StoredFile, ...]
    source_bytes: int | None = None
