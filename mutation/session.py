"""Run chosen tests of a pytest session that has collected, in a chosen order, and learn which lines each passes."""

import contextlib
import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

FAILED, SURVEY = Path("failed"), Path("survey.json")  # in the copy of the tree


def prepare(session: pytest.Session) -> None:
    """Run the test with the most fixtures here, so that those of the session are there in every fork."""
    if len(session.items) > 1:
        *rest, most = sorted(session.items, key=lambda item: len(getattr(item, "fixturenames", ())))
        chain = set(most.listchain())
        farthest = min(rest, key=lambda item: len(chain.intersection(item.listchain())))  # all else is torn down
        session.config.hook.pytest_runtest_protocol(item=most, nextitem=farthest)


def run(session: pytest.Session, items: Sequence[pytest.Item]) -> int:
    """Run tests up to the first that fails, whose name is left in a file; give 1 if one did, otherwise 0."""
    hook = session.config.hook
    for item, following in zip(items, [*items[1:], None], strict=False):
        hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            FAILED.write_text(item.nodeid, encoding="utf-8")
            break
    code = int(session.testsfailed > 0)
    hook.pytest_sessionfinish(session=session, exitstatus=code)  # what fixtures began is ended
    return code


@dataclass(frozen=True)
class Survey:
    """What each test takes, in seconds, and which lines of a file it goes through."""

    seconds: Mapping[str, float]
    lines: Mapping[str, frozenset[int]]

    def quickest(self, tests: Iterable[str]) -> list[str]:
        """Order tests by their speed, those of one file together, since they share what is made for the file."""
        files: dict[str, float] = {}
        for test, seconds in self.seconds.items():
            files[_file(test)] = files.get(_file(test), 0.0) + seconds
        return sorted(tests, key=lambda test: (files[_file(test)], _file(test), self.seconds[test]))

    def through(self, lines: Iterable[int]) -> list[str]:
        """Give the tests that go through one of some lines, the quickest first."""
        wanted = frozenset(lines)
        return self.quickest(test for test, passed in self.lines.items() if passed & wanted)


def look(session: pytest.Session, target: Path) -> int:
    """Leave in a file what each test that passes in a fork took, and which lines of the target it went through."""
    hook, file, rows = session.config.hook, str(target), dict[str, tuple[float, list[int]]]()
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        lines, failed, began = set[int](), session.testsfailed, time.monotonic()
        with _noted(file, lines):
            hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed == failed:
            rows[item.nodeid] = (time.monotonic() - began, sorted(lines))
    hook.pytest_sessionfinish(session=session, exitstatus=0)
    SURVEY.write_text(json.dumps(rows), encoding="utf-8")
    return 0


@contextlib.contextmanager
def _noted(file: str, lines: set[int]) -> Iterator[None]:
    def call(frame: FrameType, event: str, _: object) -> Any:
        return line if frame.f_code.co_filename == file else None

    def line(frame: FrameType, event: str, _: object) -> Any:
        lines.add(frame.f_lineno)
        return line

    threading.settrace(call)
    sys.settrace(call)
    yield
    sys.settrace(None)
    threading.settrace(None)


def seen() -> Survey:
    """Read what `look` has left, in another process."""
    rows = json.loads(SURVEY.read_text(encoding="utf-8"))
    return Survey(
        {test: seconds for test, (seconds, _) in rows.items()},
        {test: frozenset(lines) for test, (_, lines) in rows.items()},
    )


def _file(test: str) -> str:
    return test.partition("::")[0]
