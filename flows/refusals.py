"""Puts into the ledger what ended a phase before its gate was asked: evidence that is not what it was."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import IntegrityAlarm
from config.settings import Settings
from lens_checks.gates import GateName
from tasks import decisions, stores
from tasks.ledger import Kind

REPORTS = Path("reports")


@contextmanager
def alarms_recorded(gate: GateName, settings: Settings, *, cause: str) -> Iterator[None]:
    """Record an alarm as a refusal of the gate that it kept from being asked, then let it go on."""
    try:
        yield
    except IntegrityAlarm as alarm:
        opened = stores.open_stores(settings)
        current = stores.facts(settings, reports=REPORTS)
        refusal = decisions.bare(gate.value, alarm, opened, current, actor=getpass.getuser(), cause=cause)
        opened.record(Kind.DECISION, refusal)
        raise
