"""A small catalogue of four practices, and the checks and statements that tests put under it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from config.settings import Attestation, NotApplicable, Policy, Risk, Settings, Waiver
from lens_checks.catalogue import Catalogue, Mode, Practice, Question
from lens_checks.check import Check, Checkpoint, Effort, Outcome, Phase, Pillar, Verdict
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.evidence.place import NoEvidence
from lens_checks.statements import Refused, Statements

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
PHASES = {
    Checkpoint.FRAMING: Phase.BUSINESS_GOAL, Checkpoint.DATA: Phase.DATA_PROCESSING,
    Checkpoint.DEVELOPMENT: Phase.MODEL_DEVELOPMENT, Checkpoint.RELEASE: Phase.DEPLOYMENT,
    Checkpoint.OPERATION: Phase.MONITORING,
}  # fmt: skip


def practice(id: str, mode: Mode = Mode.AUTO, risk: Risk = Risk.HIGH, at: Checkpoint = Checkpoint.DATA) -> Practice:
    return Practice(id, f"{id}-2025", Pillar.SECURITY, PHASES[at], risk, mode, f"Title of {id}", ("one",), "a record")


def check_of(id: str, answer: Verdict | Exception, at: Checkpoint = Checkpoint.DATA) -> Check:
    def judge() -> Verdict:
        """The world is as it should be."""
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Check(id, PHASES[at], at, f"Mend {id}.", Effort.SMALL, judge)


def catalogue_of(*practices: Practice, checks: Mapping[str, Verdict | Exception] | None = None) -> Catalogue:
    answers = checks or {}
    known = {practice.id: practice for practice in practices}
    at = {p.id: next(c for c, phase in PHASES.items() if phase is p.phase) for p in practices}
    made = {id: check_of(id, answer, at[id]) for id, answer in answers.items()}
    return Catalogue(known, made, (Question("MLSEC00", "Is it so?", False, tuple(known), Risk.HIGH),))


def said(
    *, attested: Attestation | None = None, claimed: NotApplicable | None = None, waived: Waiver | None = None,
    refused: tuple[Refused, ...] = (),
) -> Statements:  # fmt: skip
    def by_id(statement: Any) -> dict[str, Any]:
        return {statement.practice: statement} if statement else {}

    return Statements(by_id(attested), by_id(claimed), by_id(waived), refused)


def result(
    id: str = "MLSEC-01", *, measured: Outcome | None = Outcome.MET, attested: Outcome | None = None,
    verdict: Outcome | None = None, by: By = By.MEASURED, risk: Risk = Risk.HIGH, required: bool = True,
    at: Checkpoint = Checkpoint.DATA, effort: Effort = Effort.SMALL,
) -> PracticeResult:  # fmt: skip
    return PracticeResult(
        id=id, id_2025=f"{id}-2025", title=f"Title of {id}", pillar=Pillar.SECURITY, phase=PHASES[at], checkpoint=at,
        risk=risk, mode=Mode.PARTIAL if attested else Mode.AUTO, verdict=verdict or measured or Outcome.UNKNOWN, by=by,
        because=f"seen for {id}", fix=f"Mend {id}.", effort=effort, required=required, measured=measured,
        attested=attested,
    )  # fmt: skip


def policy_of(settings: Settings, **changed: Any) -> Policy:
    return Policy.model_validate(settings.policy.model_dump() | changed)


class Given:
    """Hand-made records in the place of collected ones; an exception among them stands for its type."""

    def __init__(self, *records: object, trouble: Mapping[type, Exception] | None = None) -> None:
        self.records = {type(record): record for record in records}
        self.trouble = trouble or {}

    def get(self, kind: type) -> Any:
        if kind in self.trouble:
            raise self.trouble[kind]
        if kind not in self.records:
            raise NoEvidence(f"no {kind.__name__} here: run it")
        return self.records[kind]
