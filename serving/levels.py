"""Watches the levels that were agreed for the model, span by span, and lets each that is not kept raise its alarm."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import Notify, Usage
from serving.alarms import Alarms
from tasks.exported import Scraped, between, read
from tasks.levels import Rule, broken, figures, rules_of

FEWEST = 20  # requests of a span, from which percentiles and shares say something
OF_REQUESTS = ("p50_ms", "p95_ms", "p99_ms", "error_rate")
log = logging.getLogger("serving")
NEXT = "see docs/hosting.md, then lifecycle drill scale"


@dataclass(eq=False)
class LevelWatch:
    """One look a span; what two spans in a row find is told, once of each level, by whichever worker is first."""

    rules: Sequence[Rule]
    alarms: dict[str, Alarms]
    look: Callable[[], Scraped]
    rows_each: int = 1
    before: Scraped | None = None
    ending: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(
        cls, usage: Usage, *, memory_mib: float, notify: Notify, folder: Path, exposition: Callable[[], bytes]
    ) -> "LevelWatch":
        """Watch what was agreed; `exposition` gives the figures of all workers in Prometheus's text form."""
        rules = rules_of(usage, memory_mib=memory_mib)
        alarms = {rule.kpi: Alarms(folder / rule.kpi, notify, next_step=NEXT) for rule in rules}
        rows = usage.rows_per_request if usage.kind == "batch" else 1
        return cls(rules, alarms, lambda: read(exposition().decode(), when=time.monotonic()), rows)

    def start(self, *, seconds: float) -> None:
        """Go on looking in a thread until told to end."""
        threading.Thread(target=self._watch, args=(seconds,), name="levels", daemon=True).start()

    def _watch(self, seconds: float) -> None:
        while True:
            try:
                self.step()
            except Exception:  # the thread must live: levels that nobody watches any more would be broken unnoticed
                log.exception("the levels could not be looked at")
            if self.ending.wait(seconds):
                return

    def step(self) -> None:
        """Look once, and hold what was seen since the last look against every rule."""
        now, before = self.look(), self.before
        self.before = now
        if before is None:
            return
        told = between(before, now)
        seen = figures(told, rows_each=self.rows_each)
        if told.requests < FEWEST:
            seen |= dict.fromkeys(OF_REQUESTS)
        for rule in self.rules:
            self.alarms[rule.kpi].look(next(iter(broken([rule], seen)), ""))
