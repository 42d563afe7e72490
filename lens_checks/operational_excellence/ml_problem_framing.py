"""Operational excellence while the problem is framed: roles, levers from simple upward, fairness throughout."""

from config.settings import Charter, Policy
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import (
    Baseline,
    Evaluation,
    Explanation,
    Leaderboard,
    Profile,
    Tracking,
    Training,
    at_least,
    at_most,
    better,
    finite,
)


@check(
    "MLOE-04",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Name an owner for each role, and an approver who trains nothing, under `owners` in config/charter.yaml.",
    effort=Effort.SMALL,
)
def every_stage_has_one_owner_and_a_separate_approver(charter: Charter, tracking: Tracking) -> Verdict:
    """Every stage has one accountable owner, and who approves a promotion neither made nor runs the model."""
    owners = charter.owners
    trained_by = tracking.winner.tags.get("mlflow.user")
    if not trained_by:
        raise Missing("the user who trained the model (tag mlflow.user of the run)")
    makers = {"model": owners.model, "data": owners.data, "operations": owners.operations, "training run": trained_by}
    same = [role for role, name in makers.items() if _plain(name) == _plain(owners.approver)]
    if same:
        return not_met(f"the approver {owners.approver} is also the {', '.join(same)} owner")
    return met(
        f"goal: {owners.business}; data: {owners.data}; model: {owners.model}; operation: {owners.operations}; "
        f"promotion: {owners.approver}; trained by {trained_by}"
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


@check(
    "MLOE-06",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="List `improvement_levers` in config/charter.yaml and `search.candidates` in config/params.yaml alike.",
)
def planned_levers_were_tried_from_a_baseline_upward(
    charter: Charter, policy: Policy, training: Training, leaderboard: Leaderboard, evaluation: Evaluation
) -> Verdict:
    """Every planned lever was tried, a baseline came first, and the chosen model beats it by the declared margin."""
    chosen = leaderboard.chosen(training)
    baselines = [c for c in leaderboard.finished if c.baseline and c.family != training.family]
    if chosen is None or not baselines:
        return not_met("the leaderboard holds no finished baseline beside the chosen model")
    if not any(c.trial < chosen.trial for c in baselines):
        return not_met(f"trial {chosen.trial} was chosen before any baseline was tried")
    upward = leaderboard.direction == "maximize"
    if beaten := [c.family for c in baselines if not better(chosen.value, c.value, greater_is_better=upward)]:
        return not_met(f"{training.family} is no better than {', '.join(beaten)}")
    if not at_least(evaluation.uplift.value, policy.bounds.uplift):
        return not_met(f"uplift over the rule is {evaluation.uplift.value}, declared least is {policy.bounds.uplift}")
    tried = {c.family for c in leaderboard.candidates} | set(training.features)
    if skipped := [lever for lever in charter.improvement_levers if lever not in tried]:
        return not_met(f"planned and never tried: {', '.join(skipped)}")
    if not charter.improvement_levers:
        return not_met("config/charter.yaml plans no improvement lever")
    return met(f"{', '.join(charter.improvement_levers)} tried; uplift over the rule {evaluation.uplift.value:.4g}")


@check(
    "MLOE-09",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Name protected attributes, or the reason why there are none, under `fairness` in config/charter.yaml.",
    effort=Effort.LARGE,
)
def fairness_and_explanation_accompany_the_model(
    charter: Charter, profile: Profile, baseline: Baseline, evaluation: Evaluation, explanation: Explanation
) -> Verdict:
    """Protected attributes, or the reason why there are none, are settled; bias and attributions are reported."""
    fairness = charter.fairness
    if not explanation.figures or not all(finite(value) for value in explanation.figures.values()):
        return not_met("no feature attribution was reported for the model")
    if not fairness.attributes:
        if people := profile.personal_in(baseline):
            return not_met(f"no attribute is protected, yet the model may read {', '.join(people[:5])} of people")
        if not fairness.reason.strip():
            return not_met("no attribute is protected, and config/charter.yaml gives no reason")
        dropped = f"dropped before training, and to be weighed: {', '.join(profile.personal_columns[:5])}. "
        words = f"{fairness.reason.strip()} {dropped if profile.personal_columns else ''}"
        return met(f"no protected attribute: {words}{len(explanation.figures)} features attributed")
    gaps = {name: evaluation.fairness.gaps.get(name) for name in fairness.attributes}
    if wide := [f"{n} {g:.3g}" for n, g in gaps.items() if finite(g) and not at_most(g, fairness.max_gap)]:
        return not_met(f"gap between groups above {fairness.max_gap}: {', '.join(wide)}")
    if untold := [name for name, gap in gaps.items() if not finite(gap)]:
        raise Missing(
            f"a gap between the groups of {', '.join(untold)} (each of {fairness.minimum_group} rows or more)"
        )
    raise Missing("a bias report from before training, and a bias-drift monitor, for the protected attributes")
