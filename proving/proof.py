"""The answer of a proof: each defect with its verdict, the control, and the kill rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proving.children import BROKEN, CAUGHT, HUNG, LET_THROUGH, NOT_PLANTED, Answer
from proving.defect import Case, Defect

if TYPE_CHECKING:
    from proving.plan import Step

SCHEMA = 1
PROMOTED, NOT_PROMOTED = "promoted", "not promoted"
WORST = (BROKEN, HUNG, LET_THROUGH, NOT_PLANTED)


@dataclass(frozen=True)
class Row:
    """One defect: what was expected, what came of it, what caught it."""

    id: int
    title: str
    expected: str
    outcome: str
    caught_by: str | None
    seconds: float
    because: str  # what was seen instead; empty where it was caught


@dataclass(frozen=True)
class Control:
    """The same pipeline without a defect: it has to end with a champion, or the refusals prove nothing."""

    outcome: str
    seconds: float
    because: str


@dataclass(frozen=True)
class Proof:
    """What `lifecycle prove --json` answers."""

    schema: int
    defects: tuple[Row, ...]
    control: Control
    kill_rate: float

    @property
    def holds(self) -> bool:
        """True when every defect was caught and the control was promoted."""
        return self.kill_rate == 1.0 and self.control.outcome == PROMOTED


def result(rows: tuple[Defect, ...], answers: Mapping[Case, Answer], steps: "Mapping[Step, Answer]") -> Proof:
    """Tell what came of a proof."""
    told = tuple(row(one, answers) for one in rows)
    stopped = [step.because for step in steps.values() if step.outcome != CAUGHT]
    outcome = PROMOTED if steps and not stopped else NOT_PROMOTED
    control = Control(outcome, round(sum(step.seconds for step in steps.values()), 2), "".join(stopped[:1]))
    return Proof(SCHEMA, told, control, sum(one.outcome == CAUGHT for one in told) / len(told))


def row(defect: Defect, answers: Mapping[Case, Answer]) -> Row:
    """Tell a defect's outcome: the worst of its cases."""
    mine = {case: answers[case] for case in defect.cases if case in answers}
    seen = [answer.outcome for answer in mine.values()]
    outcome = next((word for word in WORST if word in seen), CAUGHT if seen else NOT_PLANTED)
    by = "; ".join(dict.fromkeys(case.by for case in mine)) if outcome == CAUGHT else None
    seconds = round(sum(answer.seconds for answer in mine.values()), 2)
    return Row(defect.id, defect.title, defect.expected.value, outcome, by, seconds, _reasons(mine))


def _reasons(answers: Mapping[Case, Answer]) -> str:
    missed = [(case, answer.because) for case, answer in answers.items() if answer.outcome != CAUGHT]
    return "; ".join(f"{case.case}: {because}" if case.case else because for case, because in missed)
