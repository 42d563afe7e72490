"""Reliability while the model is developed: the same features in both places, data that represents, and bias."""

from config.settings import Charter, Data, Params, Policy
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_applicable, not_met
from lens_checks.evidence.records import (
    Baseline,
    Evaluation,
    Interval,
    Leakage,
    Parts,
    Profile,
    Registry,
    Release,
    Slice,
    Training,
    at_least,
    at_most,
    finite,
)

LARGEST_DIFFERENCE = 1e-6  # between an answer of the server and the same answer offline
COVERAGE = 0.8  # least share of rows in segments large enough to be told


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
    data: Data, params: Params, policy: Policy, parts: Parts, leakage: Leakage, evaluation: Evaluation
) -> Verdict:
    """Validation rows resemble training rows, share none with them, and no segment is evidently below its floor."""
    primary = evaluation.metrics.get(params.metrics.primary)
    faults = [*_of_split(data, policy, parts, leakage)]
    if evaluation.promotion_sha256 != parts.parts["promotion"].sha256:
        faults.append("the model was evaluated on other rows than the promotion part")
    if primary is None or not all(finite(figure) for figure in (primary.value, primary.low, primary.high)):
        faults.append(f"no interval for {params.metrics.primary}")
    else:
        faults += _of_segments(params, policy, parts, evaluation, primary)
    if not at_most(evaluation.overfit_gap, policy.bounds.overfit_gap):
        faults.append(f"gap from train to tune is {evaluation.overfit_gap}, {policy.bounds.overfit_gap} is accepted")
    if faults:
        return not_met("; ".join(faults[:5]))
    covered = ", ".join(evaluation.slices) or "classes"
    return met(f"{len(parts.effects)} columns alike in all parts, no row in two, {covered} covered and above the floor")


def _of_split(data: Data, policy: Policy, parts: Parts, leakage: Leakage) -> list[str]:
    limit, allowed = policy.bounds.split_effect, data.shift_allowances
    worst = {
        name: list(effects.values()) for name, effects in parts.effects.items() if not allowed.get(name, "").strip()
    }
    shifted = [n for n, effects in worst.items() if not effects or not all(at_most(e, limit) for e in effects)]
    faults = [f"parts differ by more than {limit} (PSI) in {', '.join(shifted[:5])}"] if shifted else []
    if not parts.effects:
        faults.append("no column of the parts was compared")
    if parts.overlap_rows or not leakage.passed or not leakage.checks:
        faults.append(f"{parts.overlap_rows} rows lie in two parts, or the leakage search did not pass")
    if leakage.data_sha256 != parts.data_sha256:
        faults.append("the leakage search is of other rows than the split")
    return faults


def _of_segments(params: Params, policy: Policy, parts: Parts, evaluation: Evaluation, primary: Interval) -> list[str]:
    """Every named segmentation is looked at; without one, each class of a binary target must be in every part."""
    if not params.slices:
        bare = [
            name
            for name, part in parts.parts.items()
            if part.positives is not None and not 0 < part.positives < part.rows
        ]
        return [f"only one class in {', '.join(bare)}"] if bare else []
    faults = []
    for column in params.slices:
        told = {v: s for v, s in evaluation.slices.get(column, {}).items() if finite(s.primary) and finite(s.high)}
        share = sum(s.rows for s in told.values()) / evaluation.rows if evaluation.rows else 0.0
        if not at_least(share, COVERAGE):
            faults.append(
                f"segments of {column} that could be told cover {share:.0%} of rows, {COVERAGE:.0%} are needed"
            )
        faults += [f"{column} {value}: {words}" for value, s in told.items() if (words := _below(s, primary, policy))]
    return faults


def _below(segment: Slice, primary: Interval, policy: Policy) -> str:
    """Say how far a segment is, beyond its own uncertainty, worse than all rows together; nothing if it is not."""
    gap = policy.bounds.slice_gap
    if primary.greater_is_better:
        good = at_least(segment.high, (primary.value or 0.0) - gap)
    else:
        good = at_most(segment.low, (primary.value or 0.0) + gap)
    return "" if good else f"{segment.primary} against {primary.value} on all rows, at most {gap} worse is accepted"


@check(
    "MLREL-09",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Name the protected attributes under `fairness` in config/charter.yaml, then `lifecycle run`.",
    effort=Effort.LARGE,
)
def bias_is_measured_where_people_are_concerned(
    charter: Charter, profile: Profile, baseline: Baseline, evaluation: Evaluation
) -> Verdict:
    """Bias is measured before training, after it and in production, wherever the model may tell people apart."""
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
    gaps = {name: evaluation.fairness.gaps.get(name) for name in fairness.attributes}
    if wide := [f"{n} {g:.3g}" for n, g in gaps.items() if finite(g) and not at_most(g, fairness.max_gap)]:
        return not_met(f"gap between groups above {fairness.max_gap}: {', '.join(wide)}")
    raise Missing("bias before training and in production, by protected attribute")
