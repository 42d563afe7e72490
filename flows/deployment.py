"""Deployment: package and sign, register, try on the real server, decide, and climb the ladder to champion."""

import contextlib
import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from config.errors import GateRefused, IntegrityAlarm
from config.settings import Settings
from flows import canary, refusals, review, turns
from flows.patience import passes
from lens_checks.statements import Subject
from tasks import (
    approvals,
    beside,
    candidates,
    decisions,
    feature_registry,
    history,
    levels,
    lineage,
    live,
    load,
    recording,
    release,
    settlement,
    tracking,
    trial,
    workload,
)
from tasks.backends import Backend
from tasks.canary import Shown
from tasks.candidates import Evidence
from tasks.ledger import Blocking, Decision, Entry, Kind
from tasks.levels import Rehearsal
from tasks.lineage import Lineage
from tasks.packaging import Package
from tasks.registry import Version
from tasks.release import Move
from tasks.shadow import Replay
from tasks.stores import Stores, facts, open_stores
from tasks.trial import Trial

PATIENCE_SECONDS = 60.0
TRIAL_SECONDS = 120.0
TRIAL_REQUESTS = 100


@dataclass(frozen=True)
class Deployment:
    """What a deployment led to: the version, the champion before it, and whether anything moved."""

    version: int
    champion_before: int | None
    changed: bool
    decisions: tuple[int, ...] = ()


@flow(name="Deployment", flow_run_name="Deployment of {settings.charter.project}")
def deploy(settings: Settings, cause: str = "hand", explore: bool = False) -> Deployment:
    """Take the evaluated winner to champion; GateRefused, Superseded or IntegrityAlarm where it does not get there."""
    stores = open_stores(settings)
    settle(settings, stores)
    with refusals_recorded(settings, stores, cause):
        evidence = candidates.read_evidence(stores.reports)
        package = package_and_sign(evidence, settings, stores)
    version = register_candidate(package, evidence, settings, stores, explore)
    trace_lineage(version, package, evidence, settings, stores)
    if (done := already_champion(version, stores)) is not None:
        return done
    seen = try_candidate(package, settings, stores)
    replay = replay_requests(version, package, settings, stores)
    shown = canary.try_canary(version, package, settings, stores)
    ways = measure_backends(package, settings)
    told = rehearse_alarms(settings)
    report_release(version, package, seen, (replay, shown), ways, told, settings, stores)
    staged = decide("staging", version, package, settings, stores, cause)
    climb("staging", staged, settings, stores, cause)
    on_air = canary.watch(version, package, settings, stores)
    chosen = decide("champion", version, package, settings, stores, cause, on_air)
    return let_in(climb("champion", chosen, settings, stores, cause), (staged, chosen))


def settle(settings: Settings, stores: Stores) -> None:
    """Close what an interrupted promotion left open, before anything is compared (IntegrityAlarm, GateRefused)."""
    stores.registry.ensure()
    with settlement.promotion_lock(stores.state, patience_seconds=PATIENCE_SECONDS):
        settlement.settle(stores)
    confirm_live(settings, stores)


@task(name="Ask the server on the champion", tags=["deployment"], cache_policy=NO_CACHE)
def confirm_live(settings: Settings, stores: Stores) -> None:
    """Ask the real server on what the alias now names, once a promotion; what fails is rolled back (GateRefused)."""
    live.confirm(
        stores, facts(settings, reports=stores.reports), actor=getpass.getuser(), patience_seconds=PATIENCE_SECONDS
    )


@contextlib.contextmanager
def refusals_recorded(settings: Settings, stores: Stores, cause: str) -> Iterator[None]:
    """Put into the ledger that a winner did not get as far as a decision, and why."""
    try:
        yield
    except (GateRefused, IntegrityAlarm) as error:
        current = facts(settings, reports=stores.reports)
        refusal = decisions.bare("staging", error, stores, current, actor=getpass.getuser(), cause=cause)
        stores.record(Kind.DECISION, refusal)
        raise


@task(
    name="Package and sign the winner", tags=["deployment"], cache_policy=NO_CACHE, timeout_seconds=900, retries=2,
    retry_delay_seconds=[1, 5], retry_condition_fn=passes,
)  # fmt: skip
def package_and_sign(evidence: Evidence, settings: Settings, stores: Stores) -> Package:
    """Put the logged model, its contract and golden rows into a signed folder."""
    model = recording.model_folder(str(evidence.training["model_uri"]), tracking.connect(settings))
    return candidates.build(evidence, model, settings=settings, stores=stores)


@task(
    name="Register the candidate", tags=["deployment"], cache_policy=NO_CACHE, timeout_seconds=900, retries=2,
    retry_delay_seconds=[1, 5], retry_condition_fn=passes,
)  # fmt: skip
def register_candidate(
    package: Package, evidence: Evidence, settings: Settings, stores: Stores, explore: bool
) -> Version:
    """Register the package, once, and let the alias candidate name it."""
    flow_run_id = str(runtime.flow_run.get_id())
    return candidates.register(
        package, evidence, params=settings.params, stores=stores, flow_run_id=flow_run_id, explored=explore
    )


@task(name="Trace the version to its sources", tags=["deployment"], cache_policy=NO_CACHE)
def trace_lineage(
    version: Version, package: Package, evidence: Evidence, settings: Settings, stores: Stores
) -> Lineage:
    """Write reports/lineage.json and the registry of features beside it; name the landed rows on the version."""
    traced = lineage.trace(version, package, evidence, settings.data, stores=stores)
    feature_registry.write(
        version, evidence.training, settings, code=lineage.code_of("prepare"), registry=stores.registry,
        reports=stores.reports,
    )  # fmt: skip
    return traced


def already_champion(version: Version, stores: Stores) -> Deployment | None:
    """Answer a deployment that an earlier, perhaps killed, run had finished."""
    entries = stores.trusted()
    if history.standing(entries, "champion") != version.number:
        return None
    last = history.moves(entries, "champion")[-1]
    decided = Decision.read(stores.ledger.entry(int(last.body["decision"])).body)
    settlement.fetch_verified(version, decided, stores)
    return Deployment(version.number, last.body["from"], changed=False)


@task(name="Try the candidate on the real server", tags=["deployment"], cache_policy=NO_CACHE)
def try_candidate(package: Package, settings: Settings, stores: Stores) -> Trial:
    """Start the scoring server on the package: golden rows, bad requests, single ones, its doors, its API, a load."""
    contract, golden = candidates.read_contract(package)
    return trial.try_server(
        package, contract, golden, keys_folder=stores.ledger.keys, deadline_seconds=TRIAL_SECONDS,
        requests=TRIAL_REQUESTS, serving=settings.runtime.serving, load=load_of(settings),
    )  # fmt: skip


def load_of(settings: Settings) -> trial.Measure | None:
    """Give the load that tells capacity; none where the charter does not say what is asked of the model."""
    usage, plan = settings.charter.usage, settings.policy.release.load
    return None if usage is None else partial(load.measure, plan=plan, rows=usage.rows_per_request)


@task(name="Rehearse the alarms of the server", tags=["deployment"], cache_policy=NO_CACHE)
def rehearse_alarms(settings: Settings) -> Rehearsal | None:
    """Try the alarm rule of each agreed figure, and send one test alarm to whoever is told of alarms."""
    usage, memory = settings.charter.usage, settings.charter.budget.memory_mib
    if usage is None:
        return None
    return levels.rehearse(levels.rules_of(usage, memory_mib=memory), settings.runtime.notify)


@task(name="Replay requests beside the champion", tags=["deployment"], cache_policy=NO_CACHE)
def replay_requests(version: Version, package: Package, settings: Settings, stores: Stores) -> Replay:
    """Send the last requests, or held-out rows, through champion and candidate; nobody gets the candidate's answers."""
    return beside.replay(version, package, settings=settings, stores=stores)


@task(name="Measure the ways to answer", tags=["deployment"], cache_policy=NO_CACHE)
def measure_backends(package: Package, settings: Settings) -> tuple[Backend, ...]:
    """Ask the model itself and its fast form, with one thread and with all, and price a thousand predictions."""
    return candidates.measure_backends(package, settings)


def report_release(
    version: Version, package: Package, seen: Trial, beside_it: tuple[Replay, Shown | None], ways: tuple[Backend, ...],
    told: Rehearsal | None,
    settings: Settings, stores: Stores,
) -> Path:  # fmt: skip
    """Write reports/release.json, and the profile of the workload beside it."""
    workload.write(version, package, seen, charter=settings.charter, entries=stores.trusted(), reports=stores.reports)
    return candidates.write_release_report(
        version, package, seen, *beside_it, ways, settings=settings, reports=stores.reports, alarms=told
    )


def subject_of(version: Version, stores: Stores) -> Subject:
    """Name what is judged, and the champion that it is judged against."""
    return Subject(
        model=stores.registry.model,
        version=version.number,
        digest=version.digest,
        champion=stores.registry.alias("champion"),
        explored=version.tags.get("explored") == "true",
    )


def decide(
    gate: str, version: Version, package: Package, settings: Settings, stores: Stores, cause: str,
    on_air: Shown | None = None,
) -> Entry:  # fmt: skip
    """Decide once and store the decision, passed or refused, with its figures; a refusal raises GateRefused."""
    outcome = review.decide(gate, settings, subject=subject_of(version, stores))
    own = {"package_digest": package.package_digest, "process": approvals.process()}
    decision = review.as_decision(outcome, settings, cause=cause, figures=own)
    decision = canary.held(hold_back(decision, version, stores), on_air)
    entry = decisions.store(decision, stores, run_id=version.run_id)
    show(decision, entry)
    if not decision.lets_through:
        raise refusals.refusal(decision, entry)
    return entry


def show(decision: Decision, entry: Entry) -> None:
    """Leave the decision in the flow run as a table."""
    said: dict[str, Any] = {
        "gate": decision.gate,
        "version": decision.version,
        "outcome": decision.outcome,
        "entry": entry.number,
    }
    reasons: list[dict[str, Any]] = [
        {"reason": b.practice or b.bound, "verdict": b.verdict, "because": b.because} for b in decision.blocking
    ]
    words = f"{decision.gate} gate: {decision.outcome} version {decision.version}, ledger entry {entry.number}"
    create_table_artifact([said | reason for reason in reasons or [{}]], key=f"{decision.gate}-gate", description=words)


def hold_back(decision: Decision, version: Version, stores: Stores) -> Decision:
    """Refuse a version that was rolled back from, whatever its figures say."""
    back = history.rolled_back_from(stores.trusted()).get(version.number)
    if back is None:
        return decision
    because = f"it was rolled back from (ledger entry {back.number}): {back.body['cause']}"
    blocking = Blocking(bound="rolled back", verdict="not_met", because=because, fix="Train a new model.")
    return decisions.block(decision, blocking)


def climb(gate: str, decision: Entry, settings: Settings, stores: Stores, cause: str) -> Move:
    """Let the alias follow the decision, and see that what it names then serves."""
    with turns.take_turn(settings, stores, about={"gate": gate, "decision": decision.number}):
        move = release.promote(
            gate, decision=decision.number, stores=stores, current=facts(settings, reports=stores.reports),
            approvals=approvals.Approvals.of(settings), actor=getpass.getuser(), cause=cause,
            patience_seconds=PATIENCE_SECONDS,
        )  # fmt: skip
        if gate == "champion":
            confirm_live(settings, stores)
    return move


def let_in(move: Move, made: tuple[Entry, ...]) -> Deployment:
    """Say what came of it, and raise unless every decision passed and the champion moved."""
    if move.version is None or not all(Decision.read(entry.body).lets_through for entry in made):
        raise GateRefused("a decision that did not pass moved nothing", next_step="lifecycle ledger")
    return Deployment(move.version, move.before, move.changed, tuple(entry.number for entry in made))
