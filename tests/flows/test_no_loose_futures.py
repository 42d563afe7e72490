"""No flow leaves a future unresolved or a state unread: with Prefect, such a flow ends Completed whatever failed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("flows", "tasks", "lens_checks", "serving")
LOOSE_CALLS = ("submit", "map", "delay", "serve_task")
LOOSE_KEYWORDS = ("return_state", "wait_for", "cache_key_fn", "result_storage", "cache_result_in_memory")
# Methods of these names that are not Prefect's.
OTHERS = {"map": ("Series", "frame", "column", "values", "columns", "str")}


def loose(tree: ast.AST, names: set[str]) -> Iterator[str]:
    """Give the calls by which a result or a failure could be lost; names are those of flows and tasks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef):
            yield f"line {node.lineno}: async def {node.name}"
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in LOOSE_CALLS and _named(node.func.value) in names:
            yield f"line {node.lineno}: .{node.func.attr}("
        yield from (f"line {node.lineno}: {k.arg}=" for k in node.keywords if k.arg in LOOSE_KEYWORDS)


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def runnables(tree: ast.AST) -> set[str]:
    """Name what a module makes a flow or a task."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("flow" in ast.dump(d) or "task" in ast.dump(d)
                                                     for d in node.decorator_list):  # fmt: skip
            found.add(node.name)
        if isinstance(node, ast.Assign) and "'task'" in ast.dump(node.value):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


TREES = {path: ast.parse(path.read_text()) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))}
RUNNABLES = {name for path, tree in TREES.items() if path.parts[-2] == "flows" for name in runnables(tree)}


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_submitted_mapped_or_left_unread(room: str) -> None:
    found = {
        path.relative_to(ROOT).as_posix(): told
        for path, tree in TREES.items()
        if path.relative_to(ROOT).parts[0] == room and (told := list(loose(tree, RUNNABLES)))
    }
    if room == "serving":  # the server answers asynchronously, and runs no flow
        found = {path: [line for line in told if "async def" not in line] for path, told in found.items()}
    assert {path: told for path, told in found.items() if told} == {}


@pytest.mark.parametrize(
    "line",
    ["train.submit(settings)", "train.map([1])", "train.delay()", "train(settings, return_state=True)",
     "async def gate(): pass", "flows.training.train.submit(1)", "train.with_options(cache_key_fn=f)"],
)  # fmt: skip
def test_each_shape_would_be_found(line: str) -> None:
    assert "train" in RUNNABLES
    assert list(loose(ast.parse(line), RUNNABLES))


def test_gates_are_plain_functions() -> None:
    """No decision is a task or a flow: nothing retries it, caches it, or reads it back from a file."""
    from flows import review
    from lens_checks import bounds, checkpoint, gates, runner

    for function in (review.decide, review.judge, gates.decide, bounds.unmet, checkpoint.judge, runner.ask):
        assert type(function).__name__ == "function", function


def test_every_task_says_that_it_is_not_cached() -> None:
    """A cached result is a file that somebody can edit."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _named(node.func) == "task" and path.parts[-2] == "flows":
                policies = [k.value for k in node.keywords if k.arg == "cache_policy"]
                assert [_named(value) for value in policies] == ["NO_CACHE"], f"{path.name}, line {node.lineno}"
