"""Batch scoring: chunk by chunk into parts that are whole or absent, then one file that appears at once.

Several chunks are in work at a time, a thread and a processor each, while the parts that are done are put together.
Whatever ends the process, the same command goes on after the last whole part and leaves the same bytes: the time of the
answers, like everything that they depend on, is written down before the first row is scored.
"""

import contextlib
import io
import itertools
import os
import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from config.errors import ConfigError, LifecycleError
from tasks import answers, conformity, files, locks
from tasks.conformity import Fault
from tasks.encoding import Columns, Matrix
from tasks.failpoints import failpoint
from tasks.inference import Inference
from tasks.streams import Chunk, Source
from tasks.surroundings import processors

FORMATS = (".parquet", ".csv")
PATIENCE_SECONDS = 1.0
IN_CACHE = 8_192  # rows
AT_ONCE = processors()  # chunks in work: each keeps one busy
Told = Callable[[int, int, float], None]  # rows so far, refused of them, seconds


@dataclass(frozen=True)
class Job:
    """What a batch depends on: the same job leaves the same bytes."""

    output: Path
    source: Source
    inference: Inference
    version: int
    package_digest: str
    keys: tuple[str, ...]
    at: str
    registry_silent: str = ""

    @property
    def identity(self) -> str:
        """Tell this job from any other, apart from its time."""
        about = [self.source.identity, self.package_digest, self.version, self.inference.form, self.keys]
        return files.sha256_json([*about, self.output.suffix])

    @property
    def workplace(self) -> Path:
        """Where its parts lie until they are one file."""
        return self.output.with_name(f".{self.output.name}.job")

    @property
    def account(self) -> Path:
        """What tells of the finished job, beside its output."""
        return self.output.with_name(f"{self.output.name}.json")

    @property
    def faults(self) -> Path:
        """The side file of the rows that were not scored."""
        return self.output.with_name(f"{self.output.name}.faults.csv")


@dataclass(frozen=True)
class Scored:
    """What came of a batch."""

    output: str
    rows: int
    scored: int
    refused: int
    reasons: Mapping[str, int]
    faults: str | None
    model: str
    version: int
    form: str
    scored_at: str
    sha256: str
    seconds: float
    rows_per_second: float
    resumed_rows: int
    changed: bool = True
    identity: str = ""
    registry_silent: str = ""  # why the registry did not answer: the model came from this disk then
    schema: int = 1


@dataclass
class _Tally:
    """Rows of the parts so far."""

    parts: int = 0
    rows: int = 0  # lines that are no rows among them
    refused: int = 0
    resumed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, part: Mapping[str, Any], *, resumed: bool) -> None:
        """Count a part."""
        self.parts += 1
        self.rows += part["rows"]
        self.refused += part["refused"]
        self.resumed += part["rows"] if resumed else 0
        self.reasons.update(part["reasons"])


def score(job: Job, *, state: Path, told: Told) -> Scored:
    """Score a batch, or go on with one that was interrupted; one that is finished and unchanged is left alone."""
    if job.output.suffix not in FORMATS:
        raise ConfigError(f"{job.output} has no format", expected=f"a name that ends in {' or '.join(FORMATS)}")
    if {path.resolve() for path in job.source.files} & {job.output.resolve(), job.faults.resolve()}:
        raise ConfigError(f"{job.output} would take the place of what is to be scored", expected="another OUT")
    place = files.sha256_bytes(str(job.output.resolve()).encode())[:16]
    lock = state / "batches" / f"{place}.lock"
    with locks.held(lock, patience_seconds=PATIENCE_SECONDS, by=f"another batch into {job.output}"):
        return _finished(job) or _run(_begun(job), told)


def _finished(job: Job) -> Scored | None:
    if not (job.account.is_file() and job.output.is_file()):
        return None
    account = files.read_json(job.account)
    same = account.get("identity") == job.identity and account.get("sha256") == files.sha256_file(job.output)
    if not same or not job.source.resumable:
        return None
    shutil.rmtree(job.workplace, ignore_errors=True)
    return Scored(**{**account, "changed": False})


def _begun(job: Job) -> Job:
    """Take up the job that lies there, with its time, or lay down a new one."""
    note = job.workplace / "job.json"
    noted = files.read_json(note) if note.is_file() else {}
    before = files.read_json(job.account) if job.account.is_file() else {}
    if noted.get("identity") != job.identity or not job.source.resumable:
        shutil.rmtree(job.workplace, ignore_errors=True)
        at = before["scored_at"] if before.get("identity") == job.identity else job.at
        noted = {"identity": job.identity, "at": at}
        files.write_json(note, noted)
        failpoint("batch.begun")
    return replace(job, at=noted["at"])


def _run(job: Job, told: Told) -> Scored:
    start, tally = time.monotonic(), _Tally()
    parts = _parts(job, tally, told)
    whole = _aside(job.output, lambda to: answers.join(parts, to, job.output.suffix, job.inference.contract))
    return _publish(job, whole, tally, time.monotonic() - start)


def _parts(job: Job, tally: _Tally, told: Told) -> Iterator[bytes]:
    """Give the answers of each part in order, and count and tell what came of it."""
    start = time.monotonic()
    for number, (part, resumed) in enumerate(_made(job)):
        tally.add(part, resumed=resumed)
        told(tally.rows, tally.refused, time.monotonic() - start)
        yield (job.workplace / f"{number:06}.part").read_bytes()


def _made(job: Job) -> Iterator[tuple[dict[str, Any], bool]]:
    """Make the parts that are not there, several at a time; give what is noted of each, and whether it was there."""
    names, first = list(dict.fromkeys([*job.inference.contract.names, *job.keys])), 0
    under_way: deque[Future[tuple[dict[str, Any], bool]]] = deque()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="part") as pool:
        try:
            for number, chunk in enumerate(job.source.chunks(names)):
                under_way.append(pool.submit(_part, job, number, chunk, first=first))
                first += len(chunk.rows)
                if len(under_way) > AT_ONCE:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _part(job: Job, number: int, chunk: Chunk, *, first: int) -> tuple[dict[str, Any], bool]:
    kept = _kept_part(job, number, chunk)
    return kept or _make_part(job, number, chunk, first=first), kept is not None


def _kept_part(job: Job, number: int, chunk: Chunk) -> dict[str, Any] | None:
    """Give what is noted of a part that lies there whole."""
    note = job.workplace / f"{number:06}.json"
    if not note.is_file():
        return None
    part = files.read_json(note)
    whole = all((job.workplace / n).is_file() and files.sha256_file(job.workplace / n) == s
                for n, s in part["files"].items())  # fmt: skip
    return part if whole and (part["source"], part["first"]) == (chunk.source, chunk.first) else None


def _make_part(job: Job, number: int, chunk: Chunk, *, first: int) -> dict[str, Any]:
    checked = conformity.check(chunk.rows, job.inference.contract)
    probabilities = _answers(job.inference, checked.columns, rows=int(checked.fits.sum()))
    table = answers.table(
        probabilities, job.inference.contract, version=job.version, at=job.at,
        rows=first + np.flatnonzero(checked.fits),
        keys=chunk.rows.select([k for k in job.keys if k in chunk.rows.column_names]).filter(pa.array(checked.fits)),
    )  # fmt: skip
    written = {f"{number:06}.part": answers.part_bytes(table)}
    if text := answers.faults_bytes(chunk, checked.faults, first=first):
        written[f"{number:06}.faults"] = text
    for name, content in written.items():
        files.write_bytes_atomically(job.workplace / name, content)
    failpoint("batch.part")
    reasons = Counter(f"{fault.column}: {fault.reason}" for fault in _first_of_each(checked.faults))
    reasons.update(f"line: {words}" for _, words in chunk.broken)
    rows, refused = len(chunk.rows) + len(chunk.broken), len(chunk.broken) + int((~checked.fits).sum())
    part: dict[str, Any] = {"source": chunk.source, "first": chunk.first, "rows": rows, "refused": refused}
    part["reasons"] = dict(reasons)
    part["files"] = {name: files.sha256_bytes(content) for name, content in written.items()}
    files.write_json(job.workplace / f"{number:06}.json", part)
    failpoint("batch.noted")
    return part


def _answers(inference: Inference, columns: Columns, *, rows: int) -> Matrix:
    """Answer so many rows at a time that what is made of them stays in the processor's cache."""
    if rows == 0:
        return np.empty((0, 2))
    slices = [slice(begin, begin + IN_CACHE) for begin in range(0, rows, IN_CACHE)]
    return np.concatenate([inference.predict({name: c[rows] for name, c in columns.items()}) for rows in slices])


def _first_of_each(faults: Sequence[Fault]) -> Iterator[Fault]:
    return (next(group) for _, group in itertools.groupby(faults, key=lambda fault: fault.row))


def _publish(job: Job, whole: Path, tally: _Tally, seconds: float) -> Scored:
    """Let the files appear: the faults first, so that no answer is without them."""
    if tally.refused:
        _appear(_aside(job.faults, lambda to: _join_faults(job, tally.parts, to)), job.faults)
    else:
        job.faults.unlink(missing_ok=True)
    failpoint("batch.faults")
    _appear(whole, job.output)
    failpoint("batch.output")
    done = Scored(
        output=str(job.output), rows=tally.rows, scored=tally.rows - tally.refused, refused=tally.refused,
        reasons=dict(tally.reasons.most_common(20)), faults=str(job.faults) if tally.refused else None,
        model=job.inference.contract.model, version=job.version, form=job.inference.form.value, scored_at=job.at,
        sha256=files.sha256_file(job.output), seconds=round(seconds, 2),
        rows_per_second=round((tally.rows - tally.resumed) / max(seconds, 1e-9)), resumed_rows=tally.resumed,
        identity=job.identity, registry_silent=job.registry_silent,
    )  # fmt: skip
    files.write_json(job.account, done)
    failpoint("batch.account")
    shutil.rmtree(job.workplace, ignore_errors=True)
    return done


def _join_faults(job: Job, parts: int, to: io.BufferedWriter) -> None:
    to.write(answers.FAULTS_HEAD)
    for number in range(parts):
        if (path := job.workplace / f"{number:06}.faults").is_file():
            to.write(path.read_bytes())


def _aside(path: Path, write: Callable[[Any], None]) -> Path:
    """Write a file beside its place (LifecycleError)."""
    aside = path.with_name(f".{path.name}.new")
    try:
        with _told_of_space(path), aside.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside


def _appear(aside: Path, path: Path) -> None:
    with _told_of_space(path):
        aside.replace(path)
        files.sync_folder(path.parent)


@contextlib.contextmanager
def _told_of_space(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LifecycleError(
            f"{path} could not be written: {error.strerror}", expected="a writable folder with free space",
            next_step="free space, then run the same command again: what was scored is not scored twice",
        ) from error  # fmt: skip
