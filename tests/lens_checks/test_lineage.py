"""A gap, a changed byte or other code anywhere between the source and a version is told."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Policy
from lens_checks.evidence import records as r
from lens_checks.lineage import gaps, whole_lineage
from lens_checks.statements import Subject
from tests.lens_checks.made import MODEL, PARTS, ROWS, lineage
from tests.lens_checks.world import GOOD, Changes

WHOLE = lineage()
OTHER = "0" * 64


def without(node: str) -> dict[str, Any]:
    """Take a node out of the graph, and its edges."""
    edges = tuple(edge for edge in WHOLE.edges if node not in (edge.source, edge.target))
    return {"nodes": tuple(n for n in WHOLE.nodes if n.name != node), "edges": edges}


def with_edge(source: str, target: str, **changed: Any) -> dict[str, Any]:
    """Change one edge of the graph."""
    return {
        "edges": tuple(replace(e, **changed) if (e.source, e.target) == (source, target) else e for e in WHOLE.edges)
    }


def with_node(name: str, **changed: Any) -> dict[str, Any]:
    """Change one thing of the graph."""
    return {"nodes": tuple(replace(node, **changed) if node.name == name else node for node in WHOLE.nodes)}


def told(changes: Changes) -> list[str]:
    world = GOOD.but(changes)
    kinds = (r.Lineage, r.Landing, r.Parts, r.Training, r.Evaluation, r.Pipeline)
    return list(gaps(*(world.get(kind) for kind in kinds)))  # type: ignore[arg-type]


def test_a_whole_lineage_tells_nothing() -> None:
    assert told({}) == []


@pytest.mark.parametrize("node", [node.name for node in WHOLE.nodes if node.kind not in ("evaluation",)])
def test_no_node_may_be_missing(node: str) -> None:
    assert told({r.Lineage: without(node)})


@pytest.mark.parametrize("cut", WHOLE.edges, ids=lambda edge: f"{edge.source} → {edge.target}")
def test_no_edge_may_be_missing(cut: r.LineageEdge) -> None:
    gap = f"nothing is recorded of {cut.source} → {cut.target}"
    if cut.source == "data/flights.csv":
        gap = "nothing leads from source to version 1"
    assert gap in told({r.Lineage: {"edges": tuple(edge for edge in WHOLE.edges if edge is not cut)}})


@pytest.mark.parametrize(("source", "target"), [(edge.source, edge.target) for edge in WHOLE.edges])
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"read": OTHER}, "was written and 000000000000 read", id="other bytes read than written"),
        pytest.param({"written": None}, "no digest of what was written", id="what was written is not known"),
        pytest.param({"read": None}, "no digest of what was read", id="what was read is not known"),
        pytest.param({"code": {}}, "nobody recorded the code", id="no code"),
        pytest.param({"code": {"tasks/x.py": ""}}, "nobody recorded the code", id="code without a digest"),
    ],
)
def test_no_edge_may_differ(source: str, target: str, changed: dict[str, Any], words: str) -> None:
    assert any(
        f"{source} → {target}: " in gap and words in gap
        for gap in told({r.Lineage: with_edge(source, target, **changed)})
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({r.Landing: {"sha256_on_disk": OTHER}}, "landed is 000000000000", id="landed rows changed since"),
        pytest.param({r.Landing: {"sha256_on_disk": None}}, "landed is not there", id="landed rows gone"),
        pytest.param(
            {r.Landing: {"sha256_on_disk": None}, r.Lineage: with_node("landed", sha256=None)},
            "landed is not there, the lineage says nothing",
            id="landed rows gone, and never traced",
        ),
        pytest.param(
            {r.Parts: {"parts": {n: r.Part(rows=1, sha256=s, sha256_on_disk=OTHER) for n, s in PARTS.items()}}},
            "promotion is 000000000000",
            id="prepared rows changed since",
        ),
        pytest.param({r.Training: {"model_digest": OTHER}}, "model is 000000000000", id="another model was trained"),
        pytest.param({r.Evaluation: {"model_digest": OTHER}}, "version 1 is 000000000000", id="another was evaluated"),
        pytest.param(
            {r.Landing: {"sources": (r.SourceFile(path="data/more.csv", sha256=OTHER),)}},
            "no way leads from data/more.csv",
            id="a file that landed is not on the way",
        ),
        pytest.param(
            {r.Lineage: with_edge("landed", "train", code={"tasks/splitting.py": "2"})},
            "landed → train: the code is not what stage prepare recorded",
            id="other code than DVC recorded for the parts",
        ),
        pytest.param(
            {r.Lineage: with_edge("train", "features", code={"tasks/tuning.py": "2"})},
            "train → features: the code is not what stage train recorded",
            id="for the features",
        ),
        pytest.param(
            {r.Lineage: with_edge("features", "model", code={"tasks/tuning.py": "2"})},
            "features → model: the code is not what stage train recorded",
            id="for the model",
        ),
        pytest.param(
            {r.Lineage: with_edge("promotion", "evaluation", code={"tasks/evaluation.py": "2"})},
            "promotion → evaluation: the code is not what stage evaluate recorded",
            id="for its evaluation",
        ),
        pytest.param(
            {r.Lineage: {"edges": (*WHOLE.edges, replace(WHOLE.edges[0], source="thin air"))}},
            "things that nobody recorded",
            id="an edge from nowhere",
        ),
        pytest.param(
            {r.Lineage: {"edges": (*WHOLE.edges, replace(WHOLE.edges[0], target="thin air"))}},
            "edges of things that nobody recorded: data/flights.csv → thin air",
            id="an edge to nowhere",
        ),
        pytest.param(
            {r.Lineage: {"nodes": (), "edges": ()}},
            "nothing leads from source, landed, prepared, features, model, version to version 1",
            id="an empty graph",
        ),
    ],
)
def test_the_graph_is_held_against_what_the_auditor_sees(changes: Changes, words: str) -> None:
    assert any(words in gap for gap in told(changes))


def test_two_things_and_the_way_between_them_are_recorded() -> None:
    (way,) = (edge for edge in WHOLE.edges if (edge.source, edge.target) == ("features", "model"))
    nodes = tuple(node for node in WHOLE.nodes if node.name in ("features", "model"))
    assert not [gap for gap in told({r.Lineage: {"nodes": nodes, "edges": (way,)}}) if "nobody recorded: " in gap]


@pytest.mark.parametrize(
    ("subject", "changes", "bounds"),
    [
        pytest.param({}, {}, [], id="whole, and of the version at hand"),
        pytest.param({"version": 2}, {}, ["it is of version 1, not of version 2 at hand"], id="of another version"),
        pytest.param(
            {"digest": OTHER}, {}, [f"it is of {MODEL[:12]}, not of {OTHER[:12]} at hand"], id="of another model"
        ),
        pytest.param(
            {}, {r.Landing: {"sha256_on_disk": None}}, [f"landed is not there, the lineage says {ROWS[:12]}"],
            id="not whole",
        ),
    ],
)  # fmt: skip
def test_the_bound_is_kept_by_a_whole_lineage_of_the_version(
    subject: dict[str, Any], changes: Changes, bounds: list[str]
) -> None:
    world = GOOD.but(changes)
    at_hand = replace(Subject("flights", version=1, digest=MODEL), **subject)
    broken = list(whole_lineage(world, world.get(Policy), at_hand))
    assert [(bound, why) for bound, why, _ in broken] == [("lineage", why) for why in bounds]
    assert all("lifecycle run" in fix for _, _, fix in broken)
