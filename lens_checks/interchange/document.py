"""A custom lens of AWS's Well-Architected Tool, schemaVersion 2021-11-01 as a frozen model, with its limits."""

from dataclasses import dataclass

from lens_checks.interchange.conditions import Condition
from lens_checks.interchange.finding import Finding

SCHEMA_VERSION = "2021-11-01"
PILLARS, QUESTIONS, CHOICES, RULES = 10, 20, 15, 3
NAME, TITLE, LONG, API_TEXT, PILLAR_ID, CHOICE_ID = 128, 128, 2048, 1024, 64, 64
RISKS = ("HIGH_RISK", "MEDIUM_RISK", "NO_RISK")
KINDS = ("HELPFUL_RESOURCE", "IMPROVEMENT_PLAN")
NONE_OF_THESE = "_no"


@dataclass(frozen=True)
class Resource:
    """A text and, where there is one, the link that goes with it."""

    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Choice:
    """A best practice that can be chosen, or the choice that none is followed."""

    id: str
    title: str
    help: Resource
    plan: Resource
    path: str

    @property
    def is_none(self) -> bool:
        """True for "None of these", which excludes every other choice."""
        return self.id.endswith(NONE_OF_THESE)


@dataclass(frozen=True)
class Rule:
    """A condition over the choices of a question, and the risk where it is the first that is true."""

    condition: Condition
    risk: str
    path: str


@dataclass(frozen=True)
class Question:
    """A question, its choices, and its rules in the order in which they are asked."""

    id: str
    title: str
    description: str
    choices: tuple[Choice, ...]
    rules: tuple[Rule, ...]
    path: str

    @property
    def practices(self) -> tuple[Choice, ...]:
        """The choices that are best practices."""
        return tuple(choice for choice in self.choices if not choice.is_none)


@dataclass(frozen=True)
class Pillar:
    """A pillar and its questions."""

    id: str
    name: str
    questions: tuple[Question, ...]
    path: str


@dataclass(frozen=True)
class Lens:
    """A lens; `text` is its file as it was read, unknown keys and order and all."""

    name: str
    description: str
    version: str
    pillars: tuple[Pillar, ...]
    text: str
    sha256: str  # of the bytes of the file

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in order."""
        return tuple(question for pillar in self.pillars for question in pillar.questions)


@dataclass(frozen=True)
class Read:
    """What could be read of a file, and all that is wrong or odd about it."""

    lens: Lens
    findings: tuple[Finding, ...]
