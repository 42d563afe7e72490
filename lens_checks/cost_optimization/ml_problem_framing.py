"""Cost optimization while the problem is framed: whether learning is worth it, beside a simple rule."""

from config.settings import Charter, Params, Policy, ProblemType
from lens_checks.check import Checkpoint, Effort, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Evaluation, Parts, Training, at_least, at_most, finite


@check(
    "MLCOST-03",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Improve features or data; where a rule does as well (`rule_baseline` in config/charter.yaml), use the rule.",
    effort=Effort.LARGE,
)
def learning_is_worth_more_than_a_rule(
    charter: Charter, params: Params, policy: Policy, parts: Parts, training: Training, evaluation: Evaluation
) -> Verdict:
    """On the same rows the model beats a simple rule by more than chance, and by more than training costs."""
    primary, least = params.metrics.primary, policy.bounds.uplift
    rule, model = evaluation.rule.get(primary), evaluation.metrics.get(primary)
    if rule is None or model is None or not (finite(rule.value) and finite(model.value)):
        return not_met(f"{primary} was not measured for both the rule and the model")
    if evaluation.promotion_sha256 != parts.parts["promotion"].sha256:
        return not_met("rule and model were measured on other rows than the promotion part")
    uplift = evaluation.uplift
    if not at_least(uplift.low, least):
        return not_met(f"uplift {uplift.value}, at least {uplift.low} (interval); {least} is the least")
    spent, allowed = training.cpu_seconds / 3600, charter.budget.training_cpu_hours
    if not at_most(spent, allowed):
        return not_met(f"training took {spent:.2f} CPU hours, the charter grants {allowed}")
    if words := _not_worth_it(charter, evaluation, spent):
        return not_met(words)
    return met(f"{primary} {model.value:.4g} against {rule.value:.4g} by rule, at least {uplift.low:.4g} better")


def _not_worth_it(charter: Charter, evaluation: Evaluation, hours: float) -> str:
    """Say by how much training costs more than the errors it spares; only classes have errors with a price."""
    if charter.problem_type is not ProblemType.BINARY:
        return ""
    rule = need(evaluation.rule_expected_cost, "the expected cost of the rule's errors (rule_expected_cost)")
    model = need(evaluation.expected_cost, "the expected cost of the model's errors (expected_cost)")
    price = hours * charter.budget.cpu_hour_price
    spared = (rule - model) * evaluation.rows
    currency = charter.error_costs.currency
    return "" if at_least(spared, price) else f"training cost {price:.3g} {currency}, the errors it spares {spared:.3g}"
