"""Proves that the fast forms of a model answer as the model itself does, and says which one is to serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tasks.encoding import Matrix, NoArrayForm, columns_of_frame, encoder_of, matrix_of
from tasks.graphs import Graph, NoGraph, graph_of
from tasks.inference import Form, predict_frame, run, session_of
from tasks.scoring import Contract


@dataclass(frozen=True)
class Agreement:
    """How far a fast form is from the model on some rows: largest difference, and answers that come out otherwise."""

    rows: int
    largest: float | None  # None where an answer is no number
    decided_otherwise: int


@dataclass(frozen=True)
class Parity:
    """Which form serves and why; agreements by the name of the rows."""

    served: Form
    reason: str
    tolerance: float
    converter: str = ""
    encoding_equal: bool = False
    agreements: Mapping[str, Agreement] | None = None
    schema: int = 1


@dataclass(frozen=True)
class Proven:
    """The outcome of the proof, and the graph where it holds."""

    parity: Parity
    graph: bytes | None = None


def prove(pipeline: Any, frames: Mapping[str, pd.DataFrame], contract: Contract, *, tolerance: float) -> Proven:
    """Hold encoder and graph against the pipeline on typed frames of rows; what differs does not serve."""
    try:
        encoder = encoder_of(pipeline)
    except NoArrayForm as error:
        return Proven(Parity(Form.NATIVE, error.seen, tolerance))
    encoded = {name: encoder.encode(columns_of_frame(frame)) for name, frame in frames.items()}
    unlike = [n for n, frame in frames.items() if not _same(encoded[n], matrix_of(pipeline, frame))]
    if unlike:
        reason = f"the encoding on arrays differs from the pipeline's on the {', '.join(unlike)} rows"
        return Proven(Parity(Form.NATIVE, reason, tolerance))
    try:
        return _hold(graph_of(pipeline.steps[-1][1], encoder.width), pipeline, frames, encoded, contract, tolerance)
    except NoGraph as error:
        return Proven(Parity(_without_graph(pipeline), error.seen, tolerance, encoding_equal=True))


def _hold(
    graph: Graph, pipeline: Any, frames: Mapping[str, pd.DataFrame], encoded: Mapping[str, Matrix], contract: Contract,
    tolerance: float,
) -> Proven:  # fmt: skip
    try:
        session = session_of(graph.content)
        found = {n: agreement(predict_frame(pipeline, f, contract), run(session, encoded[n]), contract)
                 for n, f in frames.items()}  # fmt: skip
    except Exception as error:  # noqa: BLE001 - the runtime's own: the graph does not run, and the model itself serves
        words = f"the graph of {graph.converter} does not run: {str(error).splitlines()[0][:200]}"
        return Proven(Parity(_without_graph(pipeline), words, tolerance, graph.converter, encoding_equal=True))
    worst = _fault(found, tolerance)
    if worst:
        return Proven(Parity(_without_graph(pipeline), worst, tolerance, graph.converter, True, found))
    rows = sum(one.rows for one in found.values())
    reason = f"{graph.converter} agrees with the model on {rows} rows"
    return Proven(Parity(Form.ONNX, reason, tolerance, graph.converter, True, found), graph.content)


def agreement(expected: Matrix, seen: Matrix, contract: Contract) -> Agreement:
    """Compare two matrices of answers, (rows, classes) or (rows, 1)."""
    if expected.shape != seen.shape or not (np.isfinite(expected).all() and np.isfinite(seen).all()):
        return Agreement(len(expected), None, len(expected))
    largest = float(np.abs(expected - seen).max(initial=0.0))
    otherwise = (
        0 if contract.problem == "regression" else int((_label(expected, contract) != _label(seen, contract)).sum())
    )
    return Agreement(len(expected), largest, otherwise)


def _label(probabilities: Matrix, contract: Contract) -> Any:
    if contract.problem == "binary":
        return probabilities[:, -1] >= (0.5 if contract.threshold is None else contract.threshold)
    return probabilities.argmax(axis=1)


def _fault(found: Mapping[str, Agreement], tolerance: float) -> str:
    for name, one in found.items():
        if one.largest is None or one.largest > tolerance or one.decided_otherwise:
            return (
                f"ONNX differs from the model by {one.largest} on the {one.rows} {name} rows ({tolerance:g} is "
                f"accepted), {one.decided_otherwise} decided otherwise"
            )
    return "" if sum(one.rows for one in found.values()) else "there are no rows to compare on"


def _without_graph(pipeline: Any) -> Form:
    """The estimator can be asked on its matrix unless it encodes that once more by itself."""
    again = getattr(pipeline.steps[-1][1], "_preprocessor", None) is not None
    return Form.NATIVE if again else Form.ENCODED


def _same(a: Matrix, b: Matrix) -> bool:
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)
