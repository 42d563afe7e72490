"""Run chosen tests of a pytest session that has collected, in a chosen order, and learn which functions each calls."""

import contextlib
import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType

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
    """What each test takes, in seconds, and which functions of a file it calls: by their first line and name."""

    seconds: Mapping[str, float]
    called: Mapping[str, frozenset[str]]

    def quickest(self, tests: Iterable[str]) -> list[str]:
        """Order tests by their speed, those of one file together, since they share what is made for the file."""
        files: dict[str, float] = {}
        for test, seconds in self.seconds.items():
            files[_file(test)] = files.get(_file(test), 0.0) + seconds
        return sorted(tests, key=lambda test: (files[_file(test)], _file(test), self.seconds[test]))

    def calling(self, codes: Iterable[CodeType]) -> list[str]:
        """Give the tests that call one of some functions, the quickest first."""
        wanted = {_name(code) for code in codes}
        return self.quickest(test for test, called in self.called.items() if called & wanted)


def look(session: pytest.Session, target: Path) -> int:
    """Leave in a file what each test that passes in a fork took, and which functions of the target it called."""
    hook, file, rows = session.config.hook, str(target), dict[str, tuple[float, list[str]]]()
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        called, failed, began = set[str](), session.testsfailed, time.monotonic()
        with _noted(file, called):
            hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed == failed:
            rows[item.nodeid] = (time.monotonic() - began, sorted(called))
    hook.pytest_sessionfinish(session=session, exitstatus=0)
    SURVEY.write_text(json.dumps(rows), encoding="utf-8")
    return 0


@contextlib.contextmanager
def _noted(file: str, called: set[str]) -> Iterator[None]:
    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename == file:
            called.add(_name(frame.f_code))

    sys.setprofile(note)
    threading.setprofile(note)
    yield
    sys.setprofile(None)
    threading.setprofile(None)


def seen() -> Survey:
    """Read what `look` has left, in another process."""
    rows = json.loads(SURVEY.read_text(encoding="utf-8"))
    return Survey(
        {test: seconds for test, (seconds, _) in rows.items()},
        {test: frozenset(called) for test, (_, called) in rows.items()},
    )


def _name(code: CodeType) -> str:
    return f"{code.co_firstlineno} {code.co_qualname}"


def _file(test: str) -> str:
    return test.partition("::")[0]
