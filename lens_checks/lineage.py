"""Looks for gaps and changed bytes on the way from the source to a version, and trusts no digest that it can take."""

from collections.abc import Iterator

from config.settings import Policy
from lens_checks.evidence.records import Evaluation, Landing, Lineage, LineageEdge, Parts, Pipeline, Training
from lens_checks.rivals import short
from lens_checks.runner import Source
from lens_checks.statements import Subject

STAGE_OF = {"prepared": "prepare", "features": "train", "model": "train", "evaluation": "evaluate"}
WAY = ("source", "landed", "prepared", "features", "model", "version")


def whole_lineage(source: Source, policy: Policy, subject: Subject) -> Iterator[tuple[str, str, str]]:
    """The candidate is traced to its sources, and every digest on the way is the one that was recorded."""
    seen = source.get(Lineage)
    fix = "Run `lifecycle run`; what somebody changed since it was made, `dvc checkout --force` brings back."
    if seen.version != subject.version:
        yield "lineage", f"it is of version {seen.version}, not of version {subject.version} at hand", fix
    elif seen.digest != subject.digest:
        yield "lineage", f"it is of {short(seen.digest)}, not of {short(subject.digest)} at hand", fix
    found = gaps(
        seen, source.get(Landing), source.get(Parts), source.get(Training), source.get(Evaluation), source.get(Pipeline)
    )
    yield from (("lineage", gap, fix) for gap in found)


def gaps(
    lineage: Lineage, landing: Landing, parts: Parts, training: Training, evaluation: Evaluation, pipeline: Pipeline
) -> Iterator[str]:
    """Say where the way from the source to the version is broken; nothing where it is whole."""
    yield from _ways(lineage, landing, parts)
    for edge in lineage.edges:
        yield from _edge(edge)
    yield from _elsewhere(lineage, landing, parts, training, evaluation)
    yield from _other_code(lineage, pipeline)


def _ways(lineage: Lineage, landing: Landing, parts: Parts) -> Iterator[str]:
    """Follow the edges backwards: every kind of thing, and every file that landed, must lie on the way."""
    version = f"version {lineage.version}"
    needed = {*(("landed", part) for part in parts.parts), ("train", "features"), ("tune", "features")}
    needed |= {("features", "model"), ("model", version), ("features", version)}
    needed |= {("promotion", "evaluation"), ("model", "evaluation")}
    if cut := sorted(f"{a} → {b}" for a, b in needed - {(edge.source, edge.target) for edge in lineage.edges}):
        yield f"nothing is recorded of {', '.join(cut[:5])}"
    made_from = lineage.origins(version)
    kinds = {node.kind for node in lineage.nodes if node.name in made_from or node.kind == "version"}
    if lacking := [kind for kind in WAY if kind not in kinds]:
        yield f"nothing leads from {', '.join(lacking)} to version {lineage.version}"
    if lost := [file.path for file in landing.sources if file.path not in made_from]:
        yield f"no way leads from {', '.join(lost[:5])} to version {lineage.version}"
    known = {node.name for node in lineage.nodes}
    if loose := [f"{e.source} → {e.target}" for e in lineage.edges if not {e.source, e.target} <= known]:
        yield f"edges of things that nobody recorded: {', '.join(loose[:5])}"


def _edge(edge: LineageEdge) -> Iterator[str]:
    way = f"{edge.source} → {edge.target}"
    if edge.written is None or edge.read is None:
        yield f"{way}: no digest of what was {'written' if edge.written is None else 'read'}"
    elif edge.written != edge.read:
        yield f"{way}: {edge.written[:12]} was written and {edge.read[:12]} read"
    if not edge.code or not all(edge.code.values()):
        yield f"{way}: nobody recorded the code"


def _elsewhere(
    lineage: Lineage, landing: Landing, parts: Parts, training: Training, evaluation: Evaluation
) -> Iterator[str]:
    """Hold the graph against what the auditor digests itself, and against the other records."""
    seen: dict[str, str | None] = {"landed": landing.sha256_on_disk, "model": training.model_digest}
    seen |= {name: part.sha256_on_disk for name, part in parts.parts.items()}
    seen |= {file.path: file.sha256 for file in landing.sources} | {
        f"version {lineage.version}": evaluation.model_digest
    }
    traced = {node.name: node.sha256 for node in lineage.nodes}
    for name, digest in seen.items():
        if digest is None or traced.get(name) != digest:
            was = (traced.get(name) or "nothing")[:12]
            yield f"{name} is {(digest or 'not there')[:12]}, the lineage says {was}"


def _other_code(lineage: Lineage, pipeline: Pipeline) -> Iterator[str]:
    """The code of an edge is the code that dvc.lock recorded for its stage."""
    kinds = {node.name: node.kind for node in lineage.nodes}
    for edge in lineage.edges:
        stage = pipeline.stages.get(STAGE_OF.get(kinds.get(edge.target, ""), ""))
        if stage is None:
            continue
        recorded = {dep.path: dep.recorded for dep in stage.deps if dep.path.endswith(".py")}
        if edge.code != recorded:
            yield f"{edge.source} → {edge.target}: the code is not what stage {stage.name} recorded"
