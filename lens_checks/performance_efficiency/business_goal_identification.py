"""Performance efficiency while the business goal is identified: measures of value with the quality they need."""

import math

from config.settings import Charter, Kpi, Policy, ProblemType, Threshold
from lens_checks.check import Checkpoint, Effort, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import at_least, at_most


@check(
    "MLPER-01",
    phase=Phase.BUSINESS_GOAL,
    judged_at=Checkpoint.FRAMING,
    fix="Complete `kpis` in config/charter.yaml, and bound each KPI's metric under `thresholds` in config/policy.yaml.",
    effort=Effort.SMALL,
)
def every_kpi_is_bounded_by_the_gate(charter: Charter, policy: Policy) -> Verdict:
    """Every KPI has baseline, floor, target and largest error, and the gate holds its metric at least to the floor."""
    bounds = {threshold.metric: threshold for threshold in policy.thresholds}
    faults = [f"{kpi.name}: {words}" for kpi in charter.kpis if (words := _fault(kpi, bounds.get(kpi.metric)))]
    costs = charter.error_costs
    binary = charter.problem_type is ProblemType.BINARY
    if binary and not (at_least(costs.false_positive, 0) and at_least(costs.false_negative, 0)):
        faults.append("the costs of a false alarm and of a missed case are not figures")
    if binary and costs.false_positive == costs.false_negative == 0:
        faults.append("no error costs anything")
    if faults or not charter.kpis:
        return not_met("; ".join(faults[:5]) or "config/charter.yaml names no KPI")
    return met("; ".join(f"{k.name}: {k.metric} from {k.baseline:g}, floor {k.floor:g}" for k in charter.kpis))


def _fault(kpi: Kpi, bound: Threshold | None) -> str:
    """Say what is wrong with a KPI: its own figures, or the bound that should hold it."""
    if not all(math.isfinite(figure) for figure in (kpi.baseline, kpi.floor, kpi.target)):
        return "baseline, floor and target are not all figures"
    if kpi.target == kpi.baseline:
        return f"the target is today's value, {kpi.baseline:g}"
    upward = kpi.target > kpi.baseline
    if not (at_least(kpi.target, kpi.floor) if upward else at_most(kpi.target, kpi.floor)):
        return f"the target {kpi.target:g} is worse than the floor {kpi.floor:g}"
    if not kpi.max_error.strip():
        return "no largest error is stated"
    if bound is None:
        return f"no threshold of config/policy.yaml bounds {kpi.metric}"
    if not (at_least(bound.floor, kpi.floor) if upward else at_most(bound.ceiling, kpi.floor)):
        return f"the gate asks for less than the floor {kpi.floor:g}"
    return ""
