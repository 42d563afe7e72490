"""Milestones: named reviews that cannot be changed, kept beside the runs, each with its digest in the ledger."""

import contextlib
import getpass
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.errors import ConfigError, IntegrityAlarm
from config.settings import Settings
from tasks import files, tracking
from tasks.ledger import Entry, Kind
from tasks.stores import Stores

ARTIFACT = "milestone.json"
TAG = "lifecycle.milestone"
SHORTEST, LONGEST = 3, 100  # as AWS's tool has it


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A milestone as the ledger knows it: its number among the milestones, the run that keeps it, its digest."""

    number: int
    name: str
    made: datetime
    actor: str
    run_id: str
    sha256: str
    counts: dict[str, int]
    entry: int


def keep(settings: Settings, stores: Stores, name: str, review: dict[str, Any]) -> Milestone:
    """Keep a review under a name that is free (ConfigError): a run with the bytes first, then the ledger's entry."""
    name = proper(name)
    _free(name, stores.trusted())
    data = files.canonical(review)
    run_id = _store(settings, name, data)
    body = {
        "name": name, "run_id": run_id, "sha256": files.sha256_bytes(data), "counts": review["counts"],
        "actor": getpass.getuser(),
    }  # fmt: skip
    entry = stores.record(Kind.MILESTONE, body)
    kept = next(found for found in _listed(stores.trusted()) if found.name == name)
    if kept.entry != entry.number:  # another command used the name between our look and our entry
        raise _taken(kept)
    return kept


def listed(stores: Stores) -> tuple[Milestone, ...]:
    """List the milestones, oldest first (IntegrityAlarm where the ledger does not hold)."""
    return tuple(_listed(stores.trusted()))


def read(settings: Settings, stores: Stores, name: str) -> tuple[Milestone, dict[str, Any]]:
    """Read a milestone and its review; one that is gone or was altered is refused (ConfigError, IntegrityAlarm)."""
    known = {found.name: found for found in listed(stores)}
    if name not in known:
        raise ConfigError(
            f"there is no milestone {name!r}",
            expected=f"one of {', '.join(known)}" if known else "a milestone: none was taken yet",
            next_step="lifecycle review --milestones" if known else "lifecycle review --milestone NAME",
        )
    data = _bytes(settings, known[name])
    if files.sha256_bytes(data) != known[name].sha256:
        raise _altered(known[name], "was altered: its bytes are not those of the ledger")
    review: dict[str, Any] = files.parse_json(data)
    return known[name], review


def proper(name: str) -> str:
    """Give a name that may be used: 3 to 100 printable characters, no space at an end (ConfigError)."""
    if SHORTEST <= len(name) <= LONGEST and name.isprintable() and name == name.strip():
        return name
    raise ConfigError(
        f"the name of the milestone is {name[:120]!r}, of {len(name)} characters",
        expected=f"{SHORTEST} to {LONGEST} printable characters, without a space at either end",
        next_step="lifecycle review --milestone go-live",
    )


def _free(name: str, entries: list[Entry]) -> None:
    for found in _listed(entries):
        if found.name.casefold() == name.casefold():
            raise _taken(found)


def _taken(found: Milestone) -> ConfigError:
    return ConfigError(
        f"the name {found.name!r} was used for the milestone of {found.made:%Y-%m-%d %H:%M}",
        expected="a name of its own: a milestone is never written twice",
        next_step="lifecycle review --milestones lists them",
    )


def _listed(entries: list[Entry]) -> Iterator[Milestone]:
    """Give the milestones; of two entries with one name the first counts."""
    seen: set[str] = set()
    for entry in (e for e in entries if e.kind == Kind.MILESTONE):
        if (name := str(entry.body["name"])).casefold() not in seen:
            seen.add(name.casefold())
            made = datetime.fromisoformat(entry.time)
            yield Milestone(number=len(seen), made=made, entry=entry.number, **entry.body)


def _store(settings: Settings, name: str, data: bytes) -> str:
    """Keep bytes as the artefact of a finished run of their own."""
    store = tracking.connect(settings)
    with tracking.in_words(store.uri):
        tags = {TAG: name, "lifecycle.milestone_sha256": files.sha256_bytes(data)}
        run_id = str(store.client.create_run(store.experiment_id, tags=tags, run_name=f"milestone {name}").info.run_id)
        store.client.log_text(run_id, data.decode(), ARTIFACT)
        store.client.set_terminated(run_id)
    return run_id


def _bytes(settings: Settings, milestone: Milestone) -> bytes:
    store = tracking.connect(settings)
    with tempfile.TemporaryDirectory() as folder, tracking.in_words(store.uri), _there(milestone):
        if ARTIFACT not in {item.path for item in store.client.list_artifacts(milestone.run_id)}:
            raise _altered(milestone, "is gone from the tracking store")
        return Path(store.client.download_artifacts(milestone.run_id, ARTIFACT, folder)).read_bytes()


@contextlib.contextmanager
def _there(milestone: Milestone) -> Iterator[None]:
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        raise _altered(milestone, "is gone from the tracking store") from error


def _altered(milestone: Milestone, what: str) -> IntegrityAlarm:
    return IntegrityAlarm(
        f"the milestone {milestone.name!r} {what} (entry {milestone.entry}, run {milestone.run_id})",
        expected=f"the review whose SHA-256 is {milestone.sha256[:12]}…, as it was kept",
        next_step="bring the artefacts of the tracking store back from a backup, and find out who changed them",
    )
