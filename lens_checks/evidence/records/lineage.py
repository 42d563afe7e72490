"""The graph of a version, from the files of the source to the registry."""

from dataclasses import dataclass

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class LineageNode(Record):
    """A thing that was written or read, and its SHA-256 when it was traced."""

    name: str
    kind: str
    sha256: str | None


@dataclass(frozen=True, kw_only=True)
class LineageEdge(Record):
    """One thing made from another: what its writer recorded, what its reader saw, and the code between, by path."""

    source: str
    target: str
    written: str | None
    read: str | None
    code: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Lineage(Record):
    """The lineage of one version: reports/lineage.json."""

    version: int
    digest: str | None
    commit: str | None
    nodes: tuple[LineageNode, ...]
    edges: tuple[LineageEdge, ...]

    def of_kind(self, kind: str) -> tuple[LineageNode, ...]:
        """Give the nodes of a kind."""
        return tuple(node for node in self.nodes if node.kind == kind)

    def origins(self, name: str) -> frozenset[str]:
        """Name everything that a node was made from, directly or not."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            here = waiting.pop()
            new = {edge.source for edge in self.edges if edge.target == here} - found
            found |= new
            waiting += new
        return frozenset(found)
