"""Try mutants: in a copy of the tree, each in a process forked off one that has the libraries imported already."""

import contextlib
import gc
import hashlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from mutation.mutants import Mutant, mutants
from mutation.plan import Plan

RESULTS = ".mutation"
PATIENCE, AT_LEAST = 10, 30.0  # a mutant has so many times what the tests need without it, and so many seconds
LONGEST = 1800.0  # seconds that the tests of a file may take as they are
OUTCOMES = {0: "survived", 1: "killed", 2: "killed", 3: "killed", 4: "killed"}  # what pytest ends with


class Untestable(Exception):
    """The tests of a file fail as it stands, or do not notice when it cannot be imported."""


@dataclass(frozen=True)
class Tried:
    """A mutant and what became of it."""

    function: str
    line: int
    operator: str
    mutation: str
    outcome: str  # killed, survived, timeout


@dataclass(frozen=True, kw_only=True)
class FileResult:
    """What became of the mutants of a file."""

    file: str
    source: str  # sha256 of the text that was mutated
    seconds: float
    tried: tuple[Tried, ...]
    whole: bool = True  # False where not every mutant was tried

    def count(self, outcome: str) -> int:
        """Count the mutants with an outcome."""
        return sum(one.outcome == outcome for one in self.tried)

    @property
    def score(self) -> float:
        """The share of mutants that were noticed."""
        return 1 - self.count("survived") / len(self.tried) if self.tried else 1.0


def saved(plan: Plan, file: str) -> FileResult | None:
    """Give the result of the last run for a file as it stands, if there is one."""
    path = _path(plan, file)
    if not path.exists():
        return None
    read = json.loads(path.read_text(encoding="utf-8"))
    if read["source"] != _sha256(plan.root / file):
        return None
    return FileResult(**read | {"tried": tuple(Tried(**one) for one in read["tried"])})


def try_file(plan: Plan, file: str, *, again: bool, every: int = 1) -> FileResult:
    """Try every mutant of a file, or every Nth, those killed before only if asked again (Untestable).

    What was found is saved after each, so that a run that is ended goes on from there.
    """
    started, known = time.monotonic(), None if again else saved(plan, file)
    dead = {(one.function, one.mutation): one for one in known.tried if one.outcome == "killed"} if known else {}
    source, tried = (plan.root / file).read_text(encoding="utf-8"), list[Tried]()
    with _copy(plan.root) as copy:
        target, tests = copy / file, plan.tests_of(file)
        seconds = _warm(target, tests)
        for mutant in islice(mutants(source, plan), 0, None, every):
            was = dead.get((mutant.function, mutant.mutation))
            tried.append(was or _tried(mutant, target, tests, max(AT_LEAST, PATIENCE * seconds)))
            if was is None:
                _save(plan, file, tried, time.monotonic() - started, whole=False)
    return _save(plan, file, tried, time.monotonic() - started, whole=every == 1)


def _save(plan: Plan, file: str, tried: list[Tried], seconds: float, *, whole: bool) -> FileResult:
    source = _sha256(plan.root / file)
    result = FileResult(file=file, source=source, seconds=seconds, tried=tuple(tried), whole=whole)
    path = _path(plan, file)
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(asdict(result), indent=1), encoding="utf-8")
    beside.replace(path)
    return result


def _tried(mutant: Mutant, target: Path, tests: tuple[str, ...], limit: float) -> Tried:
    target.write_text(mutant.code, encoding="utf-8")
    code = _run(tests, limit)
    outcome = "timeout" if code is None else OUTCOMES.get(code, "killed")
    return Tried(mutant.function, mutant.line, mutant.operator, mutant.mutation, outcome)


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
    child = os.fork()
    if child == 0:
        _be_child(tests, modules)
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _be_child(tests: tuple[str, ...], modules: Path | None) -> None:
    """Run pytest and end, without ever going back to the caller."""
    code = 3
    try:
        os.setsid()
        if modules is None:
            sys.dont_write_bytecode = True
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        output = os.open("output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        import pytest

        code = int(pytest.main(["-x", "-q", "--failed-first", "-p", "no:xdist", "--basetemp=tmp", *tests]))
        if modules is not None:
            modules.write_text(json.dumps(_imported()), encoding="utf-8")
    finally:
        os._exit(code)


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


def _path(plan: Plan, file: str) -> Path:
    return plan.root / RESULTS / f"{file.replace('/', '.')}.json"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
