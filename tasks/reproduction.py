"""Whether a version can be built again: what it was made from, what came out then, and what comes out now."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from config.errors import GateRefused, IntegrityAlarm
from tasks import files
from tasks.ledger import Decision, Kind
from tasks.registry import Version
from tasks.stores import Stores

SCHEMA = 1
REPORTS = Path("reports/reproductions")
ACCOUNT, EVALUATION = "training/training.json", "evaluation/evaluation.json"


@dataclass(frozen=True)
class Record:
    """What a version was made from, and what training and evaluation said of it."""

    version: Version
    commit: str
    data_revision: str
    training: Mapping[str, Any]
    evaluation: Mapping[str, Any]

    @property
    def trial(self) -> dict[str, Any] | None:
        """The winner's trial, where the search cannot be repeated: it was cut by the clock, or went on in pieces."""
        return self.training["winner"] if why_not_searched(self.training) else None


@dataclass(frozen=True)
class Same:
    """What was then, what is now, and whether that is the same."""

    expected: Any
    seen: Any

    @property
    def same(self) -> bool:
        """Whether both are known and equal."""
        return self.expected is not None and self.expected == self.seen


@dataclass(frozen=True)
class Figure:
    """A metric then and now, and how far apart they may be."""

    expected: float | None
    seen: float | None
    tolerance: float
    within: bool


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """What came of building a version again."""

    version: int
    made: datetime
    passed: bool
    exact: bool
    because: str
    digest: dict[str, str | None]
    parts: dict[str, dict[str, Any]]
    metrics: dict[str, Figure]
    inputs: dict[str, dict[str, Any]]
    differs: tuple[str, ...]
    search: str
    seconds: float
    commit: str
    entry: int | None = None
    schema: int = field(default=SCHEMA)


def why_not_searched(training: Mapping[str, Any]) -> str:
    """Say why a search cannot be repeated trial by trial; empty where it can."""
    study = training["study"]
    if study["trials"] < study["wanted"]:
        return f"the clock cut the search after {study['trials']} of {study['wanted']} trials"
    return f"the search went on after {study['resumed_trials']} trials of a run before" if study["interrupted"] else ""


def recall(number: int, stores: Stores, *, workplace: Path) -> Record:
    """Find out what a version was made from; what is not on record is refused (GateRefused, IntegrityAlarm)."""
    version, decision = stores.registry.version(number), _decision(number, stores)
    if version.digest != decision.model_digest:
        raise IntegrityAlarm(
            f"version {number} has the digest {version.digest}, and the ledger says {decision.model_digest}",
            expected="one and the same", next_step="lifecycle verify",
        )  # fmt: skip
    commit, revision = version.tags.get("commit", ""), version.tags.get("data_revision", "")
    if version.tags.get("dirty") != "false" or not commit:
        raise GateRefused(
            f"version {number} was trained from {'a tree with changes in no commit' if commit else 'no commit'}",
            expected="a version whose every line of code and configuration is in git",
            next_step="commit, then `lifecycle run --force`, and reproduce the version that it makes",
        )  # fmt: skip
    training = _told(version, ACCOUNT, stores, workplace)
    if (training["run_id"], training["model_digest"]) != (version.run_id, version.digest) or "winner" not in training:
        raise IntegrityAlarm(
            f"the account of training in run {version.run_id} speaks of another model",
            expected="the account of the run that made the version", next_step="lifecycle verify",
        )  # fmt: skip
    return Record(version, commit, revision, training, _told(version, EVALUATION, stores, workplace))


def _decision(number: int, stores: Stores) -> Decision:
    """Give the last decision about a version (GateRefused)."""
    said = [e for e in stores.trusted() if e.kind == Kind.DECISION and e.body.get("version") == number]
    if not said:
        raise GateRefused(
            f"the ledger holds no decision about version {number}", expected="a version that a gate decided about",
            next_step="lifecycle ledger",
        )  # fmt: skip
    return Decision.read(said[-1].body)


def _told(version: Version, name: str, stores: Stores, workplace: Path) -> dict[str, Any]:
    """Read a report that training or evaluation kept with the run (GateRefused)."""
    folder, file = name.split("/")
    address = stores.registry.address(version.run_id, folder)
    try:
        return files.read_json(stores.registry.fetch(address, workplace / "told" / folder) / file)
    except Exception as error:
        raise GateRefused(
            f"run {version.run_id} of version {version.number} keeps no {name}: {error}",
            expected="the account that training keeps with its run",
            next_step="`lifecycle run --force` makes a version that can be reproduced",
        ) from error


def verdict(record: Record, built: Mapping[str, Any], *, tolerance: float, seconds: float) -> Reproduction:
    """Compare what was built with what is recorded: exact if every digest is, else by metrics within the tolerance."""
    expected, seen = str(record.training["content_digest"]), built.get("content_digest")
    parts, metrics = _parts(record, built), _metrics(record, built, tolerance)
    inputs = _inputs(record, built)
    exact = seen == expected and bool(parts) and all(part.same for part in parts.values())
    close = bool(metrics) and all(figure.within for figure in metrics.values())
    differing = [name for name, one in inputs.items() if not one.same]
    differing += [f"the {name} rows" for name, one in parts.items() if not one.same]
    why_not = why_not_searched(record.training)
    return Reproduction(
        version=record.version.number, made=files.now(), passed=exact or close, exact=exact,
        because=_words(exact, close, metrics, built),
        digest={"expected": expected, "seen": seen}, parts={n: _plain(p) for n, p in parts.items()}, metrics=metrics,
        inputs={n: _plain(i) for n, i in inputs.items()}, differs=tuple(differing),
        search=f"not repeated: {why_not}; the recorded trial was fitted" if why_not else "repeated",
        seconds=round(seconds, 1), commit=record.commit,
    )  # fmt: skip


def _plain(one: Same) -> dict[str, Any]:
    return {"expected": one.expected, "seen": one.seen, "same": one.same}


def _words(exact: bool, close: bool, metrics: Mapping[str, Figure], built: Mapping[str, Any]) -> str:
    if exact:
        return "the parts of the data and the model are the same, byte for byte"
    if close:
        return "the bytes differ, and every metric is within its tolerance"
    if "failed" in built:
        return f"it could not be built: {built['failed']}"
    far = [f"{name} {f.expected} then, {f.seen} now" for name, f in metrics.items() if not f.within]
    return f"out of tolerance: {'; '.join(far[:5])}"


def _parts(record: Record, built: Mapping[str, Any]) -> dict[str, Same]:
    then = {**record.training["data_sha256"], "promotion": record.evaluation["promotion_sha256"]}
    now = built.get("parts", {})
    return {name: Same(digest, now.get(name)) for name, digest in sorted(then.items())}


def _metrics(record: Record, built: Mapping[str, Any], tolerance: float) -> dict[str, Figure]:
    then = dict(record.training["metrics"]) | evaluated(record.evaluation)
    return {name: _figure(value, built.get("metrics", {}).get(name), tolerance) for name, value in sorted(then.items())}


def evaluated(evaluation: Mapping[str, Any]) -> dict[str, float | None]:
    """Give the metrics of the promotion rows by name."""
    return {f"promotion_{name}": figure["value"] for name, figure in evaluation["metrics"].items()}


def _figure(then: float | None, now: float | None, tolerance: float) -> Figure:
    """Hold two figures against each other; the tolerance is relative where the figure is greater than one."""
    then, now = (value if value is not None and math.isfinite(value) else None for value in (then, now))
    if then is None or now is None:
        return Figure(then, now, tolerance, within=then is now)
    allowed = tolerance * max(1.0, abs(then))
    return Figure(then, now, allowed, within=abs(then - now) <= allowed)


def _inputs(record: Record, built: Mapping[str, Any]) -> dict[str, Same]:
    """Compare all that the model was made from, and in."""
    tags, then = record.version.tags, record.training["surroundings"]
    now = built.get("surroundings", {})
    names = ("python", "machine", "threads")
    return {
        "commit": Same(record.commit, built.get("commit")),
        "data": Same(record.data_revision, built.get("data_revision")),
        "parameters": Same(tags.get("params_sha256"), built.get("params_sha256")),
        "lock": Same(tags.get("lock_sha256"), built.get("lock_sha256")),
        **{name: Same(then[name], now.get(name)) for name in names},
        **{name: Same(v, now.get("libraries", {}).get(name)) for name, v in then["libraries"].items()},
    }
