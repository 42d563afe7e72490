"""Sees who asks the same, or nearly the same, again and again: so a model is copied, or an input sought that fools it.

A row resembles an earlier one of the same consumer if both agree in two thirds of their columns, numbers to three
digits. It counts what it sees and changes no answer: a consumer may have a reason.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from config.settings.serving import Probing

ROWS = 200  # of a consumer that are remembered
MOST_CONSUMERS = 200
SOME = 8  # rows of a request that are looked at
FEWEST_COLUMNS = 6  # with fewer, agreeing in some says nothing: then the whole row counts
THIRDS = 3
log = logging.getLogger("serving")


@dataclass(eq=False)
class Recent:
    """What a consumer asked lately: when, the marks of each row, and whether it resembled one before."""

    rows: deque[tuple[float, tuple[int, ...], bool]] = field(default_factory=deque)
    known: Counter[int] = field(default_factory=Counter)
    resembling: int = 0
    last: float = 0.0
    suspect: bool = False

    def add(self, now: float, marks: tuple[int, ...]) -> None:
        """Remember a row."""
        again = any(mark in self.known for mark in marks)
        self.rows.append((now, marks, again))
        self.last = now
        self.known.update(marks)
        self.resembling += again

    def forget(self, before: float) -> None:
        """Forget rows that are too old or too many."""
        while self.rows and (self.rows[0][0] < before or len(self.rows) > ROWS):
            _, marks, again = self.rows.popleft()
            self.resembling -= again
            for mark in marks:
                self.known[mark] -= 1
                if not self.known[mark]:
                    del self.known[mark]


@dataclass(eq=False)
class Probes:
    """What each consumer asked lately, as one worker sees it."""

    settings: Probing
    consumers: dict[str, Recent] = field(default_factory=dict)

    def look(self, consumer: str, columns: dict[str, Any]) -> bool:
        """Take a request's rows, and tell whether its consumer probes the model."""
        if not self.settings.least:
            return False
        now, recent = time.monotonic(), self._of(consumer)
        recent.forget(now - self.settings.seconds)
        for marks in _marks(columns):
            recent.add(now, marks)
        recent.forget(now - self.settings.seconds)
        enough = recent.resembling >= max(self.settings.least, self.settings.share * len(recent.rows))
        if enough and not recent.suspect:
            log.warning("consumer %r asks the same, or nearly so: %d of %d rows", consumer, recent.resembling,
                        len(recent.rows))  # fmt: skip
        recent.suspect = enough
        return enough

    @property
    def suspects(self) -> int:
        """Count the consumers that probe now; any thread may ask while requests go on."""
        since = time.monotonic() - self.settings.seconds
        return sum(recent.suspect and recent.last >= since for recent in tuple(self.consumers.values()))

    def _of(self, consumer: str) -> Recent:
        if consumer not in self.consumers:
            if len(self.consumers) >= MOST_CONSUMERS:
                del self.consumers[next(iter(self.consumers))]
            self.consumers[consumer] = Recent()
        return self.consumers[consumer]


def _marks(columns: dict[str, Any]) -> Iterator[tuple[int, ...]]:
    """Give the marks of some rows: one of each two thirds of the columns, or of the whole row."""
    values = list(columns.values())
    count = len(values[0])
    for row in range(0, count, -(-count // SOME)):
        told = [_rounded(column[row]) for column in values]
        if len(told) < FEWEST_COLUMNS:
            yield (hash(tuple(told)),)
        else:
            thirds = [hash(tuple(told[start::THIRDS])) for start in range(THIRDS)]
            yield tuple(hash((start, thirds[start - 1], thirds[start - 2])) for start in range(THIRDS))


def _rounded(value: Any) -> Any:
    return f"{value:.3g}" if isinstance(value, float) else value
