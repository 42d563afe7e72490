"""The fast form serves only where it answers as the model does, and the report says why it does not."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.pipeline import Pipeline

from config.settings import ProblemType
from tasks import graphs, inference, parity
from tasks.inference import Form
from tasks.parity import Agreement, agreement, prove
from tests.tasks.pipelines import Made, made

BINARY = made("linear", ProblemType.BINARY)


def proven(one: Made, tolerance: float = 1e-6) -> parity.Proven:
    return prove(one.pipeline, {"promotion": one.rows}, one.contract, tolerance=tolerance)


def with_model(one: Made, model: Any) -> Made:
    """Give the same preprocessing with another estimator behind it."""
    features = one.pipeline.steps[0][1]
    target = np.arange(len(one.rows)) % 2
    filled = np.nan_to_num(np.asarray(parity.matrix_of(one.pipeline, one.rows)), posinf=0, neginf=0).clip(-1e3, 1e3)
    return replace(one, pipeline=Pipeline([("features", features), ("model", model.fit(filled, target))]))


@pytest.mark.parametrize("problem", ProblemType)
@pytest.mark.parametrize("name", ["linear", "gradient_boosting"])
def test_our_families_are_exact_in_onnx(name: str, problem: ProblemType) -> None:
    found = proven(made(name, problem), tolerance=1e-9).parity
    assert found.served is Form.ONNX, found.reason


def test_a_graph_answers_what_was_proven() -> None:
    one = made("gradient_boosting", ProblemType.BINARY)
    session = inference.session_of(proven(one).graph or b"")
    seen = inference.run(session, parity.matrix_of(one.pipeline, one.rows))
    assert np.allclose(seen, one.pipeline.predict_proba(one.rows), atol=1e-12)


def test_what_cannot_be_encoded_serves_natively() -> None:
    found = proven(made("dummy", ProblemType.BINARY)).parity
    assert (found.served, "not a ColumnTransformer" in found.reason) == (Form.NATIVE, True)


class Odd(BaseEstimator):
    """No converter knows it."""

    def predict_proba(self, x: Any) -> Any:
        return np.full((len(x), 2), 0.5)


def test_what_cannot_be_converted_is_asked_on_its_matrix() -> None:
    pipeline = Pipeline([("features", BINARY.pipeline.steps[0][1]), ("model", Odd())])
    found = proven(replace(BINARY, pipeline=pipeline)).parity
    assert (found.served, "skl2onnx does not convert Odd" in found.reason) == (Form.ENCODED, True)


def test_another_family_goes_through_skl2onnx_if_it_agrees() -> None:
    one = with_model(BINARY, RandomForestClassifier(n_estimators=3, random_state=0))
    found = proven(one, tolerance=1e-3).parity
    assert found.converter.startswith("skl2onnx") or "skl2onnx" in found.reason


def test_a_graph_that_differs_does_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    right = inference.run
    monkeypatch.setattr(parity, "run", lambda session, matrix: np.add(right(session, matrix), [[-1e-3, 1e-3]]))
    found = proven(BINARY)
    assert (found.parity.served, found.graph) == (Form.ENCODED, None)
    assert "differs from the model by 0.001" in found.parity.reason


def test_an_encoding_that_differs_does_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    right = parity.matrix_of
    monkeypatch.setattr(parity, "matrix_of", lambda pipeline, frame: right(pipeline, frame) + 1e-9)
    assert proven(BINARY).parity.served is Form.NATIVE


HALVES = np.array([[0.5, 0.5], [0.6, 0.4]])
AGREEMENTS = [
    pytest.param(HALVES, HALVES, Agreement(2, 0.0, 0), id="equal"),
    pytest.param(HALVES, np.add(HALVES, [[1e-9, -1e-9], [0, 0]]), Agreement(2, 1e-9, 1), id="one decided otherwise"),
    pytest.param(HALVES, HALVES[:1], Agreement(2, None, 2), id="another shape"),
    pytest.param(HALVES, HALVES * np.nan, Agreement(2, None, 2), id="no number"),
]


@pytest.mark.parametrize(("expected", "seen", "found"), AGREEMENTS)
def test_agreements(expected: Any, seen: Any, found: Agreement) -> None:
    told = agreement(expected, seen, BINARY.contract)
    assert replace(told, largest=told.largest and round(told.largest, 12)) == found


def test_a_loss_with_a_link_has_no_graph() -> None:
    rows, target = pd.DataFrame({"x": np.arange(40.0)}), np.arange(1, 41.0)
    model = HistGradientBoostingRegressor(loss="poisson", max_iter=2).fit(rows, target)
    with pytest.raises(graphs.NoGraph, match="poisson"):
        graphs.graph_of(model, 1)
