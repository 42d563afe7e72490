"""One model ready to answer arrays of columns: by ONNX where that was proven equal, else by the model itself."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from config.errors import IntegrityAlarm
from tasks import files, packaging
from tasks.encoding import Columns, Encoder, Matrix, columns_of_frame, encoder_of
from tasks.graphs import INPUT
from tasks.scoring import Contract, frame_of


class Form(StrEnum):
    """How a model answers: ONNX, the final estimator on the encoded matrix, or the pipeline on a frame."""

    ONNX = "onnx"
    ENCODED = "encoded"
    NATIVE = "native"


@dataclass(frozen=True, eq=False)
class Inference:
    """A loaded model; `predict` is safe in several threads."""

    form: Form
    contract: Contract
    estimator: Any
    encoder: Encoder | None = None
    session: Any = None

    def predict(self, columns: Columns) -> Matrix:
        """Answer rows given as columns: probabilities (rows, classes), or values (rows, 1)."""
        if self.encoder is None:
            return predict_frame(self.estimator, self._frame(columns), self.contract)
        matrix = self.encoder.encode(columns)
        if self.session is None:
            return predict_frame(self.estimator.steps[-1][1], matrix, self.contract)
        return run(self.session, matrix)

    def predict_frame(self, frame: pd.DataFrame) -> Matrix:
        """Answer the rows of a typed frame."""
        if self.encoder is None:
            return predict_frame(self.estimator, frame, self.contract)
        return self.predict(columns_of_frame(frame))

    def _frame(self, columns: Columns) -> pd.DataFrame:
        return frame_of(dict(columns), self.contract)


def predict_frame(estimator: Any, rows: Any, contract: Contract) -> Matrix:
    """Ask an estimator of scikit-learn: probabilities (rows, classes), or values (rows, 1)."""
    if contract.problem == "regression":
        return np.asarray(estimator.predict(rows), dtype=np.float64).reshape(-1, 1)
    return np.asarray(estimator.predict_proba(rows), dtype=np.float64)


def session_of(content: bytes, *, threads: int = 1) -> Any:
    """Make an ONNX Runtime session on the processor; one thread, so that several servers share a machine well."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def run(session: Any, matrix: Matrix) -> Matrix:
    """Answer a matrix: the last output is that of probabilities or values."""
    answers = np.asarray(session.run(None, {INPUT: matrix})[-1], dtype=np.float64)
    return answers.reshape(len(matrix), -1)


def open_package(folder: Path, contract: Contract, *, threads: int = 1) -> Inference:
    """Load a package that the caller has verified, in the form that its parity.json names (IntegrityAlarm)."""
    estimator = packaging.open_model(folder)
    form = served_form(folder)
    if form is Form.NATIVE:
        return Inference(form, contract, estimator)
    session = None
    if form is Form.ONNX:
        try:
            session = session_of((folder / packaging.ONNX).read_bytes(), threads=threads)
        except Exception as error:  # whatever the runtime says of the file, it is not what was proven
            raise IntegrityAlarm(
                f"{folder / packaging.ONNX} does not load: {str(error).splitlines()[0][:300]}",
                expected="the graph that was proven equal to the model", next_step="run `lifecycle verify`",
            ) from error  # fmt: skip
    return Inference(form, contract, estimator, encoder_of(estimator), session)


def served_form(folder: Path) -> Form:
    """Read which form of a verified package answers; a package of before there were others answers natively."""
    path = folder / packaging.PARITY
    return Form(files.read_json(path)["served"]) if path.is_file() else Form.NATIVE
