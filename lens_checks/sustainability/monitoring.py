"""Sustainability in operation: retraining when it is needed, and not by the calendar."""

from config.settings import Charter, Policy
from lens_checks import living
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Clock, Ledger, MonitoringHistory, Registry, at_least, at_most

JOULES_PER_KWH = 3_600_000
ROUNDING = 1e-6
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


@check(
    "MLSUS-15",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle monitor WINDOW`: it measures what a thousand answers take, beside the promotion.",
    effort=Effort.SMALL,
)
def what_an_answer_takes_is_measured_against_a_baseline(
    charter: Charter, policy: Policy, registry: Registry, history: MonitoringHistory, clock: Clock
) -> Verdict:
    """CPU, electricity and bytes of a thousand answers are measured in each window, against those at the promotion."""
    last = living.newest(history, registry)
    told = [(w, w.sides.effort) for w in history.windows if w.version == last.version and w.sides and w.sides.effort]
    effort = need(living.sides(last).effort, f"what answers took in {last.name}")
    before = need(effort.baseline_cpu_seconds_per_1k, "what answers took at the promotion, to compare with")
    if old := living.stale(last, policy, clock):
        return not_met(old)
    budget = charter.budget
    kwh = effort.cpu_seconds_per_1k * budget.watts_per_cpu * budget.power_overhead / JOULES_PER_KWH
    if not at_least(effort.bytes_per_1k, 0) or not at_most(abs(kwh - effort.kwh_per_1k), ROUNDING * kwh):
        return not_met("what answers took is no figure, or the electricity does not follow from it")
    if not at_most(effort.cpu_seconds_per_1k, before * policy.upkeep.effort_growth):
        return not_met(f"{effort.cpu_seconds_per_1k:.3g} CPU seconds for 1,000 answers, {before:.3g} at the promotion")
    trend = " → ".join(f"{one.cpu_seconds_per_1k:.3g}" for _, one in told[-5:])
    return met(f"{before:.3g} → {trend} CPU seconds, {kwh:.2g} kWh, {effort.bytes_per_1k:.3g} bytes for 1,000 answers")
