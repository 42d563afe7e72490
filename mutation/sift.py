"""Sift out the mutants that a test notices at once: pytest collects once, and a process is forked off for each mutant.

What is left over has to be tried from the import on, with every test: which lines a test went through, and what was
computed before the mutant came, is good enough to say whom to ask first, and no more.
"""

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from mutation import forks, swap
from mutation.mutants import Mutant
from mutation.session import FAILED, look, prepare, run, seen
from mutation.swap import Swap


def sifted(
    target: Path, tests: Sequence[str], mutants: Sequence[Mutant], *, limit: float
) -> Iterator[tuple[Mutant, str]]:
    """Yield the mutants that were killed or took too long, with the word for it, as they are found."""
    reading, writing = os.pipe()

    def collect() -> int:
        os.close(reading)
        forks.silence("output")
        sieve = Sieve(target, mutants, limit, writing)
        return int(pytest.main(["-q", "-p", "no:xdist", "--basetemp=tmp", *tests], plugins=[sieve]))

    child = forks.begin(collect)
    os.close(writing)
    with os.fdopen(reading) as lines:
        for line in lines:
            number, outcome = line.split()
            yield mutants[int(number)], outcome
    os.waitpid(child, 0)


class Sieve:
    """The plugin of a session that runs no test itself, but forks off a process that does, for each mutant."""

    def __init__(self, target: Path, mutants: Sequence[Mutant], limit: float, found: int) -> None:
        """Take the file, its mutants, the seconds each may take, and the pipe that hears which were noticed."""
        self.target, self.mutants, self.limit, self.found = target, mutants, limit, found
        self.killers: dict[CodeType, str] = {}  # by function: the test that was the last to notice a change

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn what the tests call, see that they pass in another order, and try the mutants; True: all is run."""
        prepare(session)
        live, items = swap.functions(str(self.target)), {item.nodeid: item for item in session.items}
        gc.freeze()
        if forks.done(lambda: look(session, self.target), self.limit) == 0:
            survey = seen()
            ordered = [items[test] for test in survey.quickest(survey.seconds)]
            if forks.done(lambda: run(session, ordered), self.limit) == 0:
                for number, pairs in self._swappable(live):
                    asked = survey.through([self.mutants[number].line]) or survey.through(swap.lines(pairs))
                    last = {self.killers.get(was) for was, _ in pairs}
                    asked.sort(key=lambda test: test not in last)  # whoever was the last to notice is asked first
                    self._try(number, session, [items[test] for test in asked], pairs, live)
        return True

    def _swappable(self, live: Mapping[CodeType, Sequence[FunctionType]]) -> Iterator[tuple[int, list[Swap]]]:
        """Write each mutant into its file, for the processes that tests start, and give the functions to change."""
        source = self.target.read_text(encoding="utf-8")
        for number, mutant in enumerate(self.mutants):
            pairs = swap.swaps(source, mutant.code, str(self.target))
            if pairs and all(was in live for was, _ in pairs):
                self.target.write_text(mutant.code, encoding="utf-8")
                yield number, pairs
        self.target.write_text(source, encoding="utf-8")

    def _try(
        self,
        number: int,
        session: pytest.Session,
        items: Sequence[pytest.Item],
        pairs: Sequence[Swap],
        live: Mapping[CodeType, Sequence[FunctionType]],
    ) -> None:
        def work() -> int:
            swap.swap(pairs, live)
            return run(session, items)

        FAILED.unlink(missing_ok=True)
        code = forks.done(work, self.limit)
        if code is None:
            os.write(self.found, f"{number} timeout\n".encode())
        elif FAILED.exists():
            self.killers |= dict.fromkeys((was for was, _ in pairs), FAILED.read_text(encoding="utf-8"))
            os.write(self.found, f"{number} killed\n".encode())
