"""What shows that data lies in zones: landed, prepared, features; read by declared ways, each looked over."""

from collections.abc import Iterator

from lens_checks.check import Missing
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

ZONES = ("data/landed", "data/prepared")
READS = {"prepare": "data/landed"}  # every other stage reads what is prepared
NEXT = {"source": "landed", "landed": "prepared"}  # kind of thing: the only kind that is made from it


def of_files(storage: Storage, parts: Parts) -> list[str]:
    """Say where a zone is empty, a file is not columnar, or the prepared rows lie in one heap."""
    faults = [f"{zone} holds no rows" for zone in ZONES if not _in_zone(storage, zone)]
    rows = [path for zone in ZONES for path in _in_zone(storage, zone)]
    faults += [f"{path} is not columnar" for path in rows if not path.endswith(".parquet")][:5]
    lacking = [name for name in parts.parts if f"data/prepared/{name}.parquet" not in rows]
    if lacking or len(parts.parts) < 2:
        faults.append(f"the prepared rows are not partitioned: no file of {', '.join(lacking) or 'a second part'}")
    return faults


def _in_zone(storage: Storage, zone: str) -> list[str]:
    return [file.path for file in storage.files if file.path.startswith(f"{zone}/")]


def of_reading(pipeline: Pipeline, lineage: Lineage) -> list[str]:
    """Name what is read by another way than the declared one (Missing: no stage reads data)."""
    reads = [(name, dep.path) for name, stage in pipeline.stages.items() for dep in stage.deps
             if dep.path.startswith("data/")]  # fmt: skip
    strange = [f"stage {name} reads {path}" for name, path in reads if not path.startswith(READS.get(name, ZONES[1]))]
    faults = [*strange, *_passed_by(lineage)]
    if not faults and "prepare" not in dict(reads):
        raise Missing("a stage prepare that declares the landed rows: dvc.yaml")
    return faults[:5]


def _passed_by(lineage: Lineage) -> Iterator[str]:
    kinds = {node.name: node.kind for node in lineage.nodes}
    for edge in lineage.edges:
        due = NEXT.get(kinds.get(edge.source, ""))
        if due and kinds.get(edge.target) != due:
            yield f"{edge.target} was made from {edge.source}, past the zone between"


def of_quality(
    landing: Landing, validation: Validation, leakage: Leakage, baseline: Baseline, training: Training, lineage: Lineage
) -> list[str]:
    """Say which zone nobody looked over: by the contract, the search for leaks, the statistics of features."""
    faults = []
    if validation.data_sha256 != landing.sha256 or not validation.success or not validation.evaluated:
        faults.append("the landed rows did not pass the contract")
    if leakage.data_sha256 != landing.sha256 or not leakage.passed or not leakage.checks:
        faults.append("the prepared rows did not pass the search for leaks")
    if bare := [name for name in training.features if name not in baseline.columns]:
        faults.append(f"no statistics of the features {', '.join(bare[:5])}")
    traced = {node.sha256 for node in lineage.of_kind("features")}
    if traced != {training.feature_schema_sha256}:
        faults.append("the features that the model reads are not those on record")
    return faults
