"""What each feature adds to an answer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from config.settings import ProblemType
from tasks.contributions import ROWS, Local, explain_rows

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(500, 3)), columns=["strong", "weak", "none"])
PIPELINE = make_pipeline(FunctionTransformer(), LinearRegression()).fit(X, 5 * X["strong"] - X["weak"])


@pytest.fixture(scope="module")
def local() -> Local:
    return explain_rows(PIPELINE, X, problem=ProblemType.REGRESSION, seed=0)


def test_some_rows_are_explained_from_the_least_answer_to_the_greatest(local: Local) -> None:
    said = [row["answer"] for row in local.rows]
    assert len(said) == ROWS and max(said) - min(said) > 10


def test_the_parts_of_a_linear_model_are_its_weights_times_the_distance_from_the_mean(local: Local) -> None:
    for row in local.rows:
        parts = row["contributions"]
        assert sum(parts.values()) == pytest.approx(row["answer"] - local.base, abs=3)
        assert parts["none"] == pytest.approx(0, abs=1e-9) and abs(parts["weak"]) < 4


def test_the_parts_add_up(local: Local) -> None:
    assert local.fidelity is not None and local.fidelity > 0.9


def test_a_constant_answer_has_nothing_to_add_up() -> None:
    constant = make_pipeline(FunctionTransformer(), DummyRegressor()).fit(X, np.ones(len(X)))
    assert explain_rows(constant, X, problem=ProblemType.REGRESSION, seed=0).fidelity is None
