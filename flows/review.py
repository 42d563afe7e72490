"""Collect the evidence, ask the lens, decide at the gates, and write the report."""

import getpass
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.load import load
from config.settings import Settings
from flows.auditor import Auditor, at_hand, coming, supervised
from lens_checks import gates
from lens_checks import review as lens
from lens_checks.bounds import peek
from lens_checks.check import Checkpoint
from lens_checks.checkpoint import PracticeResult
from lens_checks.evidence import records as r
from lens_checks.gates import GateName, GateOutcome
from lens_checks.review import Review
from lens_checks.selection import WHOLE, Selection
from lens_checks.statements import Subject
from tasks import files
from tasks.ledger import Blocking, Decision, Entry, Ledger
from tasks.stores import facts

SCHEMA = 1
CHECKPOINTS = Path("reports/checkpoints")
DECISIONS = Path("reports/decisions")
REPORT = Path("reports/review.html")
REPORT_JSON = Path("reports/review.json")


@dataclass(frozen=True)
class CheckpointReport:
    """The practices of one checkpoint, as judged and stored."""

    schema: int
    made: datetime
    checkpoint: Checkpoint
    practices: tuple[PracticeResult, ...]
    counts: dict[str, int]


@dataclass(frozen=True)
class Written:
    """A review and its page."""

    review: Review
    page: str


def judge(
    at: Checkpoint, settings: Settings, *, attempt: bool = False, subject: Subject | None = None
) -> CheckpointReport:
    """Judge one checkpoint and store its report; attempt looks at data that is not yet published."""

    def work() -> CheckpointReport:
        auditor = Auditor(settings, subject=subject or coming, attempt=attempt)
        return _of(at, auditor.judge((at,)), auditor.now)

    return _store(supervised(work, CheckpointReport, settings))


def decide(
    gate: GateName | str, settings: Settings, *, subject: Subject | None = None, attempt: bool = False
) -> GateOutcome:
    """Judge what a gate asks for, store the reports, and decide; staging and champion need a subject."""
    gate = GateName(gate)

    def work() -> GateOutcome:
        return _decide(gate, Auditor(settings, subject=subject or coming, attempt=attempt))

    outcome = supervised(work, GateOutcome, settings)
    for at in gates.CHECKPOINTS[gate]:
        _store(_of(at, tuple(result for result in outcome.results if result.checkpoint is at), outcome.made))
    return outcome


def _decide(gate: GateName, auditor: Auditor) -> GateOutcome:
    return gates.decide(
        gate,
        results=auditor.judge(gates.CHECKPOINTS[gate]),
        source=auditor.evidence,
        policy=auditor.settings.policy,
        subject=auditor.subject,
        statements=auditor.statements,
        now=auditor.now,
    )


def _of(at: Checkpoint, results: tuple[PracticeResult, ...], now: datetime) -> CheckpointReport:
    return CheckpointReport(SCHEMA, now, at, results, lens.count(results))


def _store(report: CheckpointReport) -> CheckpointReport:
    files.write_json(CHECKPOINTS / f"{report.checkpoint.value}.json", report)
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
    made_from = facts(settings, reports=Path("reports"))
    return Decision(
        gate=outcome.gate.value,
        outcome="passed" if outcome.passed else "refused",
        model=outcome.subject.model,
        version=outcome.subject.version if outcome.subject.registered else None,
        model_digest=outcome.subject.digest,
        data_version=made_from.data_version,
        commit=made_from.commit,
        dirty=made_from.dirty,
        lock_sha256=made_from.lock_sha256,
        promotion_sha256=made_from.promotion_sha256,
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


def review_project(settings: Settings, wanted: Selection = WHOLE) -> Review:
    """Review the project as it stands: all practices, whatever phase they belong to, or those that are wanted."""
    return supervised(lambda: judged(Auditor(settings, subject=at_hand), wanted), Review, settings)


def judged(auditor: Auditor, wanted: Selection = WHOLE) -> Review:
    return lens.review(
        auditor.judge(Checkpoint),
        project=auditor.settings.charter.project,
        catalogue=auditor.catalogue,
        policy=auditor.settings.policy,
        statements=auditor.statements,
        champion=auditor.subject.champion is not None,
        now=auditor.now,
        wanted=wanted,
    )


def as_aws(review: Review) -> dict[str, Any]:
    """Give a review the shape of AWS's consolidated report."""
    from lens_checks import catalogue, consolidated

    return consolidated.report(review, catalogue.load())


def report(settings: Settings) -> Review:
    """Review the project and write it down: reports/review.html for people, reports/review.json for programs."""

    def work() -> Written:
        auditor = Auditor(settings, subject=at_hand)
        review = judged(auditor)
        return Written(review, _page(review, auditor))

    written = supervised(work, Written, settings)
    files.write_json(REPORT_JSON, written.review)
    files.write_bytes_atomically(REPORT, written.page.encode())
    return written.review


def write_html(review: Review, settings: Settings | None = None) -> Path:
    """Write the page of a review and give its path."""
    settings = settings or load()
    page = supervised(lambda: _page(review, Auditor(settings, subject=at_hand)), str, settings)
    return files.write_bytes_atomically(REPORT, page.encode())


def _page(review: Review, auditor: Auditor) -> str:
    from lens_checks import page

    ledger, history = peek(auditor.evidence, r.Ledger), peek(auditor.evidence, r.MonitoringHistory)
    findings = page.Findings(
        champion=auditor.subject.champion,
        decisions=ledger.of_kind("decision") if ledger else (),
        evaluation=peek(auditor.evidence, r.Evaluation),
        comparison=peek(auditor.evidence, r.ChampionComparison),
        windows=history.windows if history else (),
        lineage=peek(auditor.evidence, r.Lineage),
    )
    return page.html(review, findings, auditor.settings.policy)


def publish(review: Review, outcome: GateOutcome | None = None) -> None:
    """Leave Prefect artifacts in the flow run at hand: the counts as a table, the report as a link, the reasons."""
    from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

    from lens_checks import overview

    create_link_artifact(REPORT.resolve().as_uri(), key="review", link_text="The review of the project")
    create_markdown_artifact(overview.markdown(review), key="review-page", description="The lens, pillar by phase")
    create_table_artifact([dict(review.counts)], key="review-counts", description=f"Coverage {review.coverage:.0%}")
    if outcome:
        said = "passed" if outcome.passed else "refused"
        rows = [files.plain(reason) for reason in outcome.blocking] or [{"gate": outcome.gate.value, "outcome": said}]
        create_table_artifact(rows, key=f"{outcome.gate.value}-gate", description=f"{outcome.gate.value} gate: {said}")
