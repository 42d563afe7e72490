"""The house keeps its shape: imports point down, start-up is light, gates are plain functions, time has a zone."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("commands", "config", "flows", "lens_checks", "proving", "serving", "tasks")
HEAVY = {
    "dvc", "great_expectations", "matplotlib", "mlflow", "numpy", "optuna", "pandas", "prefect", "pyarrow", "pydantic",
    "sklearn", "skops", "sqlalchemy", "yaml",
}  # fmt: skip
LINES = 300  # the aim is 200


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    paths = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))] + [ROOT / "cli.py"]
    for path in paths:
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, by the last word of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    yield name, node


def imported(tree: ast.AST) -> set[str]:
    """The top-level packages that a tree imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_point_down() -> None:
    """The contracts of pyproject.toml hold."""
    outcome = run("-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("module", ["cli", "lens_checks.check", "lens_checks.catalogue", "config.environment"])
def test_start_up_imports_nothing_heavy(module: str) -> None:
    outcome = run("-c", f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})")
    assert outcome.returncode == 0, outcome.stderr
    allowed = {"pydantic"} if module.startswith("lens_checks") else set()
    assert set(outcome.stdout.split()) & (HEAVY - allowed) == set()


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, cli\ntry: cli.main(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    outcome = run("-c", code)
    assert "Usage" in outcome.stdout
    assert {name.split(".")[0] for name in outcome.stderr.split()} & HEAVY == set()


def test_gates_are_never_submitted_mapped_or_cached() -> None:
    """A flow with an unresolved failing future ends Completed, and a cached result can be edited."""
    found = [
        f"{name}:{call.lineno} {called}"
        for name, tree in modules("flows", "lens_checks")
        for called, call in calls(tree)
        if (called in {"submit", "map", "delay"} and isinstance(call.func, ast.Attribute))
        or any(_caches(word) for word in call.keywords)
    ]
    assert found == []


def _caches(word: ast.keyword) -> bool:
    if word.arg == "cache_policy":
        return not ast.unparse(word.value).endswith("NO_CACHE")
    return word.arg in {"cache_key_fn", "persist_result"} and ast.unparse(word.value) != "False"


def test_time_has_a_zone() -> None:
    naive = [
        f"{name}:{call.lineno}"
        for name, tree in modules(*ROOMS)
        for called, call in calls(tree)
        if called in {"utcnow", "utcfromtimestamp"}
        or (called == "now" and not call.args and not call.keywords and "datetime" in ast.unparse(call.func))
    ]
    assert naive == []


def test_no_format_that_runs_code_at_load() -> None:
    risky = {"pickle", "cPickle", "joblib", "cloudpickle", "dill", "shelve", "marshal"}
    assert [name for name, tree in modules(*ROOMS) if imported(tree) & risky] == []


def test_modules_stay_small() -> None:
    sizes = {path.relative_to(ROOT).as_posix(): _lines(path) for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert {name: size for name, size in sizes.items() if size > LINES} == {}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
