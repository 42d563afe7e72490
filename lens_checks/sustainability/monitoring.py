"""Sustainability in operation: retraining when it is needed, and not by the calendar."""

from config.settings import Policy
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import Ledger, at_most

MEASURED = frozenset({"drift", "decay", "new-data"})


@check(
    "MLSUS-16",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Take `schedule` out of `retraining.causes` in config/policy.yaml.",
    effort=Effort.SMALL,
)
def retraining_happens_when_it_is_needed(policy: Policy, ledger: Ledger) -> Verdict:
    """Each retraining has a cause that was measured or that a person gave, and hardly any has the calendar alone."""
    if ledger.breaks:
        return not_met(f"the ledger does not hold: {ledger.breaks[0]}")
    causes = [str(entry.body.get("cause") or "").strip() for entry in ledger.retrainings]
    if not causes:
        raise Missing("a retraining: none has taken place")
    if strange := [cause or "none" for cause in causes if cause not in MEASURED | {"hand", "schedule"}]:
        return not_met(f"retraining for no known cause: {', '.join(strange[:5])}")
    if silent := [e.number for e in ledger.retrainings if not str(e.body.get("because") or "").strip()]:
        return not_met(f"a retraining for which nobody gave a reason: entry {', '.join(map(str, silent[:5]))}")
    share, limit = causes.count("schedule") / len(causes), policy.retraining.scheduled_share
    if not at_most(share, limit):
        return not_met(f"{share:.0%} of {len(causes)} retrainings had no cause but the calendar, {limit:.0%} may")
    return met(f"{len(causes)} retrainings: {', '.join(sorted(set(causes)))}; {share:.0%} by the calendar alone")
