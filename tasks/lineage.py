"""Traces a version back to its sources: every edge with what its writer recorded, what its reader saw, and the code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.settings import Data
from tasks import candidates, files, landing, versioning
from tasks.candidates import Evidence
from tasks.features import feature_schema
from tasks.packaging import Package
from tasks.registry import Version
from tasks.stores import Stores

PREPARED = Path("data/prepared")
LANDED = Path("data/landed")
REPORT = "lineage.json"
LANDED_TAG = "landed_sha256"
PACKAGING = ("candidates", "packaging", "scoring")
Code = Mapping[str, str]


@dataclass(frozen=True)
class Node:
    """A thing that was written or read, and the SHA-256 of it as it lies there now."""

    name: str
    kind: str  # source, landed, prepared, features, model, evaluation, version
    sha256: str | None


@dataclass(frozen=True)
class Edge:
    """One thing made from another: the digest its writer recorded, the one its reader saw, and the code between."""

    source: str
    target: str
    written: str | None
    read: str | None
    code: Code


@dataclass(frozen=True)
class Lineage:
    """The graph of one version, from the files of the source to the registry."""

    version: int
    digest: str | None
    commit: str | None
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    schema: int = 1


def trace(version: Version, package: Package, evidence: Evidence, data: Data, *, stores: Stores) -> Lineage:
    """Bring together what every writer and every reader recorded; write reports/lineage.json, tag the version."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for node, incoming in _graph(version, package, evidence, data):
        nodes.append(node)
        edges += incoming
    found = Lineage(version.number, version.digest, version.tags.get("commit"), tuple(nodes), tuple(edges))
    files.write_json(stores.reports / REPORT, {"made": files.now()} | files.plain(found))
    if (landed := next((node.sha256 for node in nodes if node.kind == "landed"), None)) is not None:
        stores.registry.tag(version.number, LANDED_TAG, landed)
    return found


def _graph(
    version: Version, package: Package, evidence: Evidence, data: Data
) -> Iterator[tuple[Node, tuple[Edge, ...]]]:
    """Give every node with the edges that end in it, sources first."""
    manifest, split, trained = landing.landed(LANDED), files.read_json(PREPARED / "split.json"), evidence.training
    stages = _stages()
    yield from _sources(data)
    read = {file["path"]: file["sha256"] for file in (manifest.sources if manifest else ())}
    here = _now(data)
    yield (
        Node("landed", "landed", _digest(LANDED / "rows.parquet")),
        tuple(
            Edge(name, "landed", data.source.checksums.get(name, here.get(name)), sha256, _landing_code(manifest))
            for name, sha256 in read.items()
        ),
    )
    landed = manifest.sha256 if manifest else None
    for name in split["parts"]:
        edge = Edge("landed", name, landed, split["data_sha256"], stages.get("prepare", {}))
        yield Node(name, "prepared", _digest(PREPARED / f"{name}.parquet")), (edge,)
    wrote = {name: part["sha256"] for name, part in split["parts"].items()}
    fit = [Edge(n, "features", wrote.get(n), sha, stages.get("train", {})) for n, sha in trained["data_sha256"].items()]
    schema = files.sha256_json(feature_schema(data))
    yield Node("features", "features", schema), tuple(fit)
    made = Edge("features", "model", schema, trained["feature_schema_sha256"], stages.get("train", {}))
    yield Node("model", "model", package.digest), (made,)
    yield _evaluation(evidence, wrote, stages.get("evaluate", {}))
    yield Node(f"version {version.number}", "version", version.digest), _registering(version, package, evidence)


def _sources(data: Data) -> Iterator[tuple[Node, tuple[Edge, ...]]]:
    for name, sha256 in _now(data).items():
        yield Node(name, "source", sha256), ()


def _now(data: Data) -> dict[str, str]:
    """Digest the files of the source as they lie there now."""
    return {file["path"]: file["sha256"] for file in landing.listed(data)}


def _evaluation(evidence: Evidence, wrote: Mapping[str, str], code: Code) -> tuple[Node, tuple[Edge, ...]]:
    judged = evidence.evaluation
    sha256 = files.sha256_json(judged)
    return Node("evaluation", "evaluation", sha256), (
        Edge("promotion", "evaluation", wrote.get("promotion"), judged["promotion_sha256"], code),
        Edge("model", "evaluation", evidence.digest, judged["model_digest"], code),
    )


def _registering(version: Version, package: Package, evidence: Evidence) -> tuple[Edge, ...]:
    """Packaging read the model's files anew; the server will read the features from the packaged contract."""
    here = Path(__file__).parent
    code = {f"tasks/{name}.py": files.sha256_file(here / f"{name}.py") for name in PACKAGING}
    contract, _ = candidates.read_contract(package)
    packaged = files.sha256_json({column.name: column.type for column in contract.columns})
    name = f"version {version.number}"
    return (
        Edge("model", name, evidence.digest, package.digest, code),
        Edge("features", name, evidence.training["feature_schema_sha256"], packaged, code),
    )


def _landing_code(manifest: landing.Manifest | None) -> Code:
    return {"landing": manifest.code_sha256} if manifest and manifest.code_sha256 else {}


def code_of(stage: str) -> Code:
    """Give the code that a stage ran, as dvc.lock recorded it: path and MD5 of each file."""
    return _stages().get(stage, {})


def _stages() -> dict[str, Code]:
    """Read from dvc.lock, by stage, the code that ran: path and MD5 of each file of code."""
    return {
        name: {dep["path"]: dep["md5"] for dep in stage.get("deps", []) if dep["path"].endswith(".py")}
        for name, stage in versioning.recorded().items()
    }


def _digest(path: Path) -> str | None:
    return files.sha256_file(path) if path.is_file() else None
