"""Which tests are asked about a mutant: those that go through its line, the quickest first."""

import importlib.util
import sys
import threading
from pathlib import Path

from mutation.session import Survey, _noted

SOURCE = "def opens(age):\n    if age > 18:\n        return True\n    return [one for one in range(age) if one > 40]\n"


def test_lines_are_noted_in_every_thread_and_of_one_file(tmp_path: Path) -> None:
    opens = []
    for name in ("door.py", "other.py"):
        (tmp_path / name).write_text(SOURCE, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name.removesuffix(".py"), tmp_path / name)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        opens.append(module.opens)
    lines, traced = set[int](), sys.gettrace()
    with _noted(str(tmp_path / "door.py"), lines):
        opens[0](30)
        opens[1](3)
    assert lines == {2, 3}
    with _noted(str(tmp_path / "door.py"), lines):
        thread = threading.Thread(target=opens[0], args=(3,))
        thread.start()
        thread.join()
    assert lines == {2, 3, 4}
    sys.settrace(traced)


def test_those_that_go_through_a_line_are_asked_the_quickest_of_the_quickest_file_first() -> None:
    lines = {"a::slow": {1, 2}, "a::quick": {2}, "a::elsewhere": {9}, "b::one": {2, 3}}
    seconds = {"a::slow": 3.0, "a::quick": 1.0, "a::elsewhere": 0.1, "b::one": 2.0}
    survey = Survey(seconds, {test: frozenset(passed) for test, passed in lines.items()})
    assert survey.through([2]) == ["b::one", "a::quick", "a::slow"]
    assert (survey.through([3, 9]), survey.through([5])) == (["b::one", "a::elsewhere"], [])
