"""Try mutants in a copy of the tree: those that live on in a running session once more, from the import on."""

import contextlib
import gc
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from mutation import forks
from mutation.mutants import Mutant, mutants
from mutation.plan import Plan
from mutation.results import FileResult, Tried, save, saved, sha256
from mutation.sift import sifted

PATIENCE, AT_LEAST = 10, 30.0  # a mutant has so many times what the tests need without it, and so many seconds
LONGEST = 1800.0  # seconds that the tests of a file may take as they are
OUTCOMES = {None: "timeout", 0: "survived"}  # by what pytest ends with; otherwise the mutant is killed


class Untestable(Exception):
    """The tests of a file fail as it stands, or do not notice when it cannot be imported."""


def try_file(plan: Plan, file: str, *, again: bool, every: int = 1) -> None:
    """Try every mutant of a file, or every Nth, those killed before only if asked again (Untestable).

    What was found is saved after each, so that a run that is ended goes on from there.
    """
    started, known = time.monotonic(), None if again else saved(plan, file)
    dead = {(one.function, one.mutation): one for one in known.tried if one.outcome == "killed"} if known else {}
    every_one = list(islice(mutants((plan.root / file).read_text(encoding="utf-8"), plan), 0, None, every))
    found = {one: dead[key] for one in every_one if (key := (one.function, one.mutation)) in dead}

    def keep(mutant: Mutant, outcome: str) -> None:
        found[mutant] = Tried(mutant.function, mutant.line, mutant.operator, mutant.mutation, outcome)
        written(whole=False)

    def written(*, whole: bool) -> None:
        tried, seconds = tuple(found[one] for one in every_one if one in found), time.monotonic() - started
        save(plan, FileResult(file=file, source=source, seconds=seconds, tried=tried, whole=whole))

    source = sha256(plan.root / file)
    with _copy(plan.root) as copy:
        target, tests = copy / file, plan.tests_of(file)
        limit = max(AT_LEAST, PATIENCE * _warm(target, tests))
        for mutant, outcome in sifted(target, tests, [one for one in every_one if one not in found], limit=limit):
            keep(mutant, outcome)
        for mutant in [one for one in every_one if one not in found]:
            target.write_text(mutant.code, encoding="utf-8")
            keep(mutant, OUTCOMES.get(_run(tests, limit), "killed"))
    written(whole=every == 1)


def _warm(target: Path, tests: tuple[str, ...]) -> float:
    """Run the tests as they are, import what they imported, see that they need the file; give their seconds."""
    modules, source = Path("modules.json"), target.read_text(encoding="utf-8")
    if code := _run(tests, LONGEST, modules):
        raise Untestable(f"{' '.join(tests)} end with {code} before anything is mutated:\n{_said()}")
    module = ".".join(target.relative_to(Path.cwd()).with_suffix("").parts)
    for name in json.loads(modules.read_text(encoding="utf-8")):
        _import_unless_it_needs(module, name)
    gc.freeze()
    began = time.monotonic()
    if _run(tests, LONGEST):
        raise Untestable(f"{' '.join(tests)} fail in a process that was forked:\n{_said()}")
    seconds = time.monotonic() - began
    for compiled in target.parent.glob(f"__pycache__/{target.stem}.*.pyc"):
        compiled.unlink()
    target.write_text("raise RuntimeError('sabotage')\n", encoding="utf-8")
    if _run(tests, LONGEST) == 0:
        raise Untestable(f"{' '.join(tests)} pass although {target.name} cannot be imported")
    target.write_text(source, encoding="utf-8")
    return seconds


def _said() -> str:
    return "\n".join(Path("output").read_text(encoding="utf-8", errors="replace").splitlines()[-25:])


def _run(tests: tuple[str, ...], limit: float, modules: Path | None = None) -> int | None:
    """Run tests in a forked process and give its exit code, or None if it took too long."""

    def work() -> int:
        if modules is None:
            sys.dont_write_bytecode = True
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        forks.silence("output")
        import pytest

        code = int(pytest.main(["-x", "-q", "--failed-first", "-p", "no:xdist", "--basetemp=tmp", *tests]))
        if modules is not None:
            modules.write_text(json.dumps(_imported()), encoding="utf-8")
        return code

    return forks.done(work, limit)


def _import_unless_it_needs(module: str, name: str) -> None:
    """Import something, and forget it again where it brought the module that will be mutated."""
    before = set(sys.modules)
    with contextlib.suppress(Exception):
        importlib.import_module(name)
    if module in sys.modules:
        for new in [new for new in sys.modules if new not in before]:
            folder, _, last = new.rpartition(".")
            vars(sys.modules.get(folder, sys)).pop(last if folder else "", None)
            del sys.modules[new]


def _imported() -> list[str]:
    """Name what the tests imported, in its order, but the tests themselves, which pytest rewrites."""
    last = ((name, name.rpartition(".")[2]) for name in sys.modules if not name.startswith(("mutation", "__main__")))
    return [name for name, word in last if word != "conftest" and not word.startswith("test_")]


@contextlib.contextmanager
def _copy(root: Path) -> Iterator[Path]:
    """Copy the files that git knows or would add, and make the copy the current directory and the import path."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root, check=True, capture_output=True, text=True,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="mutation-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder).resolve() / "tree"
        for name in filter(None, listed.stdout.split("\0")):
            if (root / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, copy / name)
        os.chdir(copy)
        sys.path[:] = [str(copy), *(p for p in sys.path if Path(p or root).resolve() not in (root, copy))]
        yield copy
        os.chdir(root)
