"""Collect the evidence, ask the lens, decide at the gates, and write the report."""

import dataclasses
import getpass
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.settings import Settings
from lens_checks import catalogue, checkpoint, gates, statements
from lens_checks import review as lens
from lens_checks.bounds import peek
from lens_checks.check import Checkpoint
from lens_checks.checkpoint import PracticeResult
from lens_checks.evidence.collect import Evidence
from lens_checks.evidence.place import Place
from lens_checks.evidence.records import Registry
from lens_checks.gates import GateName, GateOutcome
from lens_checks.review import Review
from lens_checks.statements import Subject
from tasks import files
from tasks.decisions import facts
from tasks.ledger import Blocking, Decision, Entry, Ledger

SCHEMA = 1
CHECKPOINTS = Path("reports/checkpoints")
DECISIONS = Path("reports/decisions")
REPORT = Path("reports/review.html")
REPORT_JSON = Path("reports/review.json")

FindSubject = Callable[[Settings, Evidence], Subject]


@dataclass(frozen=True)
class CheckpointReport:
    """The practices of one checkpoint, as judged and stored."""

    schema: int
    made: datetime
    checkpoint: Checkpoint
    practices: tuple[PracticeResult, ...]
    counts: dict[str, int]


class Auditor:
    """One look at the project: each record is read once, all dates are held against one clock."""

    def __init__(self, settings: Settings, *, subject: Subject | FindSubject, attempt: bool = False) -> None:
        self.now = files.now()
        self.settings = settings
        self.catalogue = catalogue.load()
        self.evidence = Evidence(Place(Path("."), settings, self.now, attempt=attempt))
        self.subject = subject if isinstance(subject, Subject) else subject(settings, self.evidence)
        self.statements = statements.weigh(
            settings,
            subject=self.subject,
            now=self.now,
            doubt=statements.doubt_of_time(self.now, self.evidence),
            known=self.catalogue.practices,
        )

    def judge(self, checkpoints: Iterable[Checkpoint]) -> tuple[PracticeResult, ...]:
        """Judge all practices of some checkpoints."""
        return checkpoint.judge(
            checkpoints,
            catalogue=self.catalogue,
            evidence=self.evidence,
            statements=self.statements,
            policy=self.settings.policy,
        )


def coming(settings: Settings, evidence: Evidence) -> Subject:
    """Name what is in the making: the version after the newest; only waivers ask, so only then look."""
    registry = peek(evidence, Registry) if settings.waivers.waivers else None
    newest = max((version.version for version in registry.versions), default=0) if registry else 0
    return Subject(settings.charter.project, version=newest + 1)


def at_hand(settings: Settings, evidence: Evidence) -> Subject:
    """Find what there is to review: the candidate of the registry, or else its champion."""
    registry = peek(evidence, Registry)
    version = (registry.at("candidate") or registry.at("champion")) if registry else None
    if not registry or not version:
        return Subject(settings.charter.project)
    champion = registry.aliases.get("champion")
    return Subject(settings.charter.project, version.version, version.tags.get("digest"), champion)


def judge(
    at: Checkpoint, settings: Settings, *, attempt: bool = False, subject: Subject | None = None
) -> CheckpointReport:
    """Judge one checkpoint and store its report; attempt looks at data that is not yet published."""
    auditor = Auditor(settings, subject=subject or coming, attempt=attempt)
    return _store(at, auditor.judge((at,)), auditor.now)


def decide(
    gate: GateName | str, settings: Settings, *, subject: Subject | None = None, attempt: bool = False
) -> GateOutcome:
    """Judge what a gate asks for, store the reports, and decide; staging and champion need a subject."""
    gate = GateName(gate)
    auditor = Auditor(settings, subject=subject or coming, attempt=attempt)
    results = auditor.judge(gates.CHECKPOINTS[gate])
    for at in gates.CHECKPOINTS[gate]:
        _store(at, tuple(result for result in results if result.checkpoint is at), auditor.now)
    return gates.decide(
        gate,
        results=results,
        source=auditor.evidence,
        policy=settings.policy,
        subject=auditor.subject,
        statements=auditor.statements,
        now=auditor.now,
    )


def _store(at: Checkpoint, results: tuple[PracticeResult, ...], now: datetime) -> CheckpointReport:
    report = CheckpointReport(SCHEMA, now, at, results, lens.count(results))
    files.write_json(CHECKPOINTS / f"{at.value}.json", report)
    return report


def as_decision(
    outcome: GateOutcome,
    settings: Settings,
    *,
    cause: str,
    actor: str | None = None,
    figures: dict[str, Any] | None = None,
) -> Decision:
    """Give the outcome the form that the ledger keeps, bound to code, data, policy and evidence; figures add to it."""
    made_from = facts(settings.policy, reports=Path("reports"))
    return Decision(
        gate=outcome.gate.value,
        outcome="passed" if outcome.passed else "refused",
        model=outcome.subject.model,
        version=outcome.subject.version,
        model_digest=outcome.subject.digest,
        data_version=made_from.data_version,
        commit=made_from.commit,
        dirty=made_from.dirty,
        lock_sha256=made_from.lock_sha256,
        policy_sha256=made_from.policy_sha256,
        report_sha256=made_from.report_sha256,
        base_champion=outcome.subject.champion,
        waivers=tuple(waiver.model_dump(mode="json") for waiver in outcome.waivers),
        blocking=tuple(Blocking(**files.plain(reason)) for reason in outcome.blocking),
        figures=files.plain(outcome.figures) | (figures or {}),
        promotable=outcome.passed and not outcome.subject.explored,
        actor=actor or getpass.getuser(),
        cause=cause,
        time=outcome.made.isoformat(),
    )


def record(outcome: GateOutcome, settings: Settings, *, cause: str, actor: str | None = None) -> Entry:
    """Write the decision of a phase gate into the ledger, and beside the reports; no registry is needed."""
    decision = as_decision(outcome, settings, cause=cause, actor=actor)
    entry = Ledger(Path(settings.runtime.ledger)).append("decision", decision)
    stored = {"schema": SCHEMA, "made": entry.time, "entry": entry.number, "hash": entry.hash, "decision": entry.body}
    files.write_json(DECISIONS / f"{outcome.gate.value}.json", stored)
    return entry


def review_project(settings: Settings) -> Review:
    """Review the project as it stands: all practices, whatever phase they belong to."""
    auditor = Auditor(settings, subject=at_hand)
    return lens.review(
        auditor.judge(Checkpoint),
        project=settings.charter.project,
        catalogue=auditor.catalogue,
        policy=settings.policy,
        refused=auditor.statements.refused,
        champion=auditor.subject.champion is not None,
        now=auditor.now,
    )


def as_json(review: Review) -> dict[str, Any]:
    """Give the stable JSON form of a review: snake case, versioned by `schema`."""
    return {field.name: files.plain(getattr(review, field.name)) for field in dataclasses.fields(review)}
