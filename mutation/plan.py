"""What is mutated, how, and by which tests: the section [tool.mutation] of pyproject.toml."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

NAME = "pyproject.toml"


class Unplanned(Exception):
    """The section, or what was asked for, does not fit the tree."""


@dataclass(frozen=True, kw_only=True)
class Survivor:
    """A mutant that may survive, and why: it is equivalent, or harmless; `... -> *` means every change of a line."""

    file: str
    function: str
    mutation: str
    why: str

    def explains(self, function: str, mutation: str) -> bool:
        """Tell whether a mutant is the one, or one of those, that may survive."""
        before, _, after = self.mutation.rpartition(" -> ")
        same = mutation == self.mutation or (after == "*" and mutation.startswith(f"{before} -> "))
        return same and function == self.function


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
        """Give the tests of a file: its mirror, or those named for it or its like; `=` stands for the mirror."""
        folder, _, name = file.rpartition("/")
        like = next((tests for pattern, tests in self.tests.items() if fnmatch(file, pattern)), ("=",))
        return tuple(f"tests/{folder}/test_{name}" if test == "=" else test for test in like)

    def lacking(self, files: Iterable[str]) -> list[str]:
        """Name the tests of some files that are not there."""
        return [test for file in files for test in self.tests_of(file) if not (self.root / test).is_file()]


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
    strange = [like for like in plan.tests if not any(fnmatch(file, like) for file in files)]
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
