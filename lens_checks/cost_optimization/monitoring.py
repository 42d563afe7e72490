"""Cost optimization in operation: cost by activity, what the model is worth against it, and an endpoint that fits."""

from config.settings import Charter, Policy
from lens_checks import living
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import (
    Clock,
    CostLine,
    CostReport,
    Ledger,
    MonitoringHistory,
    Registry,
    Returns,
    Utilisation,
    at_least,
    at_most,
    finite,
)

ACTIVITIES = ("prepare", "train", "retrain", "host")
ROUNDING = 1e-6
FEWEST_LOADS = 3


@check(
    "MLCOST-27",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle run` and `lifecycle monitor WINDOW`: reports/costs.json adds up what each activity cost.",
)
def cost_is_told_by_activity(charter: Charter, policy: Policy, costs: CostReport, clock: Clock) -> Verdict:
    """Cost is reported for preparing, training, retraining and hosting, hardly any without a tag, and growth alarms."""
    upkeep, total = policy.upkeep, costs.untagged.cost + sum(line.cost for line in costs.activities.values())
    if old := living.too_old("the cost report", costs.made, clock, days=upkeep.cost_days):
        return not_met(old)
    if lacking := [name for name in ACTIVITIES if name not in costs.activities]:
        raise Missing(f"the cost of {', '.join(lacking)}")
    if (costs.price, costs.growth_limit) != (charter.budget.cpu_hour_price, upkeep.cost_growth):
        return not_met("reckoned with another price, or another bound on growth, than config/ states")
    lines = {"untagged": costs.untagged, **costs.activities}
    if wrong := [name for name, line in lines.items() if not _follows(line, costs.price)]:
        return not_met(f"the cost of {', '.join(wrong[:5])} does not follow from its CPU seconds")
    if not at_most(costs.untagged.cost, upkeep.untagged_share * total):
        return not_met(f"{costs.untagged.cost:.3g} of {total:.3g} {costs.currency} belong to no activity")
    grown = costs.before is not None and not at_most(total, costs.before * upkeep.cost_growth)
    if grown and not costs.alarms:
        return not_met(f"cost grew from {costs.before:.3g} to {total:.3g} {costs.currency}, and nothing alarmed")
    told = ", ".join(f"{name} {line.cost:.3g}" for name, line in costs.activities.items())
    return met(f"{told} {costs.currency}; {costs.untagged.cost:.2g} untagged; {len(costs.alarms)} alarms of growth")


def _follows(line: CostLine, price: float) -> bool:
    return at_least(line.cpu_seconds, 0) and at_most(abs(line.cost - line.cpu_seconds / 3600 * price), ROUNDING)


@check(
    "MLCOST-28",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle monitor WINDOW` for rows with labels; `lifecycle retrain` where a model does not pay.",
)
def what_the_model_is_worth_is_held_against_its_cost(
    charter: Charter, policy: Policy, registry: Registry, history: MonitoringHistory, ledger: Ledger, clock: Clock
) -> Verdict:
    """What the live model spares against the rule is held against what it costs, and a loss leads to an action."""
    last = living.newest(history, registry)
    won = need(living.sides(last).returns, f"returns of {last.name}: labels, prices of errors, and a rule")
    if old := living.stale(last, policy, clock):
        return not_met(old)
    if won.currency != charter.error_costs.currency or not _adds_up(won):
        return not_met(f"{won.net:.2f} {won.currency} does not follow from what errors and computing cost")
    seen = {kpi: living.realised(last, kpi.metric) for kpi in charter.kpis}
    if lacking := [kpi.name for kpi, value in seen.items() if not finite(value)]:
        raise Missing(f"what became of {', '.join(lacking)} in {last.name}")
    if won.net < 0 and not last.action and not any(e.time >= last.made for e in living.answers(ledger)):
        loss = f"in {last.name} it cost {-won.net:.2f} {won.currency} more than it spared"
        days = policy.upkeep.answer_days
        if living.too_old("the loss", last.made, clock, days=days):
            return not_met(f"{loss}, and nobody answered within {days} days")
        raise Missing(f"an answer: {loss}; a retraining or a rollback has {days} days")
    kpis = ", ".join(f"{kpi.name} {value:.4g}, before {kpi.baseline:g}" for kpi, value in seen.items())
    return met(f"{last.name}: {won.net:.2f} {won.currency} spared net over {won.rows} rows; {kpis}")


def _adds_up(won: Returns) -> bool:
    apart = abs(won.by_rule - won.by_model - won.answering - won.making - won.net)
    return at_most(apart, ROUNDING * max(1.0, won.by_rule))


@check(
    "MLCOST-29",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Keep requests, busy share and memory of the endpoint in reports/utilisation.json, and decide on its size.",
    effort=Effort.LARGE,
)
def the_endpoint_is_watched_and_made_to_fit(
    policy: Policy, registry: Registry, usage: Utilisation, clock: Clock
) -> Verdict:
    """Use of the endpoint is measured over time, a size is recommended, and somebody decided on it lately."""
    if usage.version != registry.aliases.get("champion"):
        raise Missing(f"use of version {registry.aliases.get('champion')}, which serves now")
    if len(usage.series) < FEWEST_LOADS:
        raise Missing(f"{FEWEST_LOADS} spans of use; {len(usage.series)} are there")
    days = policy.upkeep.resize_days
    for what, made in (("the measurement", usage.made), ("the decision on the size", usage.decided)):
        if old := living.too_old(what, made, clock, days=days):
            return not_met(old)
    if not usage.decided_by.strip() or usage.recommended_workers < 1:
        return not_met("nobody is named who decided on the size, or none was recommended")
    if usage.decided_workers != usage.recommended_workers:
        return not_met(f"{usage.recommended_workers} workers are recommended, {usage.decided_workers} were decided on")
    if strange := [load for load in usage.series if not (at_least(load.busy, 0) and at_most(load.busy, 1))]:
        return not_met(f"a share of {strange[0].busy} was busy: that cannot be")
    peak = max(load.busy for load in usage.series)
    return met(f"{len(usage.series)} spans, {peak:.0%} busy at most; {usage.decided_workers} workers decided on")
