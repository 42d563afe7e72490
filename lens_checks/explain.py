"""What a practice asks, why it matters, what shows it, where it is judged, and how to meet it."""

from dataclasses import dataclass

from lens_checks.catalogue import Catalogue, Mode, Practice
from lens_checks.check import Checkpoint
from lens_checks.checkpoint import STATE_IT, without_check

RISK = {
    "high": "High: leaving it out can do significant harm to the business; the lens counts it as a must.",
    "medium": "Medium: leaving it out does harm, but less; an enabling practice.",
}
MODES = {
    Mode.AUTO: "A check judges it from evidence.",
    Mode.PARTIAL: "A check judges what can be measured, and a named person states the rest.",
    Mode.ATTEST: "No code can measure it: a named person states it, another approves, and the statement ends.",
}


@dataclass(frozen=True)
class Explained:
    """A practice, explained."""

    id: str
    id_2025: str
    edition: str
    title: str
    question: str
    pillar: str
    phase: str
    checkpoint: Checkpoint
    risk: str
    how_judged: str
    wants: str
    reads: tuple[str, ...]
    points: tuple[str, ...]
    asked_for: str
    fix: str
    page: str


def explain(practice: Practice, catalogue: Catalogue) -> Explained:
    """Explain a practice of the catalogue."""
    check = catalogue.checks.get(practice.id)
    questions = {question.id: question.title for question in catalogue.questions}
    questions |= {asked.id: asked.title for asked in catalogue.imported}
    mend = check.fix if check else "" if practice.mode is Mode.ATTEST else without_check(practice)
    state = "" if practice.mode is Mode.AUTO else STATE_IT.format(id=practice.id)
    return Explained(
        id=practice.id,
        id_2025=practice.id_2025,
        edition=practice.edition,
        title=practice.title,
        question=questions.get(practice.question, ""),
        pillar=practice.pillar.value,
        phase=practice.phase.value,
        checkpoint=catalogue.checkpoint_of(practice),
        risk=RISK[practice.risk.value],
        how_judged=MODES[practice.mode] + ("" if check or practice.mode is Mode.ATTEST else " Nothing judges it yet."),
        wants=check.title if check else "",
        reads=tuple(kind.__name__ for kind in check.evidence.values()) if check else (),
        points=practice.points,
        asked_for=practice.evidence,
        fix=" ".join(filter(None, (mend, state))),
        page=practice.page,
    )
