"""Fitted estimators as ONNX graphs over the encoded matrix: trees and weights exactly, in float64; others by skl2onnx.

skl2onnx 1.20 turns histogram gradient boosting into float32, where rows on a split change sides, and knows no
categories. The operator TreeEnsemble of ai.onnx.ml 5 holds float64 and sets, so its trees are written here as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge

from config.errors import LifecycleError

INPUT, OUTPUT = "rows", "answers"
OPSETS, IR = {"": 21, "ai.onnx.ml": 5}, 10
AT_MOST, ONE_OF = 0, 6  # modes of a node: BRANCH_LEQ, BRANCH_MEMBER
CATEGORIES = 256  # bits of a set of categories


class NoGraph(LifecycleError):
    """The estimator has no form as an ONNX graph."""


@dataclass(frozen=True)
class Graph:
    """A model in ONNX, and what made it."""

    content: bytes
    converter: str


def graph_of(model: Any, width: int) -> Graph:
    """Write a fitted estimator as a graph from (rows, width) to probabilities or values (NoGraph)."""
    match model:
        case HistGradientBoostingClassifier() | HistGradientBoostingRegressor():
            return Graph(_written(model, width, _tree_nodes(model)), "trees in float64")
        case LogisticRegression() | Ridge():
            return Graph(_written(model, width, _linear_nodes(model)), "weights in float64")
    return _by_skl2onnx(model, width)


def _by_skl2onnx(model: Any, width: int) -> Graph:
    import importlib.metadata

    import skl2onnx
    from skl2onnx.common.data_types import DoubleTensorType

    options = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    try:
        found = skl2onnx.to_onnx(model, initial_types=[(INPUT, DoubleTensorType([None, width]))], options=options)
    except Exception as error:  # whatever it trips over: there is no graph, and the model itself serves
        words = f"{type(error).__name__}: {(str(error).strip() or 'no reason').splitlines()[0][:200]}"
        raise NoGraph(f"skl2onnx does not convert {type(model).__name__} ({words})") from error
    return Graph(found.SerializeToString(), f"skl2onnx {importlib.metadata.version('skl2onnx')}")


def _written(model: Any, width: int, margin: tuple[list[Any], list[Any]]) -> bytes:
    from onnx import TensorProto, helper

    nodes, values = margin
    more, constants = _link(model)
    shape = {name: [None, size] for name, size in ((INPUT, width), (OUTPUT, None))}
    graph = helper.make_graph(
        [*nodes, *more], type(model).__name__,
        [helper.make_tensor_value_info(INPUT, TensorProto.DOUBLE, shape[INPUT])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.DOUBLE, shape[OUTPUT])], [*values, *constants],
    )  # fmt: skip
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    content: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=IR).SerializeToString()
    return content


def _link(model: Any) -> tuple[list[Any], list[Any]]:
    """Turn margins into what predict_proba or predict gives."""
    from onnx import helper

    if not hasattr(model, "classes_"):
        if getattr(model, "loss", "squared_error") not in ("squared_error", "absolute_error", "quantile"):
            raise NoGraph(f"a regression with loss {model.loss} has a link that is not written here")
        return [helper.make_node("Identity", ["margin"], [OUTPUT])], []
    if len(model.classes_) > 2:
        return [helper.make_node("Softmax", ["margin"], [OUTPUT], axis=1)], []
    nodes = [
        helper.make_node("Sigmoid", ["margin"], ["case"]),
        helper.make_node("Sub", ["one", "case"], ["other"]),
        helper.make_node("Concat", ["other", "case"], [OUTPUT], axis=1),
    ]
    return nodes, [_tensor("one", [1.0], np.float64)]


def _linear_nodes(model: Any) -> tuple[list[Any], list[Any]]:
    from onnx import helper

    weights = np.atleast_2d(model.coef_).T
    values = [_tensor("weights", weights, np.float64), _tensor("base", np.atleast_1d(model.intercept_), np.float64)]
    return [helper.make_node("Gemm", [INPUT, "weights", "base"], ["margin"])], values


@dataclass
class _Trees:
    """The attributes of TreeEnsemble while trees are added: one item a node, or a leaf."""

    modes: list[int] = field(default_factory=list)
    splits: list[float] = field(default_factory=list)
    features: list[int] = field(default_factory=list)
    yes: list[tuple[int, int]] = field(default_factory=list)  # number of the node or leaf, 1 for a leaf
    no: list[tuple[int, int]] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    sets: list[float] = field(default_factory=list)  # NaN ends a set
    roots: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, predictor: Any, target: int) -> None:
        """Add one tree."""
        nodes, sets = predictor.nodes, predictor.raw_left_cat_bitsets
        inner = np.flatnonzero(nodes["is_leaf"] == 0)
        begin = len(self.modes)
        place = {int(old): begin + new for new, old in enumerate(inner)}
        self.roots.append(begin)

        def branch(child: int) -> tuple[int, int]:
            if child in place:
                return place[child], 0
            self.targets.append(target)
            self.weights.append(float(nodes[child]["value"]))
            return len(self.weights) - 1, 1

        if not len(inner):  # a tree of one leaf: both ways of a node lead there
            leaf = branch(0)
            self._node(AT_MOST, 0.0, 0, leaf, leaf, 0)
        for node in nodes[inner]:
            yes, no = branch(int(node["left"])), branch(int(node["right"]))
            if node["is_categorical"]:
                self.sets += [*_members(sets[node["bitset_idx"]]), np.nan]
                self._node(ONE_OF, 0.0, int(node["feature_idx"]), yes, no, int(node["missing_go_to_left"]))
            else:
                split = float(node["num_threshold"])
                self._node(AT_MOST, split, int(node["feature_idx"]), yes, no, int(node["missing_go_to_left"]))

    def _node(
        self, mode: int, split: float, feature: int, yes: tuple[int, int], no: tuple[int, int], missing: int
    ) -> None:
        for items, item in zip(
            (self.modes, self.splits, self.features, self.missing), (mode, split, feature, missing), strict=True
        ):
            items.append(item)  # type: ignore[attr-defined]
        self.yes.append(yes)
        self.no.append(no)


def _members(bits: Any) -> list[float]:
    return [float(code) for code in range(CATEGORIES) if bits[code // 32] >> (code % 32) & 1]


def _tree_nodes(model: Any) -> tuple[list[Any], list[Any]]:
    from onnx import helper

    trees = _Trees()
    for iteration in model._predictors:
        for target, predictor in enumerate(iteration):
            trees.add(predictor, target)
    tensor: Callable[..., Any] = _tensor
    sets = {"membership_values": tensor("membership_values", trees.sets, np.float64)} if trees.sets else {}
    ensemble = helper.make_node(
        "TreeEnsemble", [INPUT], ["sum"], domain="ai.onnx.ml", aggregate_function=1, post_transform=0,
        n_targets=len(model._predictors[0]), tree_roots=trees.roots,
        nodes_modes=tensor("nodes_modes", trees.modes, np.uint8),
        nodes_splits=tensor("nodes_splits", trees.splits, np.float64), nodes_featureids=trees.features,
        nodes_truenodeids=[n for n, _ in trees.yes], nodes_trueleafs=[leaf for _, leaf in trees.yes],
        nodes_falsenodeids=[n for n, _ in trees.no], nodes_falseleafs=[leaf for _, leaf in trees.no],
        nodes_missing_value_tracks_true=trees.missing, leaf_targetids=trees.targets,
        leaf_weights=tensor("leaf_weights", trees.weights, np.float64), **sets,
    )  # fmt: skip
    base = tensor("base", np.asarray(model._baseline_prediction).ravel(), np.float64)
    return [ensemble, helper.make_node("Add", ["sum", "base"], ["margin"])], [base]


def _tensor(name: str, values: Any, kind: Any) -> Any:
    from onnx import numpy_helper

    return numpy_helper.from_array(np.asarray(values, dtype=kind), name)
