"""What the documents of the API promise is kept for columns of every type, and a promise that is broken is named."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from config.settings import ProblemType
from serving.app import create_app
from serving.served import Served
from tasks import contracts
from tasks.contracts import CURRENT, Call, Promises, Server
from tasks.features import typed_frame
from tasks.inference import Form, Inference
from tasks.scoring import ColumnContract, Contract, make_golden

KINDS = ("number", "integer", "boolean", "category", "timestamp")
SCHEMA = {kind: kind for kind in KINDS}
COLUMNS = tuple(ColumnContract(kind, kind, nullable=True) for kind in KINDS)
ROWS = pd.DataFrame(
    {
        "number": [1.5, None], "integer": [2, None], "boolean": [True, None], "category": ["a,b", None],
        "timestamp": pd.to_datetime(["2013-01-01 05:00", None], utc=True),
    }
)  # fmt: skip
LABELS = {ProblemType.BINARY: ("0", "1"), ProblemType.MULTICLASS: ("a", "b", "c"), ProblemType.REGRESSION: ()}


class Constant:
    """A model that answers every row alike."""

    def __init__(self, labels: int) -> None:
        self.labels = labels

    def predict_proba(self, rows: Any) -> Any:
        return [[1 / self.labels] * self.labels for _ in range(len(rows))]

    def predict(self, rows: Any) -> Any:
        return [1.0] * len(rows)


class Asked(Server):
    """The application itself in the place of a connection to it."""

    def ask(self, call: Call) -> tuple[int, bytes]:
        kind = {"Content-Type": call.kind} if call.kind else {}
        answer = self.connection.request(call.method.upper(), call.path, content=call.body, headers=kind)  # type: ignore[call-arg,func-returns-value]
        return answer.status_code, answer.content  # type: ignore[attr-defined]


def write_signature(folder: Path) -> None:
    """Write down what MLflow infers of the frame that a model is fitted on."""
    from mlflow.models import infer_signature

    signature = infer_signature(typed_frame(ROWS, SCHEMA)).to_dict()
    (folder / "MLmodel").write_text(json.dumps({"signature": signature}))


def tried(folder: Path, problem: ProblemType = ProblemType.BINARY, root: Path = Path()) -> Promises:
    """Try both documents of a root on the application that serves a model of these columns."""
    labels = LABELS[problem]
    contract = Contract("m", "r", problem.value, labels, 0.5 if len(labels) == 2 else None, COLUMNS)
    model = Constant(len(labels))
    write_signature(folder)
    client: Any = TestClient(create_app(Served(Inference(Form.NATIVE, contract, model), contract, "d" * 64, 1)))
    golden = make_golden(model, ROWS, contract)
    return contracts.try_promises(Asked(client), folder, contract, golden, root=root)


@pytest.mark.parametrize("problem", ProblemType, ids=lambda problem: problem.value)
def test_every_promise_is_kept(problem: ProblemType, tmp_path: Path) -> None:
    seen = tried(tmp_path, problem)
    assert (seen.current.broken, seen.released.broken, seen.changes) == ([], [], [])
    assert seen.current.calls == seen.released.calls == 18
    assert (seen.signature.columns, seen.signature.model, seen.signature.server) == (5, [], [])


def test_a_column_of_another_type_is_named(tmp_path: Path) -> None:
    other = (*COLUMNS[:3], ColumnContract("category", "timestamp", True), COLUMNS[4])
    write_signature(tmp_path)
    assert contracts._signed(tmp_path, Contract("m", "r", "binary", (), None, other)) == ["category"]


def test_a_model_without_a_signature_has_none(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {}")
    assert contracts._signed(tmp_path, Contract("m", "r", "binary", (), None, COLUMNS)) is None


def broken(tmp_path: Path, change: Any) -> Promises:
    """Try a released document that promised something else."""
    folder = tmp_path / "serving"
    folder.mkdir()
    document = json.loads(CURRENT.read_text())
    (folder / "openapi.json").write_text(json.dumps(document))
    change(document)
    (folder / "openapi.released.json").write_text(json.dumps(document))
    return tried(tmp_path, root=tmp_path)


def promise_path(document: Any) -> None:
    document["paths"]["/gone"] = {"get": {"responses": {"200": {}}}}


def promise_field(document: Any) -> None:
    document["components"]["schemas"]["Version"]["required"].append("weight")
    document["components"]["schemas"]["Version"]["properties"]["weight"] = {"type": "number"}


def promise_shape(document: Any) -> None:
    shapes = document["paths"]["/invocations"]["post"]["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    shapes.append({"type": "object", "required": ["rows"]})


BROKEN = {
    "a path": (promise_path, "GET /gone: answered 404", "GET /gone is gone"),
    "a field": (promise_field, "GET /version: $: 'weight' is a required", "GET /version answers 200 without weight"),
    "a shape": (promise_shape, "POST /invocations rows: answered 422", "POST /invocations does not take rows any more"),
}


@pytest.mark.parametrize(("change", "fault", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_promise_is_named(change: Any, fault: str, told: str, tmp_path: Path) -> None:
    seen = broken(tmp_path, change)
    assert seen.current.broken == [] and seen.changes == [told]
    assert [words.startswith(fault) for words in seen.released.broken] == [True]
