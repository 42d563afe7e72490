"""Sustainability while the model is developed: no more work than the last gain is worth."""

from config.settings import Charter, Policy
from lens_checks.check import Checkpoint, Effort, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Clock, Housekeeping, Leaderboard, Training, at_least, at_most

EXHAUSTIVE = frozenset({"BruteForceSampler", "GridSampler", "RandomSampler"})
FEW = 20  # trials up to which trying all of them is no waste
KNEE = 0.5  # a rival that takes this share of the CPU for as good a value shows that the knee was passed


@check(
    "MLSUS-07",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Lower `search.trials` in config/params.yaml, or drop the family that costs most for the last gain.",
)
def training_stops_where_gains_stop(
    charter: Charter, policy: Policy, training: Training, leaderboard: Leaderboard
) -> Verdict:
    """The search stops early where nothing is gained, and the chosen model lies before the knee of gain over cost."""
    chosen = leaderboard.chosen(training)
    curve = [c for c in leaderboard.finished if at_least(c.cpu_seconds, 0)]
    if chosen is None or not at_least(chosen.cpu_seconds, 0) or len(curve) < 3:
        return not_met(f"{len(curve)} points of value over CPU seconds, three and the chosen one are needed")
    study = training.study
    if not study.pruner or study.pruner == "NopPruner" or not 0 <= study.pruned <= study.trials:
        return not_met(f"no rule stops a trial early: the pruner is {study.pruner or 'none'}")
    least = policy.bounds.material_cost * charter.budget.training_cpu_hours * 3600
    spent = need(chosen.cpu_seconds, "what the chosen trial took")
    for rival in leaderboard.saving(chosen, margin=policy.comparison.margin, seconds=least):
        if at_most(rival.cpu_seconds, KNEE * spent):
            return not_met(f"{rival.family} is as good for {rival.cpu_seconds:.0f} instead of {spent:.0f} CPU seconds")
    return met(f"{len(curve)} points; {study.pruner} stopped {study.pruned} of {study.trials} trials early")


@check(
    "MLSUS-08",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Choose the lighter of two families that are as good, under `search.candidates` in config/params.yaml.",
)
def lighter_algorithms_are_preferred(policy: Policy, training: Training, leaderboard: Leaderboard) -> Verdict:
    """The chosen model is as good as the best, and none that is at least as good took less CPU."""
    chosen = leaderboard.chosen(training)
    if chosen is None or not all(at_least(c.cpu_seconds, 0) for c in leaderboard.finished):
        return not_met("the model is no finished trial, or the CPU seconds of a trial are not known")
    if ahead := leaderboard.ahead(chosen, margin=policy.comparison.margin):
        return not_met(f"trial {ahead[0].trial} is better than the chosen {chosen.trial} by more than the margin")
    if lighter := leaderboard.cheaper(chosen, margin=0.0):
        return not_met(f"trial {lighter[0].trial} ({lighter[0].family}) is as good for less CPU")
    return met(f"{chosen.family}, {chosen.cpu_seconds:.3g} CPU seconds: none as good took less")


@check(
    "MLSUS-10",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Keep the sampler and the pruner of tasks/studies.py.",
    effort=Effort.SMALL,
)
def tuning_is_not_brute_force(charter: Charter, training: Training, leaderboard: Leaderboard) -> Verdict:
    """Tuning learns from its earlier trials, stops hopeless ones, and runs no more at once than declared."""
    study = training.study
    if not study.sampler or (study.sampler in EXHAUSTIVE and study.trials > FEW):
        return not_met(f"{study.trials} trials by {study.sampler or 'no sampler that is named'}")
    if not study.pruner or study.pruner == "NopPruner":
        return not_met("no trial can be stopped early")
    if not study.trials or not 0 <= study.pruned <= study.trials:
        return not_met(f"{study.pruned} of {study.trials} trials were stopped early: that cannot be")
    if not all(at_least(c.cpu_seconds, 0) for c in leaderboard.finished) or not training.wall_seconds > 0:
        return not_met("the CPU seconds of a trial, or the time of the search, are not logged")
    at_once, declared = training.cpu_seconds / training.wall_seconds, charter.compute_nodes * training.threads
    if not at_most(at_once, declared):
        return not_met(f"{at_once:.1f} threads were busy, {declared} are declared")
    share = study.pruned / study.trials
    return met(f"{study.sampler}, {share:.0%} of {study.trials} trials stopped early, {at_once:.1f} threads busy")


@check(
    "MLSUS-09",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Run `lifecycle run`: it deletes what nothing names; see `housekeeping.orphan_days` in config/policy.yaml.",
    effort=Effort.SMALL,
)
def what_training_left_over_is_deleted(policy: Policy, housekeeping: Housekeeping, clock: Clock) -> Verdict:
    """Artefacts that no run names, and runs that were deleted, are gone from disk after the time they are granted."""
    rules = policy.housekeeping
    if faults := housekeeping.faults(clock.now, rules.days, "artefacts", "deleted runs"):
        return not_met("; ".join(faults[:5]))
    done = ", ".join(f"{housekeeping.removed[kind].files} {kind}" for kind in ("artefacts", "deleted runs"))
    return met(f"{done} deleted by flow run {housekeeping.flow_run_id}, none left older than {rules.orphan_days} days")
