"""A checkpoint's practices, each judged by measurement and by statement, and what of it holds a gate shut."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from config.settings import Gate, Policy, Risk
from lens_checks import runner
from lens_checks.catalogue import Catalogue, Mode, Practice
from lens_checks.check import Checkpoint, Effort, Outcome, Phase, Pillar, Verdict
from lens_checks.statements import Statements
from lens_checks.waiting import waits

SETTLED = (Outcome.MET, Outcome.NOT_APPLICABLE)
NOT_YET_JUDGED = Verdict(Outcome.UNKNOWN, "not yet judged: no check reads its evidence")
STATE_IT = "State it with `lifecycle attest {id}`: a named owner, an approver, an end date, a link to what backs it."


class By(StrEnum):
    """What an answer rests on."""

    MEASURED = "measured"
    ATTESTED = "attested"
    WAIVED = "waived"
    DERIVED = "derived"


@dataclass(frozen=True, kw_only=True)
class PracticeResult:
    """The answer to one practice; `measured` and `attested` are its halves, None where it has no such half."""

    id: str
    id_2025: str
    title: str
    pillar: Pillar
    phase: Phase
    checkpoint: Checkpoint
    risk: Risk
    mode: Mode
    verdict: Outcome
    by: By
    because: str
    fix: str
    effort: Effort
    required: bool
    measured: Outcome | None
    attested: Outcome | None

    @property
    def settled(self) -> bool:
        """True when the practice is met or does not apply."""
        return self.verdict in SETTLED

    @property
    def state(self) -> str:
        """What a reader should see first: waived, or else the verdict."""
        return By.WAIVED.value if self.by is By.WAIVED else self.verdict.value

    @property
    def open(self) -> bool:
        """True when something is left to do: neither settled nor waived."""
        return not self.settled and self.by is not By.WAIVED

    def blocks(self, gate: Gate) -> bool:
        """Tell whether the practice holds a gate shut: an open half of a risk that the gate asks for."""
        if not self.required or not self.open:
            return False
        measured = self.measured not in (None, *SETTLED) and self.risk in gate.measured
        attested = self.attested not in (None, *SETTLED) and self.risk in gate.attested
        return measured or attested


def judge(
    checkpoints: Iterable[Checkpoint],
    *,
    catalogue: Catalogue,
    evidence: runner.Source,
    statements: Statements,
    policy: Policy,
) -> tuple[PracticeResult, ...]:
    """Judge every practice of some checkpoints, in the order of the lens."""
    wanted, listed = frozenset(checkpoints), frozenset(policy.not_yet_required)
    chosen = (p for p in catalogue.practices.values() if catalogue.checkpoint_of(p) in wanted)
    return tuple(_judge(p, catalogue, evidence, statements, listed=listed) for p in chosen)


def _judge(
    practice: Practice, catalogue: Catalogue, evidence: runner.Source, statements: Statements, *, listed: frozenset[str]
) -> PracticeResult:
    check = catalogue.checks.get(practice.id)
    measured = _measure(practice, catalogue, evidence)
    attested = _attest(practice, statements)
    verdict, by = _combine(practice, measured, attested, statements)
    missing_word = attested is not None and attested.outcome not in SETTLED
    measured_open = measured is not None and measured.outcome not in SETTLED
    state = STATE_IT.format(id=practice.id) if missing_word else ""
    mend = (check.fix if check else without_check(practice)) if measured_open else ""
    return PracticeResult(
        id=practice.id,
        id_2025=practice.id_2025,
        title=practice.title,
        pillar=practice.pillar,
        phase=practice.phase,
        checkpoint=catalogue.checkpoint_of(practice),
        risk=practice.risk,
        mode=practice.mode,
        verdict=verdict.outcome,
        by=by,
        because=verdict.because,
        fix="" if verdict.outcome in SETTLED else " ".join(filter(None, (mend, state))),
        effort=check.effort if check else Effort.SMALL if practice.mode is Mode.ATTEST else Effort.LARGE,
        required=not waits(practice.id, measured, listed=listed),
        measured=None if measured is None else measured.outcome,
        attested=None if attested is None else attested.outcome,
    )


def _measure(practice: Practice, catalogue: Catalogue, evidence: runner.Source) -> Verdict | None:
    """Ask the check; None where the practice has no measured half."""
    if check := catalogue.checks.get(practice.id):
        return runner.ask(check, evidence)
    return None if practice.mode is Mode.ATTEST else NOT_YET_JUDGED


def _attest(practice: Practice, statements: Statements) -> Verdict | None:
    """Look for the statement; None where the practice needs none."""
    if practice.mode is Mode.AUTO:
        return None
    if said := statements.attested.get(practice.id):
        words = f"{said.owner} states, {said.approver} approved, until {said.expires}: {said.statement}"
        return Verdict(Outcome.MET, words)
    refused = statements.why_refused(practice.id, "attestation")
    return Verdict(Outcome.UNKNOWN, f"the statement does not count: {refused}" if refused else "nobody has stated it")


def _combine(
    practice: Practice, measured: Verdict | None, attested: Verdict | None, statements: Statements
) -> tuple[Verdict, By]:
    """Join the halves: evidence speaks before people do, and a claim or a waiver never covers what is broken."""
    verdict, by = _weaker(measured, attested)
    if verdict.outcome in SETTLED or verdict.outcome is Outcome.BROKEN:
        return verdict, by
    if waiver := statements.waived.get(practice.id):
        accepted = f"{waiver.approver} accepts it until {waiver.expires}: {waiver.reason}"
        return Verdict(verdict.outcome, f"{verdict.because}. Waived: {accepted}"), By.WAIVED
    claim = statements.claimed.get(practice.id)
    if claim and (measured is None or measured.outcome is Outcome.UNKNOWN):
        words = f"{claim.owner} claims, until {claim.expires}: {claim.reason}, {claim.note}"
        return Verdict(Outcome.NOT_APPLICABLE, words), By.ATTESTED
    refused = [f"its {kind} does not count: {why}" for kind in ("waiver", "not applicable")
               if (why := statements.why_refused(practice.id, kind))]  # fmt: skip
    refused += ["it is claimed not to apply, and the evidence judges it"] if claim else []
    return Verdict(verdict.outcome, "; ".join((verdict.because, *refused))), by


def _weaker(measured: Verdict | None, attested: Verdict | None) -> tuple[Verdict, By]:
    if measured is None:
        return NOT_YET_JUDGED if attested is None else attested, By.ATTESTED
    if measured.outcome is Outcome.NOT_APPLICABLE:
        return measured, By.DERIVED
    if attested is None or measured.outcome is not Outcome.MET:
        return measured, By.MEASURED
    if attested.outcome is Outcome.MET:
        return Verdict(Outcome.MET, f"{measured.because}; {attested.because}"), By.ATTESTED
    return Verdict(attested.outcome, f"measured: {measured.because}; {attested.because}"), By.ATTESTED


def awaits_word(practice: str | None, fix: str) -> bool:
    """Tell whether all that a practice lacks, as its remedy says, is the word of a person."""
    return practice is not None and fix == STATE_IT.format(id=practice)


def without_check(practice: Practice) -> str:
    """Say what to do about a practice that nothing judges yet."""
    return f"Write a check in lens_checks/ours/; the lens asks for: {practice.evidence}."
