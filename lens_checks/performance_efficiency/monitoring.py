"""Performance efficiency in operation: drift is measured and answered, and retraining starts by itself."""

from datetime import timedelta

from config.settings import Charter, Params, Policy
from lens_checks import delivery, living
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import (
    Clock,
    Drill,
    Drills,
    Evaluation,
    Explanation,
    Exploration,
    HumanReview,
    Ledger,
    MonitoringHistory,
    Orchestration,
    Parts,
    Registry,
    Training,
    at_least,
    at_most,
    finite,
)


@check(
    "MLPER-14",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle monitor WINDOW` for the newest window, and `lifecycle retrain` for an alarm nobody answered.",
)
def drift_is_measured_and_answered(
    policy: Policy, registry: Registry, history: MonitoringHistory, drills: Drills, ledger: Ledger, clock: Clock
) -> Verdict:
    """Every window is measured against the baseline of the served version; drift raises an alarm, and is answered."""
    last, limit = history.last, policy.monitoring.drift_psi
    if last.version != registry.aliases.get("champion"):
        raise Missing(f"a window of version {registry.aliases.get('champion')}, which serves now")
    if last.verdict == "unknown" or not last.features or last.baseline_sha256 is None:
        raise Missing(f"drift in the window of {last.name}: too few rows, or no baseline")
    untold = [n for n, drift in last.features.items() if not finite(drift.psi) and not drift.drifted]
    if untold:
        raise Missing(f"the drift of {', '.join(untold[:5])}")
    told = {n: drift for n, drift in last.features.items() if finite(drift.psi)}  # the rest is gone, which is drift
    wrong = [n for n, drift in told.items() if at_least(drift.psi, limit) is not drift.drifted]
    if wrong:
        return not_met(f"drift of {', '.join(wrong[:5])} was judged by another limit than {limit}")
    cadence = timedelta(days=policy.monitoring.freshness_days)
    if late := [w.name for w in history.unanswered(ledger) if clock.now - w.made > cadence]:
        return not_met(f"nothing answered the alarm of {', '.join(late[:5])}")
    alarmed = [window.name for window in history.windows if window.alarms]
    quiet = [window.name for window in history.windows if window.verdict == "ok"]
    if due := [window.name for window in history.unanswered(ledger)]:
        raise Missing(f"an answer to the alarm of {', '.join(due[:5])}")
    if not (alarmed and quiet):
        shown = "an alarm that was answered and a window that rightly raised none, or `lifecycle drill decay`"
        if faults := _of_drill(need(drills.drills.get("decay"), shown), ledger, clock, policy):
            return not_met("; ".join(faults[:5]))
    return met(f"{len(last.features)} features measured; {len(alarmed)} windows alarmed, {len(quiet)} did not")


def _of_drill(drill: Drill, ledger: Ledger, clock: Clock, policy: Policy) -> list[str]:
    """Say why the drill of decay does not count."""
    return delivery.of_drill(drill, ledger, clock, policy.recovery) or living.of_decay(drill)


@check(
    "MLPER-16",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle schedule serve`: it asks, by `retraining` in config/policy.yaml, whether there is a cause.",
)
def retraining_starts_by_itself_and_passes_the_same_gates(
    policy: Policy, orchestration: Orchestration, ledger: Ledger
) -> Verdict:
    """Retraining starts by itself when there is a cause, and what it makes passes the same gates or stays out."""
    if set(policy.retraining.causes) <= {"hand", "schedule"}:
        return not_met("config/policy.yaml lets neither drift, decay nor new data start a retraining")
    if ledger.breaks:
        return not_met(f"the ledger does not hold: {ledger.breaks[0]}")
    retrainings = ledger.retrainings
    if causeless := [str(e.number) for e in retrainings if not str(e.body.get("cause") or "").strip()]:
        return not_met(f"retraining without a cause: entry {', '.join(causeless[:5])}")
    passed = {(e.body["gate"], e.number) for gate in ("staging", "champion") for e in ledger.decisions(gate)}
    moved = ledger.of_kind("done")
    if aside := [e.number for e in moved if (e.body.get("alias"), e.body.get("decision")) not in passed]:
        return not_met(f"promoted without a passed decision: entry {', '.join(map(str, aside[:5]))}")
    if not (schedules := orchestration.scheduled("retrain")):
        raise Missing("a registered retraining schedule")
    if not retrainings:
        raise Missing("a retraining: none has taken place")
    return met(f"{', '.join(schedules)}; {len(retrainings)} retrainings, the last by {retrainings[-1].body['cause']}")


@check(
    "MLPER-13",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle run`, then `lifecycle monitor WINDOW` for rows with labels; `lifecycle schedule serve`.",
)
def explanations_hold_and_are_watched(
    policy: Policy, registry: Registry, evaluation: Evaluation, explanation: Explanation, history: MonitoringHistory,
    orchestration: Orchestration, clock: Clock,
) -> Verdict:  # fmt: skip
    """Explanations of the whole and of single answers are stable and faithful, and what matters is watched live."""
    rules, local = policy.monitoring, need(explanation.local, "explanations of single answers: `lifecycle run`")
    if not explanation.figures or not all(finite(value) for value in explanation.figures.values()):
        return not_met("the explanation names no feature, or has an importance that is not a number")
    if not local.rows or any(set(row.contributions) != set(explanation.figures) for row in local.rows):
        return not_met("no answer is explained, or not by every feature")
    if not at_least(explanation.stability, rules.explanation_stability):
        return not_met(f"repeats agree by {explanation.stability}, {rules.explanation_stability:g} is asked for")
    if not at_least(local.fidelity, rules.explanation_fidelity):
        return not_met(f"parts add up to {local.fidelity} of answers, {rules.explanation_fidelity:g} is asked for")
    last = living.newest(history, registry)
    version = need(registry.at("champion"), f"version {last.version}, which serves, among those registered")
    if version.tags.get("digest") != evaluation.model_digest:
        raise Missing(f"the explanation of version {version.version}: the one at hand is of a later candidate")
    told = living.sides(last).attribution
    now = need(told.agreement if told else None, f"what mattered in {last.name}: labels are needed")
    if old := living.stale(last, policy, clock):
        return not_met(old)
    if not at_least(now, rules.attribution):
        return not_met(f"what matters agrees by {now:.3f} with the promotion, {rules.attribution:g} is asked for")
    if not (schedules := orchestration.scheduled("monitor")):
        raise Missing("a registered monitoring schedule")
    return met(
        f"stable {explanation.stability:.3f}, faithful {local.fidelity:.3f}; agreement in {last.name}: {now:.3f}; "
        f"{', '.join(schedules)}"
    )


@check(
    "MLPER-15",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle monitor WINDOW` for rows with labels, and `lifecycle drill decay`.",
)
def loss_of_quality_is_seen_and_answered(
    charter: Charter, policy: Policy, registry: Registry, history: MonitoringHistory, drills: Drills, ledger: Ledger,
    clock: Clock,
) -> Verdict:  # fmt: skip
    """The truth comes in, every KPI is measured live, and a drill shows that decay raises an alarm and a retraining."""
    last = living.newest(history, registry)
    unseen = [kpi.metric for kpi in charter.kpis if not finite(living.realised(last, kpi.metric))]
    if unseen or not at_least(last.labels_share, policy.upkeep.labels_share):
        raise Missing(f"the truth of {last.name}: {last.labels_share} of its rows have it")
    if old := living.stale(last, policy, clock):
        return not_met(old)
    if (fell := [*living.falls(last)]) and not last.alarms:
        return not_met(f"{', '.join(fell[:5])} fell in {last.name}, and no alarm was raised")
    if faults := _of_drill(delivery.drill_named(drills, "decay"), ledger, clock, policy):
        return not_met("; ".join(faults[:5]))
    return met(f"{last.labels_share:.0%} of {last.name} labelled, every KPI measured; decay alarms and has retrained")


@check(
    "MLPER-17",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Compare feature sets on the same split, keep reports/exploration.json, and set the day of the next review.",
    effort=Effort.LARGE,
)
def new_data_and_features_are_explored(
    params: Params, parts: Parts, training: Training, exploration: Exploration, clock: Clock
) -> Verdict:
    """By a day that is set, feature sets are compared on the same split, and new columns of the source are found."""
    if clock.now > exploration.next_review:
        return not_met(f"the review of features was due on {exploration.next_review:%Y-%m-%d}")
    if old := living.too_old("the exploration", exploration.made, clock, days=365):
        return not_met(old)
    if exploration.tune_sha256 != parts.parts["tune"].sha256 or exploration.metric != params.metrics.primary:
        raise Missing("an exploration of the rows and by the metric that tuning uses now")
    scored = [one for one in exploration.compared if finite(one.value)]
    if len({frozenset(one.features) for one in scored}) < len(exploration.compared) or len(scored) < 2:
        return not_met(f"{len(scored)} feature sets were scored, two that differ are needed")
    if not any(set(one.features) == set(training.features) for one in scored):
        return not_met("the features that the model reads are not among the sets")
    new = need(exploration.new_columns, "a look for columns that the source has and config/data.yaml lacks")
    told = ", ".join(f"{one.name} {one.value:.4g}" for one in scored)
    return met(f"{told}; {len(new)} new columns; the next review is due on {exploration.next_review:%Y-%m-%d}")


@check(
    "MLPER-18",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Let people look at uncertain and at random answers, and keep reports/human_review.json with their labels.",
    effort=Effort.LARGE,
)
def people_look_at_a_sample_of_answers(
    policy: Policy, registry: Registry, review: HumanReview, ledger: Ledger, clock: Clock
) -> Verdict:
    """People look at uncertain answers and at random ones, mostly agree, and a retraining learns from their labels."""
    if review.version != registry.aliases.get("champion"):
        raise Missing(f"a review of answers of version {registry.aliases.get('champion')}, which serves now")
    if old := living.too_old("the review of answers", review.made, clock, days=policy.upkeep.review_days):
        return not_met(old)
    if lacking := [why for why in ("low confidence", "random") if not at_least(review.queued.get(why), 1)]:
        return not_met(f"no answer was queued for: {', '.join(lacking)}")
    if not policy.upkeep.reviewed_rows <= review.reviewed <= sum(review.queued.values()):
        return not_met(f"{review.reviewed} of {sum(review.queued.values())} queued answers were looked at")
    share = review.agreed / review.reviewed
    if not (at_least(share, policy.upkeep.review_agreement) and at_most(share, 1)):
        return not_met(f"people agree with {share:.0%}, {policy.upkeep.review_agreement:.0%} is asked for")
    if not (review.labels_sha256 and any(e.number == review.used_in for e in ledger.retrainings)) or ledger.breaks:
        raise Missing("versioned labels of the reviewers, and a retraining that learned from them")
    return met(f"{review.reviewed} answers looked at, {share:.0%} agreed with; entry {review.used_in} learned")
