"""Security while data is processed: who can reach what, the way from the source, what happens to who changes it."""

from config.settings import Charter, Data, Params, Policy
from lens_checks import confinement, delivery, privacy
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import (
    Clock,
    Copies,
    Derived,
    Drills,
    Evaluation,
    Expiry,
    Explanation,
    Exposure,
    Landing,
    Ledger,
    Lineage,
    Parts,
    Pipeline,
    Premises,
    Profile,
    Registry,
    Storage,
    Training,
)
from lens_checks.lineage import gaps


@check(
    "MLSEC-03",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.OPERATION,
    fix="Set `platform` in config/policy.yaml, run as an identity of its own, then `lifecycle drill access`.",
)
def assets_are_reached_by_those_who_need_them(
    policy: Policy, exposure: Exposure, drills: Drills, ledger: Ledger, clock: Clock
) -> Verdict:
    """Each role has the rights that it needs and no more, and whoever has none gets at nothing on this machine."""
    platform = policy.platform
    faults = delivery.known(
        lambda: confinement.of_roles(platform),
        lambda: confinement.of_review(platform, clock),
        lambda: confinement.of_modes(exposure),
        lambda: confinement.of_identity(platform, exposure),
        lambda: delivery.of_drill(delivery.drill_named(drills, "access"), ledger, clock, policy.recovery),
        lambda: confinement.of_trespass(platform, delivery.drill_named(drills, "access")),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    identity = f"as root, because: {platform.administrator.strip()}" if exposure.uid == 0 else f"as user {exposure.uid}"
    return met(
        f"{len(platform.roles)} roles, none reaches everything, reviewed on {platform.reviewed}; {len(exposure.modes)} "
        f"places closed to others, whom the drill (entry {drills.drills['access'].entry}) kept out; it runs {identity}"
    )


@check(
    "MLSEC-04",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.OPERATION,
    fix="Remove what was found, set `platform` in config/policy.yaml, then `lifecycle drill access`.",
)
def the_place_that_builds_models_is_locked_down(
    policy: Policy, data: Data, exposure: Exposure, premises: Premises, pipeline: Pipeline, drills: Drills,
    ledger: Ledger, clock: Clock,
) -> Verdict:  # fmt: skip
    """No secret lies about, nothing travels in the clear, packages have no known holes, and the way out is shut."""
    platform = policy.platform
    faults = delivery.known(
        lambda: confinement.of_secrets(exposure),
        lambda: confinement.of_storage(premises, pipeline, data, platform),
        lambda: confinement.of_identity(platform, exposure),
        lambda: delivery.of_drill(delivery.drill_named(drills, "access"), ledger, clock, policy.recovery),
        lambda: confinement.of_egress(platform, delivery.drill_named(drills, "access")),
        lambda: confinement.of_vulnerabilities(platform, delivery.drill_named(drills, "access")),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"{exposure.scanned_files} files without a secret; {len(premises.addresses)} stores, local or over TLS; "
        f"{confinement.in_words(drills.drills['access'], data, platform)}"
    )


@check(
    "MLSEC-06",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle run`, which traces the version anew, and `lifecycle drill tamper`, which tries to deceive it.",
)
def data_is_traced_and_tampering_is_noticed(
    lineage: Lineage,
    landing: Landing,
    parts: Parts,
    training: Training,
    evaluation: Evaluation,
    pipeline: Pipeline,
    registry: Registry,
    ledger: Ledger,
    drills: Drills,
    clock: Clock,
    policy: Policy,
) -> Verdict:
    """Each version is traced to its sources, every digest read is the one written, and tampering is noticed."""
    version = next((v for v in registry.versions if v.version == lineage.version), None)
    if version is None or version.tags.get("digest") != lineage.digest:
        return not_met(f"the lineage is of version {lineage.version}, whose bytes the registry knows otherwise")
    if version.tags.get("landed_sha256") != landing.sha256:
        return not_met(f"version {lineage.version} does not name the landed rows that its lineage begins with")
    if found := list(gaps(lineage, landing, parts, training, evaluation, pipeline)):
        return not_met("; ".join(found[:5]))
    drill = delivery.drill_named(drills, "tamper")
    if faults := delivery.of_drill(drill, ledger, clock, policy.recovery):
        return not_met("; ".join(faults[:5]))
    return met(
        f"{len(lineage.of_kind('source'))} source files lead over {len(lineage.edges)} edges to version "
        f"{lineage.version}, read as they were written, the code known; tampering was noticed on {drill.made:%Y-%m-%d}"
    )


@check(
    "MLSEC-05",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.RELEASE,
    fix="Set `treatment` of each personal column, and `privacy`, in config/data.yaml, then `lifecycle run`.",
)
def people_are_out_of_the_training_data(
    data: Data, charter: Charter, landing: Landing, profile: Profile, derived: Derived, training: Training,
    registry: Registry,
) -> Verdict:  # fmt: skip
    """Personal data is found, classed and treated, and prepared rows and model carry the class of their source."""
    version = need(registry.with_digest(training.model_digest), "a registered version with the bytes trained last")
    if {profile.data_sha256, derived.data_sha256} != {landing.sha256}:
        return not_met("the search for personal data is of other rows than those landed")
    faults = delivery.known(
        lambda: privacy.of_raw(derived, charter),
        lambda: privacy.of_tag(derived, profile, version),
        lambda: privacy.of_groups(derived, data),
        lambda: privacy.of_impact(derived, profile, data),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    people = (
        f"groups of {derived.smallest_group} or more by {', '.join(derived.people)}" if derived.people else "nobody"
    )
    return met(
        f"{len(profile.columns)} landed and {len(derived.columns)} prepared columns searched, {len(derived.treated)} "
        f"treated; the rows tell of {people}; rows and version {version.version} are tagged {derived.highest}"
    )


@check(
    "MLSEC-07",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.OPERATION,
    fix="Set `retention_days` and the `description` of each column in config/data.yaml, then `lifecycle run`.",
)
def only_needed_rows_are_kept_for_a_bounded_time(
    data: Data, charter: Charter, params: Params, landing: Landing, profile: Profile, derived: Derived, parts: Parts,
    explanation: Explanation, expiry: Expiry, storage: Storage, copies: Copies, clock: Clock,
) -> Verdict:  # fmt: skip
    """Prepared rows hold the columns that are needed, none is older than allowed, and copies are but samples."""
    if {parts.data_sha256, derived.data_sha256} != {landing.sha256}:
        return not_met("the prepared rows are made from other rows than those landed")
    faults = delivery.known(
        lambda: privacy.of_columns(derived, data, charter, params),
        lambda: privacy.of_age(parts, landing, data),
        lambda: privacy.of_expiry(expiry, storage, data, clock),
        lambda: privacy.of_copies(copies, landing, profile),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    idle = ", ".join(privacy.idle_features(explanation)) or "none"
    return met(
        f"{len(derived.columns)} of {len(landing.columns)} columns, each with its reason; no row older than "
        f"{data.retention_days} days; {len(expiry.removed)} of {expiry.looked_at} files removed on "
        f"{expiry.made:%Y-%m-%d}; {len(copies.files)} samples under version control; carry nothing: {idle}"
    )
