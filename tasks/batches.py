"""Batch scoring: chunk by chunk into parts that are whole or absent, then one file that appears at once.

Whatever ends the process, the same command goes on after the last whole part and leaves the same bytes: the time of the
answers, like everything that they depend on, is written down before the first row is scored.
"""

import io
import itertools
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from config.errors import ConfigError, LifecycleError
from tasks import answers, conformity, files, locks
from tasks.conformity import Fault
from tasks.failpoints import failpoint
from tasks.inference import Inference
from tasks.streams import Chunk, Source

FORMATS = (".parquet", ".csv")
PATIENCE_SECONDS = 1.0
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
    schema: int = 1


@dataclass
class _Tally:
    """Rows of the parts so far."""

    rows: int = 0  # lines that are no rows among them
    parsed: int = 0
    refused: int = 0
    resumed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, part: Mapping[str, Any], *, resumed: bool) -> None:
        """Count a part."""
        self.rows += part["rows"]
        self.parsed += part["parsed"]
        self.refused += part["refused"]
        self.resumed += part["rows"] if resumed else 0
        self.reasons.update(part["reasons"])


def score(job: Job, *, state: Path, told: Told) -> Scored:
    """Score a batch, or go on with one that was interrupted; one that is finished and unchanged is left alone."""
    if job.output.suffix not in FORMATS:
        raise ConfigError(f"{job.output} has no format", expected=f"a name that ends in {' or '.join(FORMATS)}")
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
    return Job(job.output, job.source, job.inference, job.version, job.package_digest, job.keys, noted["at"])


def _run(job: Job, told: Told) -> Scored:
    start, tally = time.monotonic(), _Tally()
    names = list(dict.fromkeys([*job.inference.contract.names, *job.keys]))
    number = -1
    for number, chunk in enumerate(job.source.chunks(names)):
        kept = _kept_part(job, number, chunk)
        tally.add(kept or _make_part(job, number, chunk, first=tally.parsed), resumed=kept is not None)
        told(tally.rows, tally.refused, time.monotonic() - start)
    return _publish(job, number + 1, tally, time.monotonic() - start)


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
    probabilities = job.inference.predict(checked.columns) if checked.fits.any() else np.empty((0, 2))
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
    part: dict[str, Any] = {"source": chunk.source, "first": chunk.first, "rows": rows, "parsed": len(chunk.rows)}
    part |= {"refused": refused, "reasons": dict(reasons)}
    part["files"] = {name: files.sha256_bytes(content) for name, content in written.items()}
    files.write_json(job.workplace / f"{number:06}.json", part)
    failpoint("batch.noted")
    return part


def _first_of_each(faults: Sequence[Fault]) -> Iterator[Fault]:
    return (next(group) for _, group in itertools.groupby(faults, key=lambda fault: fault.row))


def _publish(job: Job, parts: int, tally: _Tally, seconds: float) -> Scored:
    """Make one file of the parts, aside, then let it appear: the faults first, so that no answer is without them."""
    _replace(job.faults, lambda to: _join_faults(job, parts, to) if tally.refused else False)
    failpoint("batch.faults")
    _replace(job.output, lambda to: answers.join(_parts(job, parts), to, job.output.suffix, job.inference.contract))
    failpoint("batch.output")
    done = Scored(
        output=str(job.output), rows=tally.rows, scored=tally.rows - tally.refused, refused=tally.refused,
        reasons=dict(tally.reasons.most_common(20)), faults=str(job.faults) if tally.refused else None,
        model=job.inference.contract.model, version=job.version, form=job.inference.form.value, scored_at=job.at,
        sha256=files.sha256_file(job.output), seconds=round(seconds, 2),
        rows_per_second=round((tally.rows - tally.resumed) / max(seconds, 1e-9)), resumed_rows=tally.resumed,
        identity=job.identity,
    )  # fmt: skip
    files.write_json(job.account, done)
    failpoint("batch.account")
    shutil.rmtree(job.workplace, ignore_errors=True)
    return done


def _parts(job: Job, parts: int) -> Iterator[bytes]:
    for number in range(parts):
        yield (job.workplace / f"{number:06}.part").read_bytes()


def _join_faults(job: Job, parts: int, to: io.BufferedWriter) -> bool:
    to.write(answers.FAULTS_HEAD)
    for number in range(parts):
        if (path := job.workplace / f"{number:06}.faults").is_file():
            to.write(path.read_bytes())
    return True


def _replace(path: Path, write: Callable[[Any], bool]) -> None:
    """Let a file appear whole; where there is nothing to write, one from before goes."""
    aside = path.with_name(f".{path.name}.new")
    try:
        with aside.open("wb") as file:
            wanted = write(file)
            file.flush()
            os.fsync(file.fileno())
        if wanted:
            aside.replace(path)
        else:
            path.unlink(missing_ok=True)
            aside.unlink()
        files.sync_folder(path.parent)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise LifecycleError(
            f"{path} could not be written: {error.strerror}", expected="a writable folder with free space",
            next_step="free space, then run the same command again: what was scored is not scored twice",
        ) from error  # fmt: skip
