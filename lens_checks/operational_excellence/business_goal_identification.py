"""Operational excellence while the business goal is identified: agreed explanations, and watching what was agreed."""

from datetime import timedelta

from config.settings import Charter, Policy
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import (
    Clock,
    Evaluation,
    Explanation,
    Ledger,
    MonitoringHistory,
    Orchestration,
    Tracking,
    Training,
    finite,
)

READABLE = frozenset({"dummy", "linear"})  # families whose own coefficients are the explanation


@check(
    "MLOE-02",
    phase=Phase.BUSINESS_GOAL,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="State level, method and owner under `explanation` in config/charter.yaml, then `lifecycle run --force`.",
)
def the_model_explains_itself_as_agreed(
    charter: Charter,
    ledger: Ledger,
    tracking: Tracking,
    training: Training,
    evaluation: Evaluation,
    explanation: Explanation,
) -> Verdict:
    """The model explains itself at the level, and by the method, that its stakeholders fixed before training."""
    agreed, started = charter.explanation, tracking.winner.started
    framed = [e.time for e in ledger.decisions("framing") if e.time <= started]
    if not framed:
        raise Missing(f"a passed framing decision from before {started:%Y-%m-%d %H:%M}, when training started")
    if evaluation.model_digest != training.model_digest:
        return not_met("the explanation belongs to other model bytes than those trained last")
    if agreed.level == "intrinsic" and training.family not in READABLE:
        return not_met(f"{training.family} does not explain itself; intrinsic allows {', '.join(sorted(READABLE))}")
    if not explanation.figures or not all(finite(value) for value in explanation.figures.values()):
        return not_met("the explanation names no feature, or has an importance that is not a number")
    if agreed.level == "local" and explanation.level != "local":
        return not_met(f"explanations are {explanation.level or 'global'}, agreed are local ones")
    if _plain(explanation.method) != _plain(agreed.method):
        return not_met(f"explained by {explanation.method}, agreed with {agreed.owner} was {agreed.method}")
    return met(f"{agreed.level} by {agreed.method}, as {agreed.owner} asked; {len(explanation.figures)} features")


def _plain(words: str) -> str:
    return " ".join(words.replace("_", " ").replace("-", " ").casefold().split())


@check(
    "MLOE-03",
    phase=Phase.BUSINESS_GOAL,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle schedule serve`, and `lifecycle retrain` for an alarm that nobody answered.",
    effort=Effort.SMALL,
)
def the_live_model_is_reviewed_on_a_schedule(
    charter: Charter,
    policy: Policy,
    orchestration: Orchestration,
    history: MonitoringHistory,
    ledger: Ledger,
    clock: Clock,
) -> Verdict:
    """A schedule watches the live model against every KPI, and each alarm has led to an action."""
    cadence = timedelta(days=policy.monitoring.freshness_days)
    unwatched = {kpi.metric for kpi in charter.kpis} - {threshold.metric for threshold in policy.thresholds}
    if unwatched:
        return not_met(f"no threshold in config/policy.yaml bounds {', '.join(sorted(unwatched))}")
    if clock.now - history.last.made > cadence:
        return not_met(f"the last window was judged on {history.last.made:%Y-%m-%d}, over {cadence.days} days ago")
    if late := [w.name for w in history.unanswered(ledger) if clock.now - w.made > cadence]:
        return not_met(f"nothing answered the alarm of {', '.join(late[:5])}")
    if due := [w.name for w in history.unanswered(ledger)]:
        raise Missing(f"an action on the alarm of {', '.join(due[:5])}; it has {cadence.days} days")
    if not (schedules := orchestration.scheduled("monitor")):
        raise Missing("a registered monitoring schedule")
    return met(f"{', '.join(schedules)}; {len(history.windows)} windows, no alarm unanswered")
