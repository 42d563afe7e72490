"""The whole loop: framing, data preparation, training, evaluation, deployment, and the first window of monitoring."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from prefect import flow, runtime

from config.errors import GateRefused
from config.settings import Settings
from flows import idle, names, progress, review
from flows.handing_in import reviewed
from flows.progress import Entry, journal
from flows.refusals import alarms_recorded
from lens_checks.check import Checkpoint
from lens_checks.gates import GateName, GateOutcome
from tasks import closing, files, findings, housekeeping, janitor, settlement, tracking, versioning, watching
from tasks.failpoints import failpoint
from tasks.stores import open_stores

REPORTS = Path("reports")
PARTS = {"train": "to train", "tune": "to tune", "promotion": "to compare"}


@flow(name="Lifecycle", flow_run_name="Lifecycle of {settings.charter.project}: {cause}", validate_parameters=False)
def lifecycle(
    settings: Settings, *, cause: str, explore: bool = False, force: bool = False, until: date | None = None
) -> None:
    """Take the project through every phase that is not up to date; a gate that refuses ends it (GateRefused)."""
    journal().flow_run_id = str(runtime.flow_run.get_id())
    frame(settings, cause=cause, explore=explore)
    settings = prepare(settings, until=until, force=force, explore=explore, cause=cause)
    train(settings, force=force, cause=cause)
    with reviewed():
        evaluate(settings, force=force, explore=explore, cause=cause)
        deploy(settings, explore=explore, cause=cause)
        watch(settings)


def frame(settings: Settings, *, cause: str, explore: bool) -> None:
    """Judge goal, measures, owners and columns before a row is read; names that are not there end it (ConfigError)."""
    with journal().phase("Framing") as entry:
        names.resolve(settings)
        closing.close(settings.runtime)
        store = tracking.connect(settings)
        settlement.settle_owed(open_stores(settings))
        janitor.tidy(store)
        housekeeping.keep_house(settings.policy.housekeeping, store, flow_run_id=journal().flow_run_id)
        kpi = settings.charter.kpis[0]
        entry.did = f"goal, owners and {len(settings.charter.kpis)} KPI; floor {kpi.floor:g} {kpi.metric}"
        _pass(GateName.FRAMING, settings, entry, cause=cause, explore=explore)


def prepare(settings: Settings, *, until: date | None, force: bool, explore: bool, cause: str) -> Settings:
    """Land the source and, unless what it gives is up to date, audit, split, search for leaks and publish."""
    with journal().phase("Data preparation") as entry:
        phase = _phase("data_preparation")
        for finding in findings.waiting():
            journal().say(f"decision {finding.decision} waits for other data or settings: {'; '.join(finding.because)}")
        settings = phase.describe_source(settings)
        journal().fingerprint = idle.fingerprint(settings)
        phase.land_snapshot(settings, until)
        failpoint("lifecycle.landed")
        with _counted(entry, Checkpoint.DATA), alarms_recorded(GateName.DATA, settings, cause=cause):
            _stage("prepare", lambda: phase.prepare(settings, cause), entry, force=force)
        entry.did = _of_data(entry)
        if entry.skipped:  # the rows are as they were; policy and statements may not be
            _pass(GateName.DATA, settings, entry, cause=cause, explore=explore)
    return settings


def train(settings: Settings, *, force: bool, cause: str) -> None:
    """Search for the best candidate and fit it."""
    with journal().phase("Training") as entry, alarms_recorded(GateName.DEVELOPMENT, settings, cause=cause):
        _stage("train", lambda: _phase("training").train(settings, cause), entry, force=force)
        entry.did = _of_training(entry)


def evaluate(settings: Settings, *, force: bool, explore: bool, cause: str) -> None:
    """Judge the winner on the promotion rows, compare it with the champion, and ask the development gate."""
    with journal().phase("Evaluation") as entry, alarms_recorded(GateName.DEVELOPMENT, settings, cause=cause):
        phase = _phase("evaluation")
        _stage("evaluate", lambda: phase.evaluate(settings), entry, force=force)
        phase.compare(settings)
        failpoint("lifecycle.compared")
        entry.did = _of_evaluation(settings)
        _pass(GateName.DEVELOPMENT, settings, entry, cause=cause, explore=explore)


def deploy(settings: Settings, *, explore: bool, cause: str) -> None:
    """Package, sign, try and promote the candidate."""
    with journal().phase("Deployment") as entry, _counted(entry, Checkpoint.RELEASE), _past(entry, explore):
        phase = _phase("deployment")
        progress.watch(phase.canary)
        deployed = phase.deploy(settings, cause, explore)
        entry.skipped = not deployed.changed
        moved = f"in place of {deployed.champion_before}" if deployed.champion_before else "the first"
        entry.did = f"version {deployed.version} is champion, {moved if deployed.changed else 'as before'}"


def watch(settings: Settings) -> None:
    """Watch the first window after the training window, if there are rows and a champion, and nobody has yet."""
    with journal().phase("Monitoring") as entry, _counted(entry, Checkpoint.OPERATION):
        entry.skipped, entry.did = True, "nothing to watch yet"
        manifest = files.read_json("data/landed/manifest.json")
        if settings.data.time_column is None or not manifest.get("window"):
            entry.did = "no window yet: rows carry no time, or all of them were landed"
            return
        phase = _phase("monitoring")
        window = watching.month_from(date.fromisoformat(manifest["window"]["end"]))
        if (report := phase.watch_once(settings, window)) is None:
            entry.did = f"no rows from {window.start} on, or no champion"
            return
        entry.skipped = False
        entry.did = _of_window(report)


def _stage(name: str, run: Callable[[], object], entry: Entry, *, force: bool) -> None:
    """Run a stage of dvc.yaml unless DVC finds it up to date, and record it."""
    if not force and versioning.stage_is_current(name):
        entry.skipped, entry.inputs = True, versioning.inputs_of(name)
        return
    run()
    failpoint(f"lifecycle.{name}.ran")
    progress.tell("Record the stage")
    versioning.record_stage(name)
    failpoint(f"lifecycle.{name}.recorded")
    if not force:  # what is asked for again is not found up to date
        entry.inputs = versioning.inputs_of(name)


def _phase(name: str) -> ModuleType:
    """Import a phase when its turn comes, and let its tasks be seen."""
    progress.tell("Load the tools")
    module = import_module(f"flows.{name}")
    progress.watch(module)
    return module


def _pass(gate: GateName, settings: Settings, entry: Entry, *, cause: str, explore: bool) -> None:
    """Ask a phase gate; a refusal is recorded and ends the run, unless somebody explores."""
    with _counted(entry, Checkpoint(gate.value)), _past(entry, explore):
        outcome = review.decide(gate, settings)
        number = review.record(outcome, settings, cause=cause).number
        if gate is GateName.DEVELOPMENT:
            _lead_back(outcome, number)
        if outcome.passed:
            return
        words = "; ".join(f"{b.practice or b.bound}: {b.because}" for b in outcome.blocking[:5])
        raise GateRefused(
            f"the {gate.value} gate refused (ledger entry {number}): {words}",
            expected=f"nothing that blocks; {len(outcome.blocking)} did",
            next_step=outcome.blocking[0].fix or "lifecycle plan",
        )


def _lead_back(outcome: GateOutcome, decision: int) -> None:
    """Leave word for data preparation of what an evaluation refused; one that passes closes what waits."""
    if outcome.passed:
        findings.close(decision)
        return
    reasons = [f"{b.practice or b.bound}: {b.because}" for b in outcome.blocking]
    findings.leave(decision, reasons, run_id=_read(REPORTS / "training" / "training.json")["run_id"])


@contextmanager
def _past(entry: Entry, explore: bool) -> Iterator[None]:
    """Let an exploring run go past a refusal; what it makes can never be promoted."""
    try:
        yield
    except GateRefused as refusal:
        entry.did = f"{entry.did + '; ' if entry.did else ''}refused: {refusal.seen}"
        if not explore:
            raise


@contextmanager
def _counted(entry: Entry, checkpoint: Checkpoint) -> Iterator[None]:
    """Take down how many practices of a checkpoint are met, also when it refuses."""
    path = REPORTS / "checkpoints" / f"{checkpoint.value}.json"
    try:
        yield
    finally:
        entry.counts = files.read_json(path)["counts"] if path.exists() else {}


def _of_data(entry: Entry) -> str:
    split, audit = _read("data/prepared/split.json"), _read("data/prepared/validation.json")
    parts = ", ".join(f"{split['parts'][name]['rows']:,} {what}" for name, what in PARTS.items())
    return f"{_fresh(entry)}{audit['evaluated']} rules hold; rows: {parts}"


def _of_training(entry: Entry) -> str:
    training = _read(REPORTS / "training" / "training.json")
    return f"{_fresh(entry)}{training['family']} of {training['study']['trials']} trials"


def _of_evaluation(settings: Settings) -> str:
    primary = settings.params.metrics.primary
    figure = _read(REPORTS / "evaluation" / "evaluation.json")["metrics"].get(primary, {})
    verdict = _read(REPORTS / "comparison.json")["verdict"].replace("-", " ")
    told = [figure.get(name) for name in ("value", "low", "high")]  # what is none is for the gate to refuse
    value, low, high = ("unknown" if number is None else f"{number:.3f}" for number in told)
    return f"{primary} {value} [{low}, {high}]; {verdict}"


def _of_window(report: Any) -> str:
    name = watching.name_of(report.window)
    told = (
        "; ".join(report.alarms)
        or report.because
        or f"{len(report.drifted)} of {len(report.features)} features drifted"
    )
    return f"{name}, {report.rows:,} rows: {report.verdict}; {told}"


def _fresh(entry: Entry) -> str:
    return "up to date: " if entry.skipped else ""


def _read(path: Path | str) -> dict[str, Any]:
    return files.read_json(path)
