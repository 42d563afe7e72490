"""What shows that features are stored once and shared: the entries of their registry, the store, their twins."""

import hashlib
import json
from collections.abc import Mapping

from config.settings import Charter, Column, Data, Platform
from lens_checks.check import Missing
from lens_checks.confinement import is_public
from lens_checks.evidence.records import (
    FeatureRegistry,
    Lineage,
    ModelVersion,
    Parts,
    Pipeline,
    RegisteredFeature,
    Training,
    at_most,
)

ALIKE = 0.999
STORE = "data/prepared"
READ = ("train", "tune")


def of_version(known: FeatureRegistry, lineage: Lineage, version: ModelVersion) -> list[str]:
    """Say why registry or lineage is not that of the version at hand, or why they are made of other code."""
    at_hand = (version.version, version.tags.get("digest"))
    if (known.version, known.digest) != at_hand:
        return [f"the registry of features is of version {known.version}, or of other bytes than {version.version}"]
    if (lineage.version, lineage.digest) != at_hand:
        return [f"the lineage is of version {lineage.version}, not of version {version.version}"]
    return []


def of_entries(
    known: FeatureRegistry, data: Data, charter: Charter, training: Training, pipeline: Pipeline, consumer: str
) -> list[str]:
    """Say what the entries lack: a feature, its description, its owner, its version, its reader."""
    entries = {feature.name: feature for feature in known.features}
    other = sorted(set(entries) ^ set(data.features) | set(data.features) ^ set(training.features))
    faults = [f"not the same in registry, contract and training: {', '.join(other[:5])}"] if other else []
    told = [feature for name, feature in entries.items() if name in data.features]
    owners = set(charter.owners.model_dump().values())
    lacking = {
        "no description that config/data.yaml gives": [
            f for f in told if not f.description.strip() or f.description != data.columns[f.name].description
        ],
        "no owner that the charter names": [f for f in told if f.owner not in owners],
        "another version than definition and code give": [
            f for f in told if f.version != version_of(data.columns[f.name], known.code)
        ],
        f"no reader, not even {consumer}": [f for f in told if consumer not in f.consumers],
    }
    faults += [f"{what}: {_named(those)}" for what, those in lacking.items() if those]
    return [*faults, *_of_code(known, pipeline)]


def _named(those: list[RegisteredFeature]) -> str:
    return ", ".join(feature.name for feature in those[:5])


def _of_code(known: FeatureRegistry, pipeline: Pipeline) -> list[str]:
    stage = pipeline.stages.get("prepare")
    recorded = {dep.path: dep.recorded for dep in stage.deps if dep.path.endswith(".py")} if stage else {}
    if not recorded or known.code != recorded:
        return ["the code that the versions of the features stand for is not what stage prepare recorded"]
    return []


def version_of(column: Column, code: Mapping[str, str]) -> str:
    """Digest a definition and the code that prepares it, as canonical JSON."""
    told = {"column": column.model_dump(mode="json"), "code": dict(code)}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def of_store(lineage: Lineage, parts: Parts, training: Training, pipeline: Pipeline) -> list[str]:
    """Say where training did not read what is stored, or where others do not get the same from the store."""
    ways = {(edge.source, edge.target): edge for edge in lineage.edges}
    faults = []
    for name in READ:
        edge = ways.get((name, "features"))
        stored = parts.parts[name].sha256_on_disk if name in parts.parts else None
        if edge is None or stored is None or {edge.written, edge.read, training.data_sha256.get(name)} != {stored}:
            faults.append(f"the {name} rows that training read are not those in the store")
    served = ways.get(("features", f"version {lineage.version}"))
    if served is None or {served.written, served.read} != {training.feature_schema_sha256}:
        faults.append("the server does not read the features that training read")
    stage = pipeline.stages.get("prepare")
    kept = [file for file in stage.outs if file.path == STORE] if stage else []
    if not any(file.current and file.cached for file in kept):
        faults.append(f"{STORE} is not as stage prepare left it, or DVC holds no copy to reuse")
    return [*faults, *_of_readers(pipeline)]


def _of_readers(pipeline: Pipeline) -> list[str]:
    """Name the stages that read other rows than those that the prepare stage stored once for all."""
    reads = {name: [dep for dep in stage.deps if dep.path.startswith(STORE)] for name, stage in pipeline.stages.items()}
    dry = [name for name in ("train", "evaluate") if not reads.get(name)]
    stale = [f"{name} ({dep.path})" for name, deps in reads.items() for dep in deps if not dep.current]
    faults = [f"{', '.join(dry)} reads nothing from {STORE}"] if dry else []
    return [*faults, *([f"read before the store changed: {', '.join(stale[:5])}"] if stale else [])]


def of_twins(known: FeatureRegistry, parts: Parts) -> list[str]:
    """Name the features that tell the same as another (Missing where no rows were compared)."""
    if known.compared_rows < 1:
        raise Missing("rows in which features were compared with one another")
    if not at_most(known.alike, ALIKE):
        return [f"features alike to less than {known.alike:g} were let pass: {ALIKE:g} is the most"]
    if "train" not in parts.parts or known.train_sha256 != parts.parts["train"].sha256_on_disk:
        return ["the rows in which twins were looked for are not those in the store"]
    return [f"{' and '.join(pair.features)} tell the same, by their {pair.alike}" for pair in known.twins[:5]]


def in_words(known: FeatureRegistry, data: Data, platform: Platform) -> str:
    """Tell how many features there are, who reads them, what was compared, and how the store is kept."""
    readers = sorted({name for feature in known.features for name in feature.consumers})
    kept = "every column is public" if is_public(data) else platform.at_rest.strip() or "the disk is encrypted"
    return (
        f"{len(known.features)} features, described, owned and versioned, read by {', '.join(readers[:5])} from the "
        f"store that stage prepare left; no twins in {known.compared_rows} rows; {kept}"
    )
