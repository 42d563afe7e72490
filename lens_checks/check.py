"""What a check is: the function that judges one practice from evidence, and the verdicts that it may give."""

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from config.settings import Risk

T = TypeVar("T")


class Pillar(StrEnum):
    """The six pillars of the lens, in its order."""

    OPERATIONAL_EXCELLENCE = "operational excellence"
    SECURITY = "security"
    RELIABILITY = "reliability"
    PERFORMANCE_EFFICIENCY = "performance efficiency"
    COST_OPTIMIZATION = "cost optimization"
    SUSTAINABILITY = "sustainability"


PILLAR_OF_PREFIX = {
    "MLOE": Pillar.OPERATIONAL_EXCELLENCE,
    "MLSEC": Pillar.SECURITY,
    "MLREL": Pillar.RELIABILITY,
    "MLPER": Pillar.PERFORMANCE_EFFICIENCY,
    "MLCOST": Pillar.COST_OPTIMIZATION,
    "MLSUS": Pillar.SUSTAINABILITY,
}


class Phase(StrEnum):
    """The six phases of the lens, in its order; with the pillar the coordinate of a practice."""

    BUSINESS_GOAL = "business goal identification"
    PROBLEM_FRAMING = "ML problem framing"
    DATA_PROCESSING = "data processing"
    MODEL_DEVELOPMENT = "model development"
    DEPLOYMENT = "deployment"
    MONITORING = "monitoring"


class Checkpoint(StrEnum):
    """The points of the lifecycle at which practices are judged, in order."""

    FRAMING = "framing"
    DATA = "data"
    DEVELOPMENT = "development"
    RELEASE = "release"
    OPERATION = "operation"

    @property
    def up_to_here(self) -> tuple["Checkpoint", ...]:
        """This checkpoint and all before it."""
        order = tuple(Checkpoint)
        return order[: order.index(self) + 1]


class Effort(StrEnum):
    """How much work it usually is to meet a practice that is open."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Outcome(StrEnum):
    """The answer to a practice; a check may give the first three, only the runner the last two."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    BROKEN = "broken"


FROM_CHECKS = frozenset({Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True)
class Verdict:
    """An outcome and the evidence for it, in words."""

    outcome: Outcome
    because: str

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a boolean: compare its outcome")


class Missing(Exception):
    """Raised by a check whose record lacks a field it needs; the runner answers unknown."""


def met(because: str) -> Verdict:
    """Say that the practice is met, and by what evidence."""
    return Verdict(Outcome.MET, because)


def not_met(because: str) -> Verdict:
    """Say that the practice is not met: what was seen, what was expected."""
    return Verdict(Outcome.NOT_MET, because)


def not_applicable(because: str) -> Verdict:
    """Say that the evidence itself shows that the practice has nothing to judge."""
    return Verdict(Outcome.NOT_APPLICABLE, because)


def need(value: T | None, what: str) -> T:
    """Return the value, or raise Missing with the name of what is not there."""
    if value is None:
        raise Missing(what)
    return value


@dataclass(frozen=True)
class Check:
    """A check and its declaration: which practice, where in the lens, when it is judged, how to meet it."""

    practice: str
    phase: Phase
    judged_at: Checkpoint
    fix: str
    effort: Effort
    function: Callable[..., Verdict]
    own_pillar: Pillar | None = None
    own_risk: Risk | None = None

    @property
    def title(self) -> str:
        """The world that the check wants, from its docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def module(self) -> str:
        """The module that holds the check."""
        return self.function.__module__

    @property
    def pillar(self) -> Pillar | None:
        """The pillar: from the id for the lens's practices, declared for an organisation's own."""
        return PILLAR_OF_PREFIX.get(self.practice.partition("-")[0], self.own_pillar)

    @property
    def evidence(self) -> dict[str, type]:
        """The records it reads, by parameter name."""
        hints = typing.get_type_hints(self.function)
        return {name: hints[name] for name in inspect.signature(self.function).parameters}

    def __call__(self, *records: object, **named: object) -> Verdict:
        """Judge hand-made records."""
        return self.function(*records, **named)


def check(
    practice: str,
    *,
    phase: Phase,
    judged_at: Checkpoint,
    fix: str,
    effort: Effort = Effort.MEDIUM,
    pillar: Pillar | None = None,
    risk: Risk | None = None,
) -> Callable[[Callable[..., Verdict]], Check]:
    """Declare a function as the check of a practice; pillar and risk only for practices that are not the lens's."""

    def declare(function: Callable[..., Verdict]) -> Check:
        return Check(practice, phase, judged_at, fix, effort, function, pillar, risk)

    return declare
