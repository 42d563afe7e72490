"""What a planted defect is: its row in the list, the stage of a run at which it is planted, and what must catch it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING

from config.errors import ConfigError

if TYPE_CHECKING:
    from proving.world import World

FLIGHTS = "flights"
OWN = 101  # ids from here on are a project's own


class Expected(StrEnum):
    """What the pipeline owes a defect: to refuse it, to record it, or to answer unknown."""

    REFUSED = "R"
    RECORDED = "L"
    UNKNOWN = "U"
    UNKNOWN_THEN_REFUSED = "U → R"


class Stage(StrEnum):
    """Where the undisturbed run stands when the defect is planted into a copy of it."""

    FRESH = "fresh"  # code, configuration and data; nothing was run
    EVALUATED = "evaluated"  # the first candidate is trained, evaluated and compared
    WAITING = "waiting"  # it is at staging, and champion waits for a person's word
    CHAMPION = "champion"  # it became champion
    CHALLENGED = "challenged"  # a month later: a second candidate is evaluated and compared with the champion
    SECOND = "second"  # it became champion in place of the first


Plant = Callable[["World"], None]


@dataclass(frozen=True)
class Case:
    """One way to plant a defect; several of them may stand for one row of the list."""

    id: int
    name: str
    by: str  # what must catch it, as the proof tells it
    at: Stage
    problem: str
    quick: bool
    plant: Plant
    case: str = ""


@dataclass(frozen=True)
class Defect:
    """A row of the list."""

    id: int
    title: str
    expected: Expected
    cases: tuple[Case, ...]

    @property
    def by(self) -> str:
        """What must catch it, each way told once."""
        return "; ".join(dict.fromkeys(case.by for case in self.cases))


_ROWS: dict[int, tuple[str, Expected]] = {}
_CASES: list[Case] = []


def planted(
    id: int, title: str, expected: Expected = Expected.REFUSED, *, by: str, at: Stage = Stage.FRESH
) -> Callable[[Plant], Plant]:
    """Declare a defect: the function plants it and asks for what must be seen."""

    def declare(plant: Plant) -> Plant:
        if id in _ROWS and _ROWS[id] != (title, expected):
            raise ConfigError(f"defect {id} is declared twice: {_ROWS[id][0]!r} and {title!r}", expected="a free id")
        _ROWS[id] = (title, expected)
        _CASES.append(Case(id, plant.__name__, by, at, FLIGHTS, quick=True, plant=plant))
        return plant

    return declare


def variant(
    id: int, case: str, *, by: str, at: Stage = Stage.FRESH, problem: str = FLIGHTS, quick: bool = False
) -> Callable[[Plant], Plant]:
    """Declare another way to plant a defect, in the whole form unless it is quick; it may be of another problem."""

    def declare(plant: Plant) -> Plant:
        _CASES.append(Case(id, plant.__name__, by, at, problem, quick, plant, case))
        return plant

    return declare


def defects(package: ModuleType | None = None) -> tuple[Defect, ...]:
    """Find every defect by walking proving/defects, in the order of the list."""
    if package is None:
        package = importlib.import_module("proving.defects")
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(found.name)
    return tuple(
        Defect(id, *_ROWS[id], tuple(sorted((c for c in _CASES if c.id == id), key=lambda case: not case.quick)))
        for id in sorted(_ROWS)
    )


def chosen(ids: Iterable[int], every: tuple[Defect, ...]) -> tuple[Defect, ...]:
    """Pick defects by their ids, all where none is named (ConfigError for one that is not there)."""
    wanted = frozenset(ids)
    if unknown := sorted(wanted - {defect.id for defect in every}):
        raise ConfigError(
            f"no planted defect has the id {', '.join(map(str, unknown))}",
            expected=f"ids from {every[0].id} to {every[-1].id}",
            next_step="docs/proof.md lists them",
        )
    return tuple(defect for defect in every if not wanted or defect.id in wanted)
