"""Performance efficiency while the problem is framed: numeric metrics that follow from the KPIs and from costs."""

from config.settings import Charter, Params, Policy, ProblemType, Threshold
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import Evaluation, Leaderboard, at_least, at_most, finite


@check(
    "MLPER-03",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Improve model or data until they keep the bounds of config/policy.yaml; name metrics in config/params.yaml.",
)
def every_metric_was_measured_and_held_to_its_bound(
    charter: Charter, params: Params, policy: Policy, leaderboard: Leaderboard, evaluation: Evaluation
) -> Verdict:
    """Every metric that was named before training is measured on the promotion rows and held to its bound."""
    named = {params.metrics.primary, *params.metrics.guarded, *(bound.metric for bound in policy.thresholds)}
    faults = []
    if leaderboard.primary != params.metrics.primary:
        faults.append(f"the search looked at {leaderboard.primary}, the gate at {params.metrics.primary}")
    if lost := sorted(name for name in named if name not in evaluation.metrics or not _told(evaluation, name)):
        faults.append(f"never measured, or no direction: {', '.join(lost)}")
    faults += _of_bounds(policy, evaluation)
    if unbound := {kpi.metric for kpi in charter.kpis} - {threshold.metric for threshold in policy.thresholds}:
        faults.append(f"a KPI without a bound: {', '.join(sorted(unbound))}")
    costs, binary = charter.error_costs, charter.problem_type is ProblemType.BINARY
    reckoned = finite(evaluation.expected_cost) and finite(evaluation.threshold)
    if binary and costs.false_positive != costs.false_negative and not reckoned:
        faults.append("errors differ in cost, and no cost was reckoned with them")
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(", ".join(f"{name} {evaluation.metrics[name].value:.4g}" for name in sorted(named)))


def _told(evaluation: Evaluation, name: str) -> bool:
    metric = evaluation.metrics[name]
    return finite(metric.value) and metric.greater_is_better is not None


def _figure(value: float | None) -> str:
    return "not there" if value is None else f"{value:.4g}"


def _asked(bound: Threshold) -> str:
    sides = (("at least", bound.floor), ("at most", bound.ceiling))
    return " and ".join(f"{words} {side:g}" for words, side in sides if side is not None)


def _of_bounds(policy: Policy, evaluation: Evaluation) -> list[str]:
    """Hold every figure to the bound that the policy names now, whatever the report says of it."""
    faults = [] if policy.thresholds else ["config/policy.yaml names no threshold"]
    judged = {result.metric for result in evaluation.thresholds}
    for bound in policy.thresholds:
        seen = evaluation.metrics[bound.metric].value if bound.metric in evaluation.metrics else None
        above = bound.floor is None or at_least(seen, bound.floor)
        below = bound.ceiling is None or at_most(seen, bound.ceiling)
        if bound.metric not in judged or not (above and below):
            faults.append(f"{bound.metric} is {_figure(seen)}, asked for: {_asked(bound)}")
    return faults
