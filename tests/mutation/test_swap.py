"""A mutated function takes the place of the imported one, wherever it is held; what runs at import is left alone."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from mutation import swap

SOURCE = """
import functools
LIMIT = 18

def twice(function):
    @functools.wraps(function)
    def call(age):
        return function(age) and function(age)
    return call

@twice
def opens(age, least=LIMIT):
    return age > least

class Door:
    shut = 3

    @property
    def high(self):
        return self.shut > 2

    def rows(self, most):
        return [row for row in range(5) if row < most]

def held():
    limit = 4
    def inner():
        return limit
    return inner
"""


def imported(folder: Path) -> ModuleType:
    path = folder / "door.py"
    path.write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("door", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(before: str, after: str) -> list[str]:
    assert SOURCE.count(before) == 1
    return [was.co_qualname for was, _ in swap.swaps(SOURCE, SOURCE.replace(before, after), "door.py")]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        pytest.param("age > least", "age < least", ["opens"], id="a function that is decorated"),
        pytest.param("self.shut > 2", "self.shut < 2", ["Door.high"], id="a property"),
        pytest.param("row < most", "row > most", ["Door.rows"], id="a comprehension in a method"),
        pytest.param("return limit", "return -limit", ["held"], id="a function in a function"),
        pytest.param("LIMIT = 18", "LIMIT = 19", [], id="a constant of the module"),
        pytest.param("least=LIMIT", "least=LIMIT + 1", [], id="a default"),
        pytest.param("shut = 3", "shut = 1", [], id="a constant of a class"),
        pytest.param("@twice\n", "\n", [], id="a decorator"),
        pytest.param("    @property\n", "\n", [], id="the decorator of a method"),
    ],
)
def test_only_functions_are_swapped(before: str, after: str, changed: list[str]) -> None:
    assert names(before, after) == changed


def test_whoever_holds_a_function_gets_the_other(tmp_path: Path) -> None:
    door = imported(tmp_path)
    opens, opened, file = door.opens, door.Door(), str(tmp_path / "door.py")
    assert opens(20) and opened.high and opened.rows(2) == [0, 1]
    live = swap.functions(file)
    for before, after in (("age > least", "age < least"), ("self.shut > 2", "self.shut < 2"), ("row < most", "False")):
        swap.swap(swap.swaps(SOURCE, SOURCE.replace(before, after), file), live)
    assert not opens(20) and opens(10) and not opened.high and opened.rows(2) == []


def test_a_function_that_closes_over_something_else_is_refused(tmp_path: Path) -> None:
    imported(tmp_path)
    file = str(tmp_path / "door.py")
    pairs = [(was, now) for was, now in swap.swaps(SOURCE, SOURCE.replace("function(age) and ", ""), file)]
    assert [was.co_qualname for was, _ in pairs] == ["twice"]
    call = next(code for code in swap.functions(file) if code.co_name == "call")
    with pytest.raises(ValueError, match="free vars"):
        swap.swap([(call, pairs[0][1])], swap.functions(file))


def test_all_that_is_defined_in_a_function_is_of_it() -> None:
    pairs = swap.swaps(SOURCE, SOURCE.replace("return limit", "return 3"), "door.py")
    first = SOURCE.splitlines().index("def held():") + 1
    assert swap.lines(pairs) == set(range(first, first + 5))
