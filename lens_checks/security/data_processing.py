"""Security while data is processed: the way from the source to the model, and what happens to who changes it."""

from config.settings import Policy
from lens_checks import delivery
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import (
    Clock,
    Drills,
    Evaluation,
    Landing,
    Ledger,
    Lineage,
    Parts,
    Pipeline,
    Registry,
    Training,
)
from lens_checks.lineage import gaps


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
