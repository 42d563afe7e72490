"""Reliability while the model is developed: the same features in both places, data that represents, and bias."""

from config.settings import Charter, Data, Params, Policy
from lens_checks import bias, delivery, representation
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import (
    Baseline,
    BiasBefore,
    Clock,
    Drills,
    Evaluation,
    KnownRuns,
    Leakage,
    Ledger,
    LedgerEntry,
    ModelVersion,
    Orchestration,
    Parts,
    Profile,
    Registry,
    Release,
    TestRuns,
    Training,
    at_most,
    finite,
)

LARGEST_DIFFERENCE = 1e-6  # between an answer of the server and the same answer offline


@check(
    "MLREL-07",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Keep every step of the features inside the pipeline of tasks/features.py, then `lifecycle run`.",
)
def training_and_serving_share_their_features(training: Training, release: Release, registry: Registry) -> Verdict:
    """The server answers golden rows as training did, from the same feature schema and the same model bytes."""
    version = registry.with_digest(release.digest)
    if release.digest != training.model_digest:
        return not_met("the served bytes are not those that were trained")
    if version is None:
        return not_met("no registered version has the digest of what was served")
    if version.tags.get("feature_schema_sha256") != training.feature_schema_sha256:
        return not_met(f"version {version.version} is registered with another feature schema than it was trained with")
    golden = release.golden
    if not golden.rows > 0 or not golden.matched or not at_most(golden.max_difference, LARGEST_DIFFERENCE):
        return not_met(f"golden rows: {golden.rows} sent, largest difference {golden.max_difference}")
    if not release.server.started or release.server.errors:
        return not_met(f"the server failed on {release.server.errors} requests")
    return met(
        f"{golden.rows} golden rows answered alike (at most {golden.max_difference:.1e} apart), "
        f"feature schema {training.feature_schema_sha256[:12]} in training, registry and server"
    )


@check(
    "MLREL-08",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Mend `split` or `slices` in config/params.yaml, or `shift_allowances` in config/data.yaml.",
)
def validation_represents_what_will_be_seen(
    data: Data, params: Params, policy: Policy, parts: Parts, leakage: Leakage, training: Training,
    evaluation: Evaluation,
) -> Verdict:  # fmt: skip
    """Validation rows resemble training rows, share none with them, and no segment is evidently below its floor."""
    primary = evaluation.metrics.get(params.metrics.primary)
    faults = [
        *representation.of_split(data, policy, parts, leakage),
        *representation.of_order(params, parts, leakage),
        *representation.of_required(params, parts),
    ]
    if evaluation.promotion_sha256 != parts.parts["promotion"].sha256:
        faults.append("the model was evaluated on other rows than the promotion part")
    if primary is None or not all(finite(figure) for figure in (primary.value, primary.low, primary.high)):
        faults.append(f"no interval for {params.metrics.primary}")
    else:
        faults += representation.of_segments(params, policy, parts, evaluation, primary)
    if not at_most(evaluation.overfit_gap, policy.bounds.overfit_gap):
        faults.append(f"gap from train to tune is {evaluation.overfit_gap}, {policy.bounds.overfit_gap} is accepted")
    if faults:
        return not_met("; ".join(faults[:5]))
    folds = need(training.cross_validation, "how the winner's score varies from fold to fold")
    if not finite(folds.mean) or not finite(folds.std) or folds.metric != params.metrics.primary:
        raise Missing(f"the spread of {params.metrics.primary} over folds: {len(folds.scores)} of them were scored")
    covered = ", ".join(evaluation.slices) or "classes"
    return met(
        f"{len(parts.effects)} columns alike in all parts, no row in two, {covered} covered and above the floor, "
        f"{sum(map(len, params.split.required.values()))} required segments in every part; {len(folds.scores)} folds "
        f"by {folds.scheme}: {folds.mean:.3f} ± {folds.std:.3f}"
    )


@check(
    "MLREL-09",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Name the protected attributes under `fairness` in config/charter.yaml, then `lifecycle run`.",
    effort=Effort.LARGE,
)
def bias_is_measured_where_people_are_concerned(
    charter: Charter, policy: Policy, profile: Profile, baseline: Baseline, before: BiasBefore, evaluation: Evaluation
) -> Verdict:
    """Bias is within its bounds before training and after it, wherever the model may tell people apart."""
    fairness, used = charter.fairness, profile.personal_in(baseline)
    if not fairness.attributes and not used and fairness.reason.strip():
        dropped = ", ".join(profile.personal_columns[:5])
        return not_applicable(
            f"none of {len(baseline.columns)} prepared columns is classed or found to describe people"
            f"{f' ({dropped} did, and were dropped)' if dropped else ''}; the charter: {fairness.reason.strip()}"
        )
    if not fairness.attributes:
        people = ", ".join(used[:5])
        return not_met(f"{people or 'perhaps people'} described, no protected attribute named, or no reason given")
    if faults := bias.faults(charter, policy, profile, before, evaluation):
        return not_met("; ".join(faults[:5]))
    bias.need_told(charter, before, evaluation)
    return met(f"{bias.in_words(charter, before, evaluation)}; what serves is watched for it (MLOE-15)")


@check(
    "MLREL-06",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.OPERATION,
    fix="Commit, `make test`, `lifecycle run`; `lifecycle schedule serve` for triggers; `lifecycle drill rollback`.",
)
def a_change_is_followed_from_commit_to_endpoint_and_back(
    registry: Registry, runs: KnownRuns, tests: TestRuns, ledger: Ledger, drills: Drills, orchestration: Orchestration,
    clock: Clock, policy: Policy,
) -> Verdict:  # fmt: skip
    """Commit, tests, run, version and deployment are linked by ids; triggers are defined; rollback was practised."""
    version = delivery.at_hand(registry)
    faults = delivery.known(
        lambda: delivery.of_source(version, runs),
        lambda: _of_triggers(policy),
        lambda: delivery.of_approval(ledger, policy),
        lambda: _of_links(version, delivery.decided(ledger, version), delivery.moved(ledger, version)),
        lambda: delivery.of_tests(version, tests)[0],
        lambda: delivery.of_drill(delivery.drill_named(drills, "rollback"), ledger, clock, policy.recovery),
        lambda: delivery.of_rollback(delivery.drill_named(drills, "rollback"), registry, ledger),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    scheduled = need(
        orchestration.scheduled("retraining") or None, "a retraining in force: `lifecycle schedule serve` runs it"
    )
    decision, move = delivery.decided(ledger, version), delivery.moved(ledger, version)
    commit, run = version.tags["commit"], version.tags["flow_run_id"]
    return met(
        f"commit {commit[:12]}, its tests, flow run {run[:8]}, version {version.version}, "
        f"decision {decision.number} and deployment {move.number} are linked; retraining by {', '.join(scheduled)}, "
        f"{', '.join(policy.retraining.causes)}; rolled back in drill {drills.drills['rollback'].entry}"
    )


def _of_triggers(policy: Policy) -> list[str]:
    """Drift and a person may each start a retraining; the calendar has its cron, and Prefect says whether it runs."""
    lacking = [cause for cause in ("drift", "hand") if cause not in policy.retraining.causes]
    return [f"no retraining by {', '.join(lacking)} (config/policy.yaml)"] if lacking else []


def _of_links(version: ModelVersion, decision: LedgerEntry, move: LedgerEntry) -> list[str]:
    pairs = {
        "model": (decision.body.get("model_digest"), version.tags.get("digest")),
        "data": (decision.body.get("data_version"), version.tags.get("data_revision")),
        "deployment": (move.body.get("digest"), version.tags.get("digest")),
    }
    loose = [name for name, (there, here) in pairs.items() if not here or there != here]
    return [f"decision {decision.number} or deployment {move.number} is of another {', '.join(loose)}"] if loose else []
