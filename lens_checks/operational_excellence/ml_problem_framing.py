"""Operational excellence while the problem is framed: roles, levers from simple upward, fairness throughout."""

import re

from config.settings import Charter, Policy
from lens_checks import bias, delivery, feedback, workload
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import (
    Authorship,
    Baseline,
    BiasBefore,
    Clock,
    Drills,
    Evaluation,
    Explanation,
    Findings,
    Leaderboard,
    Ledger,
    Profile,
    Registry,
    Release,
    Reproduction,
    Reproductions,
    SeenMetric,
    Tracking,
    Training,
    Workload,
    at_least,
    at_most,
    better,
    finite,
)

STAGES = {
    "framing": "business", "data preparation": "data", "training": "model", "evaluation": "model",
    "promotion": "approver", "deployment": "operations", "monitoring": "operations", "retraining": "operations",
}  # fmt: skip
SEVERAL = re.compile(r"[,;/&+]")  # between the names of two


@check(
    "MLOE-04",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Name one owner for each role, and an approver who trains nothing, under `owners` in config/charter.yaml.",
    effort=Effort.SMALL,
)
def every_stage_has_one_owner_and_a_separate_approver(
    charter: Charter, tracking: Tracking, authorship: Authorship, ledger: Ledger
) -> Verdict:
    """Every stage has one accountable owner, and who approves a promotion neither made nor runs the model."""
    owners = charter.owners.model_dump()
    if shared := [f"{stage} ({owners[role]})" for stage, role in STAGES.items() if SEVERAL.search(owners[role])]:
        return not_met(f"more than one is accountable for {', '.join(shared)}")
    trained_by = tracking.winner.tags.get("mlflow.user")
    if not trained_by:
        raise Missing("the user who trained the model (tag mlflow.user of the run)")
    approver = owners["approver"]
    makers = {f"the {role} owner": owners[role] for role in ("model", "data", "operations")}
    makers |= {"who trained the model": trained_by} | {f"author {name}": name for name in authorship.authors}
    if same := [who for who, name in makers.items() if _plain(name) == _plain(approver)]:
        return not_met(f"the approver {approver} is also {', '.join(same)}")
    if own := _approved_by_their_makers(ledger):
        return not_met(f"approved by who had run it: {', '.join(own)}")
    wrote = f", the commit is by {authorship.authors[0]}" if authorship.authors else ""
    given = len(ledger.of_kind("approval"))
    return met(
        f"{'; '.join(f'{stage}: {owners[role]}' for stage, role in STAGES.items())}; trained by {trained_by}{wrote}; "
        f"{given} approvals in the ledger, none by who made what was approved"
    )


def _approved_by_their_makers(ledger: Ledger) -> list[str]:
    """Name the approvals whose giver had run the decision, or the comparison, that they approve."""
    decided = {entry.number: entry.body.get("actor") for entry in ledger.of_kind("decision")}
    own = []
    for entry in ledger.of_kind("approval"):
        number = int(str(entry.body.get("decision") or 0))
        ran = entry.body.get("compared_by") if "replaces" in entry.body else decided.get(number)
        if ran is None or _plain(str(ran)) == _plain(str(entry.body.get("approver"))):
            own.append(f"entry {entry.number} by {entry.body.get('approver')}")
    return own


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


REBUILT_FROM = ("commit", "data", "lock", "parameters")
LINEAGE_TAGS = ("commit", "data_revision", "params_sha256", "lock_sha256", "flow_run_id", "feature_schema_sha256")


@check(
    "MLOE-07",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.OPERATION,
    fix="Commit what changed, `lifecycle run --force`, then `lifecycle reproduce VERSION`.",
)
def every_release_can_be_traced_and_rebuilt(
    registry: Registry, ledger: Ledger, reproductions: Reproductions
) -> Verdict:
    """A version names commit, data, parameters, lock, features and flow run, and was rebuilt from them."""
    version = delivery.at_hand(registry)
    if unnamed := [name for name in LINEAGE_TAGS if not version.tags.get(name, "").strip()]:
        return not_met(f"version {version.version} does not name its {', '.join(unnamed)}")
    if version.tags.get("dirty") != "false":
        return not_met(f"version {version.version} was made from a tree with changes that commit does not hold")
    tried = [v for v in (version, registry.at("champion")) if v and v.version in reproductions.of]
    if not tried:
        raise Missing(
            f"a reproduction of version {version.version}, or of the champion: `lifecycle reproduce` makes one"
        )
    again = reproductions.of[tried[0].version]
    said = {"version": again.version, "passed": again.passed, "exact": again.exact, "digest": again.digest}
    if not ledger.witnessed("reproduction", again.entry, **said):
        return not_met(f"the ledger knows nothing of this reproduction of version {again.version}")
    off = [*_from_others(again), *(name for name, metric in again.metrics.items() if not _within(metric))]
    if off or not again.passed or not again.metrics:
        differs = ", ".join((*off, *again.differs)[:5]) or "no metric was compared"
        return not_met(f"version {again.version} did not come out again: {differs}")
    exactly = "byte for byte" if again.exact else "within tolerance"
    return met(f"version {version.version} names all it was made from; version {again.version} was rebuilt {exactly}")


def _from_others(again: Reproduction) -> list[str]:
    """Name what it was rebuilt from that is not what was recorded; machine and threads may be others."""
    named = {name: again.inputs.get(name) for name in REBUILT_FROM} | again.parts
    return [name for name, one in named.items() if one is None or not one.same or one.expected != one.seen]


def _within(metric: SeenMetric) -> bool:
    """Recompute what the reproduction said of a metric; what is not finite never lies within."""
    if metric.expected is None or metric.seen is None or not metric.within:
        return False
    return at_most(abs(metric.expected - metric.seen), metric.tolerance)


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
    charter: Charter, policy: Policy, profile: Profile, baseline: Baseline, before: BiasBefore, evaluation: Evaluation,
    explanation: Explanation,
) -> Verdict:  # fmt: skip
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
    if faults := bias.faults(charter, policy, profile, before, evaluation):
        return not_met("; ".join(faults[:5]))
    bias.need_told(charter, before, evaluation)
    return met(f"{bias.in_words(charter, before, evaluation)}; {len(explanation.figures)} features attributed")


@check(
    "MLOE-08",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle drill feedback` and `lifecycle drill decay`; the calendar of `lifecycle schedule serve` does.",
)
def findings_flow_back_to_earlier_phases(
    findings: Findings, drills: Drills, ledger: Ledger, tracking: Tracking, leaderboard: Leaderboard,
    training: Training, clock: Clock, policy: Policy,
) -> Verdict:  # fmt: skip
    """Refused evaluations lead back to the data, drift to a retraining, and what was rejected is told with a reason."""
    faults = delivery.known(
        lambda: feedback.of_way(findings, drills, ledger, clock, policy.recovery),
        lambda: feedback.of_drift(drills, ledger),
        lambda: feedback.of_rejected(tracking, leaderboard, training, ledger),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"a refused evaluation leads back to the data (drill, entry {drills.drills['feedback'].entry}; "
        f"{len(findings.all)} findings), {feedback.shown(drills, ledger)}; every rejection has its reason"
    )


@check(
    "MLOE-05",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.RELEASE,
    fix="State `usage` and `workload`, each figure with its reason, in config/charter.yaml, then `lifecycle run`.",
    effort=Effort.SMALL,
)
def the_workload_is_profiled(profile: Workload, release: Release, registry: Registry) -> Verdict:
    """The run measures the workload of each version, beside targets of which each has its reason."""
    version = delivery.at_hand(registry)
    faults = delivery.known(
        lambda: workload.of_version(profile, version),
        lambda: workload.of_figures(profile, release, len(registry.versions)),
        lambda: workload.of_targets(profile),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(f"version {version.version}, measured of aimed at: {workload.in_words(profile)}")
