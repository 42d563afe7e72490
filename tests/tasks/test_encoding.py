"""The encoder gives the pipeline's own matrix, bit for bit, whatever the form its columns come in."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from config.settings import ProblemType
from tasks.encoding import NoArrayForm, columns_of_frame, encoder_of, matrix_of
from tests.tasks.pipelines import made

FAMILIES = ("linear", "gradient_boosting")


@pytest.mark.parametrize("problem", ProblemType)
@pytest.mark.parametrize("name", FAMILIES)
def test_the_matrix_is_that_of_the_pipeline(name: str, problem: ProblemType) -> None:
    one = made(name, problem)
    seen = encoder_of(one.pipeline).encode(columns_of_frame(one.rows))
    assert np.array_equal(seen, matrix_of(one.pipeline, one.rows), equal_nan=True)


@pytest.mark.parametrize("name", FAMILIES)
def test_plain_lists_give_the_same_matrix(name: str) -> None:
    one = made(name, ProblemType.BINARY)
    lists = {n: [None if pd.isna(v) else v for v in one.rows[n].astype(object)] for n in one.rows.columns}
    lists["seen_at"] = [time.isoformat() for time in one.rows["seen_at"]]
    seen = encoder_of(one.pipeline).encode(lists)
    assert np.array_equal(seen, matrix_of(one.pipeline, one.rows), equal_nan=True)


STRANGE = [
    pytest.param(Pipeline([("model", Ridge())]), "not a ColumnTransformer", id="no preprocessing"),
    pytest.param(
        Pipeline([("features", ColumnTransformer([("n", MinMaxScaler(), ["x"])])), ("model", Ridge())]),
        "MinMaxScaler of x",
        id="a step of somebody's own",
    ),
]


@pytest.mark.parametrize(("pipeline", "words"), STRANGE)
def test_what_has_no_form_on_arrays_is_said(pipeline: Pipeline, words: str) -> None:
    pipeline.fit(pd.DataFrame({"x": [1.0, 2.0]}), [0, 1])
    with pytest.raises(NoArrayForm, match=words):
        encoder_of(pipeline)
