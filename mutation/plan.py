"""What is mutated, how, and by which tests: the section [tool.mutation] of pyproject.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "pyproject.toml"


class Unplanned(Exception):
    """The section, or what was asked for, does not fit the tree."""


@dataclass(frozen=True, kw_only=True)
class Survivor:
    """A mutant that may survive, and why: it is equivalent, or harmless."""

    file: str
    function: str
    mutation: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The files that are mutated, the floor of their score, the operators, the tests that must notice."""

    root: Path
    floor: float
    operators: tuple[str, ...]
    skip: tuple[str, ...]
    files: tuple[str, ...]
    tests: Mapping[str, tuple[str, ...]]
    survivors: tuple[Survivor, ...]

    def tests_of(self, file: str) -> tuple[str, ...]:
        """Give the tests of a file: those named for it, or else its mirror."""
        folder, _, name = file.rpartition("/")
        return self.tests.get(file, (f"tests/{folder}/test_{name}",))


def read(root: Path) -> Plan:
    """Read the section (Unplanned)."""
    section = tomllib.loads((root / NAME).read_text(encoding="utf-8")).get("tool", {}).get("mutation")
    if section is None:
        raise Unplanned(f"{root / NAME} has no section [tool.mutation]")
    files = tuple(dict.fromkeys(file for pattern in section["files"] for file in _found(root, pattern)))
    plan = Plan(
        root=root,
        floor=section["floor"],
        operators=tuple(section["operators"]),
        skip=tuple(section["skip"]),
        files=files,
        tests={file: tuple(tests) for file, tests in section["tests"].items()},
        survivors=_survivors(root / section["survivors"]),
    )
    strange = [file for file in plan.tests if file not in files]
    strange += [test for file in files for test in plan.tests_of(file) if not (root / test).exists()]
    strange += [survivor.file for survivor in plan.survivors if survivor.file not in files]
    if strange:
        raise Unplanned(f"[tool.mutation] names what is not there, or is not mutated: {', '.join(strange[:5])}")
    return plan


def _found(root: Path, pattern: str) -> list[str]:
    paths = [path for path in sorted(root.glob(pattern)) if path.name != "__init__.py"]
    if not paths:
        raise Unplanned(f"[tool.mutation] files: nothing is called {pattern}")
    return [path.relative_to(root).as_posix() for path in paths]


def _survivors(path: Path) -> tuple[Survivor, ...]:
    listed = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return tuple(Survivor(**entry) for entry in listed.get("survivor", ()))
