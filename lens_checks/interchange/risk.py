"""The risk of a question, by its rules in their order and the WA Tool's levels; for one answer, or for all at once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from lens_checks.interchange import conditions
from lens_checks.interchange.document import Question, Rule
from lens_checks.interchange.finding import LensError


class QuestionRisk(StrEnum):
    """The risk of a question, as AWS's tool names it."""

    HIGH = "high"
    MEDIUM = "medium"
    NONE = "none"
    UNANSWERED = "unanswered"
    NOT_APPLICABLE = "not_applicable"


OF_RULE = {
    "HIGH_RISK": QuestionRisk.HIGH,
    "MEDIUM_RISK": QuestionRisk.MEDIUM,
    "NO_RISK": QuestionRisk.NONE,
}


def rate(question: Question, selected: Collection[str], not_applicable: Collection[str] = ()) -> QuestionRisk:
    """Rate an answer: the first rule that is true sets the risk.

    AWS leaves open how a choice that does not apply enters the rules; here it counts as chosen. Nothing chosen and
    nothing set aside is no answer. "None of these" beside another choice, or an id of another question, is a LensError.
    """
    answer = set(selected) | set(not_applicable)
    _possible(question, set(selected), answer)
    if not answer:
        return QuestionRisk.UNANSWERED
    if question.practices and all(choice.id in not_applicable for choice in question.practices):
        return QuestionRisk.NOT_APPLICABLE
    values = dict.fromkeys(answer, 1)
    risks = (OF_RULE[rule.risk] for rule in question.rules if conditions.decide(rule.condition, values))
    return next(risks, QuestionRisk.HIGH)  # no rule is true only where there is no default: never good news


def _possible(question: Question, selected: set[str], answer: set[str]) -> None:
    known = {choice.id: choice for choice in question.choices}
    if strange := sorted(answer - set(known)):
        raise LensError(f"{question.id} has no choice {', '.join(strange)}", expected=f"of {', '.join(known)}")
    none = sorted(id for id in selected if known[id].is_none)
    if none and len(selected) > 1:
        raise LensError(f"{none[0]} of {question.id} is chosen beside others", expected="it alone, or others alone")


@dataclass(frozen=True)
class Table:
    """All selections of a question at once: bit i of a number stands for the selection that i spells in binary."""

    question: Question

    @cached_property
    def size(self) -> int:
        """How many selections there are, possible or not."""
        return 1 << len(self.question.choices)

    @cached_property
    def everything(self) -> int:
        """Every selection."""
        return (1 << self.size) - 1

    @cached_property
    def values(self) -> dict[str, int]:
        """For each choice the selections that hold it: runs of 2**k zeros and ones until the table is full."""
        found = {}
        for place, choice in enumerate(self.question.choices):
            run, width = ((1 << (1 << place)) - 1) << (1 << place), 2 << place
            while width < self.size:
                run |= run << width
                width *= 2
            found[choice.id] = run
        return found

    @cached_property
    def possible(self) -> int:
        """The selections that a person can make: "None of these" excludes all others."""
        found = self.everything
        for choice in self.question.choices:
            if choice.is_none:
                mine = self.values[choice.id]
                others = 0
                for id, bits in self.values.items():
                    others |= bits if id != choice.id else 0
                found &= self.everything & ~(mine & others)
        return found

    @property
    def answers(self) -> int:
        """The possible selections but the empty one, which is no answer."""
        return self.possible & ~1

    @cached_property
    def firsts(self) -> tuple[tuple[Rule, int], ...]:
        """For each rule the possible selections whose risk it sets, the empty one included."""
        left, found = self.possible, []
        for rule in self.question.rules:
            mine = conditions.decide(rule.condition, self.values, self.everything) & left
            found.append((rule, mine))
            left &= ~mine
        return tuple(found)

    def at_least(self, risk: QuestionRisk) -> int:
        """The possible selections at this risk or a worse one."""
        wanted = {QuestionRisk.HIGH} if risk is QuestionRisk.HIGH else {QuestionRisk.HIGH, QuestionRisk.MEDIUM}
        found = 0
        for rule, bits in self.firsts:
            found |= bits if OF_RULE[rule.risk] in wanted else 0
        return found

    def helps(self, id: str, risk: QuestionRisk) -> bool:
        """Tell whether choosing it can lead out of this risk."""
        without, with_it = self._pairs(id, risk)
        return bool(without & ~with_it)

    def harms(self, id: str, risk: QuestionRisk) -> bool:
        """Tell whether choosing it can lead into this risk."""
        without, with_it = self._pairs(id, risk)
        return bool(with_it & ~without)

    def _pairs(self, id: str, risk: QuestionRisk) -> tuple[int, int]:
        """Lay the selections without a choice over the same ones with it, where both are possible."""
        mine, bad = self.values[id], self.at_least(risk)
        step = (mine & -mine).bit_length() - 1
        both = (self.possible & ~mine) & ((self.possible & mine) >> step)
        return bad & both, ((bad & mine) >> step) & both


def selections(question: Question) -> Iterator[frozenset[str]]:
    """Give every selection that a person can make, the empty one first."""
    table = Table(question)
    for number in range(table.size):
        if table.possible >> number & 1:
            yield frozenset(c.id for place, c in enumerate(question.choices) if number >> place & 1)
