"""Puts refusals into words, and into the ledger what ended a phase before its gate was asked."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import GateRefused, IntegrityAlarm
from config.settings import Settings
from lens_checks.checkpoint import awaits_word
from lens_checks.gates import GateName
from tasks import decisions, stores
from tasks.ledger import Decision, Entry, Kind

REPORTS = Path("reports")


def refusal(decision: Decision, entry: Entry) -> GateRefused:
    """Put a decision that refuses a version into words; where people's answers are all that lacks, name them all."""
    said = f"the {decision.gate} gate refused version {decision.version} (ledger entry {entry.number})"
    wordless = [str(b.practice) for b in decision.blocking if awaits_word(b.practice, b.fix)]
    if wordless and len(wordless) == len(decision.blocking):
        return GateRefused(
            f"{said}: all that can be measured holds, and {len(wordless)} practices wait for a person's word: "
            f"{', '.join(wordless)}",
            expected="each stated by a named person, and approved by another",
            next_step="lifecycle answer",
        )
    words = "; ".join(f"{b.practice or b.bound}: {b.because}" for b in decision.blocking[:5])
    return GateRefused(
        f"{said}: {words or 'it is unpromotable'}",
        expected=f"nothing that blocks; {len(decision.blocking)} did",
        next_step=next(
            (b.fix for b in decision.blocking if b.bound in ("comparison", "canary") and b.fix), "lifecycle plan"
        ),
    )


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
