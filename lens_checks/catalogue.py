"""The catalogue: the 105 practices of the lens, its 35 questions, and the checks found by walking this package."""

import csv
import difflib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ConfigError
from config.settings import Risk
from lens_checks.check import PILLAR_OF_PREFIX, Check, Checkpoint, Phase, Pillar
from lens_checks.steps import step

if TYPE_CHECKING:
    from lens_checks.interchange.imported import AskedQuestion

HERE = Path(__file__).parent
EDITION = "2023 ids, 2025 text and risk"
PAGES = "https://docs.aws.amazon.com/wellarchitected/latest/machine-learning-lens"
ROOMS = (*(pillar.value.replace(" ", "_") for pillar in Pillar), "ours")

# An id that is given up is never given to another practice: old id -> the id that took its place.
RETIRED: Mapping[str, str] = {}

CHECKPOINT_OF_PHASE = {
    Phase.BUSINESS_GOAL: Checkpoint.FRAMING,
    Phase.PROBLEM_FRAMING: Checkpoint.FRAMING,
    Phase.DATA_PROCESSING: Checkpoint.DATA,
    Phase.MODEL_DEVELOPMENT: Checkpoint.DEVELOPMENT,
    Phase.DEPLOYMENT: Checkpoint.RELEASE,
    Phase.MONITORING: Checkpoint.OPERATION,
}


class Mode(StrEnum):
    """How a practice can be judged: by a check, by a check and a statement, or by a statement alone."""

    AUTO = "auto"
    PARTIAL = "partial"
    ATTEST = "attest"


@dataclass(frozen=True)
class Origin:
    """The imported lens that a practice comes from, and what it is there."""

    lens: str
    edition: str
    question: str
    choice: str
    page: str


@dataclass(frozen=True)
class Practice:
    """One practice: its ids, its coordinate in the lens, its risk, and what would show that it is met."""

    id: str
    id_2025: str
    pillar: Pillar
    phase: Phase
    risk: Risk
    mode: Mode
    title: str
    points: tuple[str, ...]
    evidence: str
    origin: Origin | None = None

    @property
    def question(self) -> str:
        """The question of the 2025 edition, or of an imported lens, that it belongs to; empty for an own check's."""
        return self.origin.question if self.origin else self.id_2025.rsplit("-", 1)[0]

    @property
    def choice(self) -> str:
        """Its id in AWS's file of the lens, or in the imported one; empty for an own check's."""
        return self.origin.choice if self.origin else self.id_2025.replace("-", "_")

    @property
    def edition(self) -> str:
        """The edition of the lens that it is taken from."""
        return self.origin.edition if self.origin else EDITION

    @property
    def page(self) -> str:
        """The lens's own page; empty for an own check's."""
        if self.origin:
            return self.origin.page
        return f"{PAGES}/{self.id_2025.lower()}.html" if self.id_2025 else ""

    def answers_to(self, name: str) -> bool:
        """Tell whether this is one of its ids: of 2023, of 2025, of AWS's file, of an imported lens; in any case."""
        wanted = name.strip().upper()
        ours = RETIRED.get(wanted.replace("_", "-"), wanted.replace("_", "-"))
        if self.origin is None:
            return ours in (self.id, self.id_2025)
        lens, question, choice = self.origin.lens, self.origin.question, self.origin.choice
        return ours == self.id or wanted in (f"{lens}:{choice}".upper(), f"{question}/{choice}".upper(), choice.upper())


@dataclass(frozen=True)
class Question:
    """One question of the lens and the rule that sets its risk: all, or any, of these practices."""

    id: str
    title: str
    any_suffices: bool
    practices: tuple[str, ...]
    risk: Risk


@dataclass(frozen=True)
class Catalogue:
    """All practices, in the order of the lens, the checks that judge them, and the questions they answer."""

    practices: Mapping[str, Practice]
    checks: Mapping[str, Check]
    questions: tuple[Question, ...]
    imported: tuple["AskedQuestion", ...] = ()

    def checkpoint_of(self, practice: Practice) -> Checkpoint:
        """Tell where a practice is judged: where its check says, else at the end of its phase."""
        found = self.checks.get(practice.id)
        return found.judged_at if found else CHECKPOINT_OF_PHASE[practice.phase]

    def resolve(self, name: str) -> Practice:
        """Find a practice by any of its ids, in any case (ConfigError)."""
        found = [practice for practice in self.practices.values() if practice.answers_to(name)]
        known = [*self.practices, *(p.id_2025 for p in self.practices.values() if p.id_2025)]
        near = difflib.get_close_matches(name.strip().upper().replace("_", "-"), known, n=3)
        match [practice for practice in found if not practice.origin] or found:
            case [practice]:
                return practice
            case []:
                seen, near = f"no practice has the id {name!r}", near or ["MLSEC-06", "MLSEC03-BP04"]
            case several:
                seen, near = f"{name!r} is the id of several practices", [practice.id for practice in several]
        raise ConfigError(
            seen,
            expected=f"an id such as {', '.join(near)}",
            next_step="lifecycle review --all lists all practices with their ids",
        )


def load() -> Catalogue:
    """Give the lens, the checks that are found, and the lenses that the project has imported (ConfigError)."""
    return _with_imported(shipped()) if (Path("config") / "lenses").is_dir() else shipped()


def _with_imported(known: Catalogue) -> Catalogue:
    from config import lenses
    from lens_checks.interchange import imported

    read = [(record, imported.lens_of(record, data)) for record, data in lenses.load()]
    practices = {**known.practices, **imported.added(read, known.practices)}
    questions = tuple(question for record, lens in read for question in imported.questions(record, lens))
    return Catalogue(practices, known.checks, known.questions, questions)


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """Read the practices and questions, and import every check of this package (ConfigError)."""
    checks = collect(modules())
    practices = {row["id"]: _practice(row) for row in _table("catalogue.tsv")}
    practices |= {id: _own(check) for id, check in checks.items() if id not in practices}
    by_2025 = {p.id_2025: p.id for p in practices.values()}
    questions = tuple(_question(row, by_2025) for row in _table("questions.tsv"))
    return Catalogue(practices, checks, questions)


def remember() -> None:
    """Import the checks that are shipped, so that a process that is forked from this one need not."""
    for name in modules():
        if ".ours." not in name:
            importlib.import_module(name.removesuffix(".__init__"))


def modules(folder: Path = HERE) -> tuple[str, ...]:
    """Name every module that may hold checks: all files of the pillar folders and of ours/, however deep."""
    files = [file for room in ROOMS for file in sorted((folder / room).rglob("*.py"))]
    return tuple(".".join((folder.name, *file.relative_to(folder).with_suffix("").parts)) for file in files)


def collect(names: tuple[str, ...]) -> dict[str, Check]:
    """Import modules and gather their checks by practice; a module that fails, or a second check, is an error."""
    checks: dict[str, Check] = {}
    for found in (found for name in names for found in _checks_of(name)):
        if found.practice in checks:
            other = checks[found.practice]
            raise ConfigError(
                f"{found.practice} has two checks: {other.module}.{other.function.__name__} and "
                f"{found.module}.{found.function.__name__}",
                expected="one check for a practice",
                next_step="remove one of them, or give your own an id of its own",
            )
        checks[found.practice] = found
    return checks


def _checks_of(name: str) -> list[Check]:
    try:
        with step(f"importing {name}"):
            module = importlib.import_module(name.removesuffix(".__init__"))
    except (Exception, SystemExit) as error:
        raise ConfigError(
            f"{name.replace('.', '/')}.py cannot be imported: {type(error).__name__}: {error}",
            expected="a module whose checks can be read; a check that is not read would be a gate that is not held",
            next_step=f"python -c 'import {name}'",
        ) from error
    return [value for value in vars(module).values() if isinstance(value, Check) and value.module == module.__name__]


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _practice(row: dict[str, str]) -> Practice:
    return Practice(
        id=row["id"],
        id_2025=row["id_2025"],
        pillar=PILLAR_OF_PREFIX[row["id"].split("-", 1)[0]],
        phase=Phase(row["phase"]),
        risk=Risk(row["risk"]),
        mode=Mode(row["mode"]),
        title=row["title"],
        points=tuple(row["points"].split("; ")),
        evidence=row["evidence"],
    )


def _own(check: Check) -> Practice:
    if check.pillar is None or check.own_risk is None or check.practice.split("-", 1)[0] in PILLAR_OF_PREFIX:
        raise ConfigError(
            f"{check.module}.{check.function.__name__} judges {check.practice!r}, which the lens does not know",
            expected="a practice id of the lens, or an id with a prefix of your own together with pillar and risk",
            next_step="lifecycle review --all lists the ids; an own one says pillar=Pillar.SECURITY, risk=Risk.HIGH",
        )
    return Practice(check.practice, "", check.pillar, check.phase, check.own_risk, Mode.AUTO, check.title, (), "")


def _question(row: dict[str, str], by_2025: dict[str, str]) -> Question:
    practices = tuple(by_2025[f"{row['id']}-BP{number}"] for number in row["practices"].split())
    return Question(row["id"], row["title"], row["rule"] == "any", practices, Risk(row["risk"]))
