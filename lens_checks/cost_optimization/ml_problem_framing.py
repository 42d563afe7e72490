"""Cost optimization while the problem is framed: whether learning is worth it, beside a simple rule."""

from config.settings import Charter, Data, Params, Policy, ProblemType
from lens_checks import economics
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
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
    """On the same rows the model beats a simple rule by more than chance, and its errors cost no more."""
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
    if words := _not_worth_it(charter, policy, evaluation, spent):
        return not_met(words)
    return met(f"{primary} {model.value:.4g} against {rule.value:.4g} by rule, at least {uplift.low:.4g} better")


def _not_worth_it(charter: Charter, policy: Policy, evaluation: Evaluation, hours: float) -> str:
    """Say how the model's errors, and its training, do not pay; only errors of a binary problem have a price.

    The model is worse, or better, where the whole interval of the paired saving says so. Where it says neither, the
    model must be shown to cost no more than the policy's margin, and must spare what training cost.
    """
    costs = charter.error_costs
    if charter.problem_type is not ProblemType.BINARY or not max(costs.false_positive, costs.false_negative):
        return ""
    saving = need(evaluation.saving, "what the model's errors cost less than the rule's (saving)")
    value, low, high = (need(part, "the interval of the saving") for part in (saving.value, saving.low, saving.high))
    margin = policy.comparison.cost_margin * max(costs.false_positive, costs.false_negative)
    price, spared = hours * charter.budget.cpu_hour_price, value * evaluation.rows
    seen = f"a row's errors cost {value:+.4g} {costs.currency} less than the rule's ({low:+.4g} to {high:+.4g})"
    if not at_least(high, 0.0):
        return f"the model costs more than the rule: {seen}"
    if not at_least(low, -margin):
        return f"it is not shown that the model costs no more than the rule: {seen}, {margin:g} is the margin"
    return "" if at_least(spared, price) else f"training cost {price:.3g} {costs.currency}, and spares {spared:.3g}"


@check(
    "MLCOST-04",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.FRAMING,
    fix="Weigh a custom and a pretrained model by figures under `alternatives` in config/charter.yaml.",
)
def custom_or_pretrained_is_decided_by_cost(charter: Charter, data: Data, policy: Policy) -> Verdict:
    """A model is made here or taken ready by what either costs, within limits of quality, latency, privacy, licence."""
    if not charter.alternatives:
        if not data.columns:
            raise Missing("the columns: the first run describes them")
        if charter.pretrained:
            return not_met("a part was trained elsewhere, and nothing says what else was weighed")
        return not_applicable(f"{len(data.features)} features are figures and categories of this table alone: no "
                              "pretrained model reads them")  # fmt: skip
    kinds = {each.kind for each in charter.alternatives}
    if "custom" not in kinds or len(kinds) == 1:
        return not_met(f"only {', '.join(sorted(kinds))} was weighed: both custom and ready-made are to be")
    if (taken := economics.chosen(charter)) is None:
        return not_met("not just one of the alternatives is marked as chosen")
    if (taken.kind == "custom") is charter.pretrained:
        return not_met(f"{taken.name} was chosen, and `pretrained` says otherwise")
    if faults := economics.of_choice(charter, taken, frozenset(policy.licences.accepted)):
        return not_met("; ".join(faults[:5]))
    return met(f"{taken.name}, the cheapest of {len(charter.alternatives)} that keeps every limit")
