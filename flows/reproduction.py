"""`lifecycle reproduce VERSION`: builds a version again from its commit and its data, and compares what comes out."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import IntegrityAlarm
from config.settings import Settings
from flows import ending_early, operating, progress
from flows.rebuild import BUILT, REQUEST
from tasks import checkouts, files, reproduction, settlement, tracking
from tasks.content import content_digest
from tasks.ledger import Decision, Kind
from tasks.reproduction import REPORTS, Record, Reproduction
from tasks.stores import Stores, open_stores

if TYPE_CHECKING:
    from rich.console import RenderableType

PLACE = Path(".lifecycle/reproductions")
PSEUDONYMS = Path(".lifecycle/keys/pseudonyms.key")  # without it protected columns come out otherwise
LEAST_SECONDS, TIMES_AS_LONG = 1800.0, 10.0
# What would lead the child to the project's own stores.
OURS = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_NAME", "PREFECT_API_URL", "PYTHONPATH")
SCRATCH = {
    "LIFECYCLE_RUNTIME__TRACKING_URI": "sqlite:///mlflow.db",
    "LIFECYCLE_RUNTIME__ARTIFACT_LOCATION": "mlartifacts",
    "LIFECYCLE_RUNTIME__LEDGER": "ledger",
    "LIFECYCLE_RUNTIME__PREFECT_API_URL": "''",
    "PREFECT_HOME": ".lifecycle/prefect",
}


def reproduce(settings: Settings, number: int) -> Reproduction:
    """Build a version again, compare, and record what came of it (GateRefused, IntegrityAlarm, LifecycleError)."""
    start, place = time.monotonic(), PLACE / str(number)
    with operating.one_at_a_time(PLACE / "lock"), ending_early.softly(), progress.shown() as journal:
        journal.say(f"Version {number}: read its record")
        stores = open_stores(settings)
        try:
            record = recall(number, stores, place.with_name(f"{number}-told"))
            built = build(record, place, journal)
        finally:
            shutil.rmtree(place.with_name(f"{number}-told"), ignore_errors=True)
        tolerance = settings.policy.reproduction.tolerance
        seconds = time.monotonic() - start
        return keep(reproduction.verdict(record, built, tolerance=tolerance, seconds=seconds), stores)


def recall(number: int, stores: Stores, workplace: Path) -> Record:
    """Read what the version was made from, and see that its files are those that were decided on."""
    record = reproduction.recall(number, stores, workplace=workplace)
    decided = [e for e in stores.trusted() if e.kind == Kind.DECISION and e.body.get("version") == number]
    package = settlement.fetch_verified(record.version, Decision.read(decided[-1].body), stores)
    if content_digest(package.folder) != record.training["content_digest"]:
        raise IntegrityAlarm(
            f"the account of training of version {number} speaks of another model than its package holds",
            expected="an account as training wrote it", next_step="lifecycle verify",
        )  # fmt: skip
    return record


def build(record: Record, place: Path, journal: progress.Journal) -> dict[str, Any]:
    """Lay out commit and data, and let the code of that commit build the model in a process of its own."""
    with checkouts.worktree(record.commit, place) as root:
        journal.say(f"Commit {record.commit[:12]} and data {record.data_revision[:12]} laid out")
        checkouts.lay_out(record.data_revision, root / "data" / "landed")
        if PSEUDONYMS.exists():
            files.write_bytes_atomically(root / PSEUDONYMS, PSEUDONYMS.read_bytes(), mode=0o600)
        if why := reproduction.why_not_searched(record.training):
            journal.say(f"The search is not repeated: {why}; the recorded trial is fitted")
        files.write_json(root / REQUEST, {"parent": os.getpid(), "trial": record.trial})
        ended = _run(root, max(LEAST_SECONDS, TIMES_AS_LONG * float(record.training["wall_seconds"])))
        built = files.read_json(root / BUILT) if (root / BUILT).exists() else {"failed": ended}
    return built | {"data_revision": record.data_revision, "lock_sha256": tracking.provenance().lock_sha256}


def _run(root: Path, seconds: float) -> str:
    """Run the program of the checked-out commit; it and all that it starts are gone afterwards."""
    kept = {k: v for k, v in os.environ.items() if k not in OURS and not k.startswith("LIFECYCLE_")}
    scratch = SCRATCH | {"PREFECT_HOME": str((root / SCRATCH["PREFECT_HOME"]).resolve())}
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.rebuild"], cwd=root, env=kept | scratch, stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno() if _has_descriptor(sys.stderr) else subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        return f"its program ended with exit code {process.wait(seconds)}"
    except subprocess.TimeoutExpired:
        return f"it took longer than {seconds:.0f} s"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _has_descriptor(stream: Any) -> bool:
    try:
        stream.fileno()
    except (OSError, AttributeError):
        return False
    return True


def keep(told: Reproduction, stores: Stores) -> Reproduction:
    """Write it into the ledger and beside the reports."""
    body = {name: value for name, value in files.plain(told).items() if name != "entry"}
    told = replace(told, entry=stores.record(Kind.REPRODUCTION, body).number)
    files.write_json(REPORTS / f"{told.version}.json", told)
    return told


def words(told: Reproduction) -> "Iterable[RenderableType]":
    """Show what was compared, and the next command."""
    from rich.text import Text

    from flows.show import table

    rows: list[tuple[object, ...]] = [("model", _short(told.digest["expected"]), _short(told.digest["seen"]), "")]
    rows += [(f"{name} rows", _short(p["expected"]), _short(p["seen"]), "") for name, p in told.parts.items()]
    rows = [(what, then, now, "same" if then == now else "differs") for what, then, now, _ in rows]
    rows += [
        (name, _figure(f.expected), _figure(f.seen), "within" if f.within else f"more than {f.tolerance:g} apart")
        for name, f in told.metrics.items()
    ]
    rows += [(name, _short(i["expected"]), _short(i["seen"]), "differs") for name, i in told.inputs.items()
             if not i["same"]]  # fmt: skip
    yield table(("what", "then", "now", ""), rows)
    yield Text(f"version {told.version} {'is' if told.passed else 'is NOT'} reproduced: {told.because}")
    yield Text(f"search: {told.search}; {told.seconds:.0f} s; ledger entry {told.entry}")
    if told.differs:
        yield Text(f"differs: {', '.join(told.differs)}")
    yield Text(f"report: {REPORTS / f'{told.version}.json'}")
    yield Text("next: lifecycle status" if told.passed else f"next: {_next(told)}")


def _next(told: Reproduction) -> str:
    inputs = [name for name, one in told.inputs.items() if not one["same"]]
    if inputs:
        return f"make the environment as it was then ({', '.join(inputs[:5])}), and run the command again"
    return "find out what in training is not decided by its inputs: seeds, order, clocks, threads"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.6f}"


def _short(value: Any) -> str:
    return "-" if value is None else str(value)[:16]
