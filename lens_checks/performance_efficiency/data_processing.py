"""Performance efficiency while data is processed: zones, formats, and the ways that data is read by."""

from lens_checks import delivery, zones
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import (
    Baseline,
    Landing,
    Leakage,
    Lineage,
    Parts,
    Pipeline,
    Storage,
    Training,
    Validation,
)


@check(
    "MLPER-04",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.RELEASE,
    fix="Let each stage of dvc.yaml read the zone before it alone, then `lifecycle run --force`.",
)
def data_lies_in_zones_and_is_read_as_declared(
    storage: Storage, parts: Parts, pipeline: Pipeline, lineage: Lineage, landing: Landing, validation: Validation,
    leakage: Leakage, baseline: Baseline, training: Training,
) -> Verdict:  # fmt: skip
    """Landed, prepared and feature data lie apart, columnar and partitioned, are read as declared, and looked over."""
    faults = delivery.known(
        lambda: zones.of_files(storage, parts),
        lambda: zones.of_reading(pipeline, lineage),
        lambda: zones.of_quality(landing, validation, leakage, baseline, training, lineage),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"{len(storage.files)} files of rows, Parquet, prepared rows in {len(parts.parts)} partitions; "
        f"{len(pipeline.stages)} stages read the zone before them; {validation.evaluated} rules, {len(leakage.checks)} "
        f"searches for leaks and statistics of {len(training.features)} features look them over"
    )
