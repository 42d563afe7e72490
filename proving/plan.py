"""What a proof has to do, in which order, and what came of it so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from proving.children import CAUGHT, NOT_PLANTED, Answer, Child
from proving.defect import FLIGHTS, Case, Defect, Stage
from proving.proof import Proof, result

ORDER = tuple(Stage)
EARLY = ("configuration", "data gate")  # what they refuse ends within seconds: at the end no processor waits for long


class Step(NamedTuple):
    """One stage of the control of one problem."""

    problem: str
    stage: Stage

    @property
    def name(self) -> str:
        """The step in a word."""
        return f"{self.problem}-{self.stage.value}"

    @property
    def before(self) -> "Step":
        """The step that this one goes on from."""
        return Step(self.problem, ORDER[ORDER.index(self.stage) - 1])


@dataclass
class Plan:
    """What is to be done, what is under way, and what came of it."""

    folder: Path
    rows: tuple[Defect, ...]
    keep: bool
    waiting: list[Case] = field(default_factory=list)
    ahead: list[Step] = field(default_factory=list)
    running: dict[str, tuple[Child, Step | Case]] = field(default_factory=dict)
    control: dict[Step, Answer] = field(default_factory=dict)
    answers: dict[Case, Answer] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: tuple[Defect, ...], folder: Path, *, quick: bool, keep: bool) -> "Plan":
        """Plan the cases of some rows, and each problem's control to its champion or as far as a case needs it."""
        cases = [case for row in rows for case in row.cases if case.quick or not quick]
        problems = dict.fromkeys([FLIGHTS, *(case.problem for case in cases)])
        return cls(folder, rows, keep, cases, [step for problem in problems for step in _steps(problem, cases)])

    def place(self, step: Step) -> Path:
        """Where the undisturbed world of a step lies."""
        return self.folder / "control" / step.name

    def ready(self) -> Iterator[Step | Case]:
        """Give what could start now: the control first, because others wait for it, and what ends early last."""
        begun = {about for _, about in self.running.values()}
        yield from [step for step in self.ahead if step not in begun and self._may_begin(step)]
        ready = [case for case in self.waiting if Step(case.problem, case.at) in self.control]
        yield from sorted(ready, key=lambda case: (case.by.startswith(EARLY), -ORDER.index(case.at)))

    def _may_begin(self, step: Step) -> bool:
        return step.stage is Stage.FRESH or step.before in self.control

    def take_in(self, about: Step | Case, answer: Answer) -> None:
        """Note an answer; where the control stops, nothing can be planted that starts further on."""
        if isinstance(about, Case):
            self.answers[about] = answer
            return
        self.control[about] = answer
        self.ahead.remove(about)
        if answer.outcome != CAUGHT:
            self.ahead = [step for step in self.ahead if step.problem != about.problem]
            for case in [case for case in self.waiting if case.problem == about.problem and _not_before(case, about)]:
                self.waiting.remove(case)
                self.answers[case] = Answer(NOT_PLANTED, f"the control did not get to: {case.at}", 0.0)

    @property
    def done(self) -> bool:
        """True when nothing is left to do."""
        return not (self.waiting or self.running or self.ahead)

    def result(self) -> Proof:
        """Tell what came of it so far."""
        return result(self.rows, self.answers, self.control)


def _steps(problem: str, cases: list[Case]) -> Iterator[Step]:
    needed = [Stage.CHAMPION, *(case.at for case in cases if case.problem == problem)]
    for stage in ORDER[: max(map(ORDER.index, needed)) + 1]:
        yield Step(problem, stage)


def _not_before(case: Case, step: Step) -> bool:
    return ORDER.index(case.at) >= ORDER.index(step.stage)
