"""A package answers in the form that was proven, and refuses a graph that it cannot read."""

from pathlib import Path

import numpy as np
import pytest
import skops.io

from config.errors import IntegrityAlarm
from config.settings import ProblemType
from tasks import files, packaging
from tasks.encoding import columns_of_frame
from tasks.inference import Form, open_package
from tasks.parity import Parity, prove
from tests.tasks.pipelines import made
from tests.tasks.release_world import made_here

ONE = made("gradient_boosting", ProblemType.MULTICLASS)
EXPECTED = ONE.pipeline.predict_proba(ONE.rows)


def folder_with(form: Form | None, root: Path) -> Path:
    """Write a package's files as far as inference reads them."""
    skops.io.dump(ONE.pipeline, root / packaging.MODEL)
    made_here(root)
    graph = prove(ONE.pipeline, {"some": ONE.rows}, ONE.contract, tolerance=1e-9).graph
    (root / packaging.ONNX).write_bytes(graph or b"")
    if form is not None:
        files.write_json(root / packaging.PARITY, Parity(form, "", 1e-9))
    return root


@pytest.mark.parametrize("form", [Form.ONNX, Form.NATIVE, None], ids=str)
def test_every_form_answers_alike(form: Form | None, tmp_path: Path) -> None:
    opened = open_package(folder_with(form, tmp_path), ONE.contract)
    assert opened.form is (form or Form.NATIVE)
    assert np.allclose(opened.predict_frame(ONE.rows), EXPECTED, atol=1e-12)


def test_the_estimator_alone_answers_its_matrix(tmp_path: Path) -> None:
    linear = made("linear", ProblemType.REGRESSION)
    skops.io.dump(linear.pipeline, tmp_path / packaging.MODEL)
    made_here(tmp_path)
    files.write_json(tmp_path / packaging.PARITY, Parity(Form.ENCODED, "", 1e-9))
    seen = open_package(tmp_path, linear.contract).predict(columns_of_frame(linear.rows))
    assert np.array_equal(seen[:, 0], linear.pipeline.predict(linear.rows))


def test_a_graph_that_is_none_is_an_alarm(tmp_path: Path) -> None:
    folder = folder_with(Form.ONNX, tmp_path)
    (folder / packaging.ONNX).write_bytes(b"no graph")
    with pytest.raises(IntegrityAlarm, match="does not load"):
        open_package(folder, ONE.contract)
