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


@dataclass(frozen=True)
class Control:
    """The same pipeline without a defect: it has to end with a champion, or the refusals prove nothing."""

    outcome: str
    seconds: float


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


@dataclass(frozen=True)
class Result:
    """A proof, and what was seen where it does not hold, by the number of the defect; 0 is the control."""

    proof: Proof
    because: Mapping[int, str]


def result(rows: tuple[Defect, ...], answers: Mapping[Case, Answer], steps: "Mapping[Step, Answer]") -> Result:
    """Tell what came of a proof."""
    told = tuple(row(one, answers) for one in rows)
    promoted = bool(steps) and all(step.outcome == CAUGHT for step in steps.values())
    control = Control(PROMOTED if promoted else NOT_PROMOTED, round(sum(step.seconds for step in steps.values()), 2))
    rate = sum(one.outcome == CAUGHT for one in told) / len(told)
    because = {one.id: _reasons(one, answers) for one in rows if _open(one, answers)}
    if failed := [step.because for step in steps.values() if step.outcome != CAUGHT]:
        because[0] = failed[0]
    return Result(Proof(SCHEMA, told, control, rate), because)


def row(defect: Defect, answers: Mapping[Case, Answer]) -> Row:
    """Tell a defect's outcome: the worst of its cases."""
    mine = [case for case in defect.cases if case in answers]
    seen = [answers[case].outcome for case in mine]
    outcome = next((word for word in WORST if word in seen), CAUGHT if seen else NOT_PLANTED)
    by = "; ".join(dict.fromkeys(case.by for case in mine)) if outcome == CAUGHT else None
    seconds = round(sum(answers[case].seconds for case in mine), 2)
    return Row(defect.id, defect.title, defect.expected.value, outcome, by, seconds)


def _open(defect: Defect, answers: Mapping[Case, Answer]) -> bool:
    return row(defect, answers).outcome != CAUGHT


def _reasons(defect: Defect, answers: Mapping[Case, Answer]) -> str:
    open_ones = [(case, answers[case]) for case in defect.cases if case in answers and answers[case].outcome != CAUGHT]
    return "; ".join(f"{case.case}: {answer.because}" if case.case else answer.because for case, answer in open_ones)
