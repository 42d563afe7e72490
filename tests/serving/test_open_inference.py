"""The Open Inference Protocol gives the answers of the other one, and refuses what is no tensor of the contract."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from serving.app import create_app
from serving.open_inference import write_tensors
from serving.served import load
from tasks import packaging
from tasks.scoring import Contract, answers
from tests.tasks.release_world import COLUMNS, package_folder

INFER = "/v2/models/small-model/infer"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    root: Path = tmp_path_factory.mktemp("served")
    folder = package_folder(root, strength=1.0, keys_folder=root / "keys")
    return TestClient(create_app(load(folder, digest=packaging.model_digest(folder), version=7, decision=3)))


def tensor(name: str, *data: Any, **change: Any) -> dict[str, Any]:
    return {"name": name, "shape": [len(data)], "datatype": "FP64", "data": list(data)} | change


def test_tensors_get_the_answers_of_records(client: TestClient) -> None:
    told = client.post(INFER, json={"id": "a", "inputs": [tensor("wind", 3, 4), tensor("delay", 20, 1.5)]}).json()
    rows = [{"delay": 20, "wind": 3}, {"delay": 1.5, "wind": 4}]
    said = client.post("/invocations", json={"dataframe_records": rows}).json()["predictions"]
    found = {output["name"]: output["data"] for output in told["outputs"]}
    assert (told["model_name"], told["model_version"], told["id"]) == ("small-model", "7", "a")
    assert found == {name: [answer[name] for answer in said] for name in ("positive", "probability")}


def test_the_model_says_what_it_takes_and_gives(client: TestClient) -> None:
    told = client.get("/v2/models/small-model").json()
    assert [column["name"] for column in told["inputs"]] == ["delay", "wind"]
    assert told["versions"] == ["7"] and client.get("/v2/models/small-model/ready").json()["ready"] is True


def test_another_model_is_not_here(client: TestClient) -> None:
    answer = client.get("/v2/models/other")
    assert answer.status_code == 404 and answer.json()["error"].startswith("not_found: ")


WIND = tensor("wind", 1)


@pytest.mark.parametrize(
    "inputs",
    [
        [],
        [WIND],
        [WIND, WIND, tensor("delay", 1)],
        [WIND, tensor("other", 1)],
        [WIND, tensor("delay", 1, datatype="BYTES")],
        [WIND, tensor("delay", 1, shape=[2])],
        [WIND, tensor("delay", 1, shape=[1, 2])],
        [WIND, tensor("delay", 1, 2)],
        [WIND, tensor("delay", "1")],
        [WIND, tensor("delay", None)],
        [WIND, {"name": "delay"}],
        {"delay": [1]},
    ],
    ids=["none", "one missing", "one twice", "a strange one", "datatype", "shape", "wide", "longer", "text", "null",
         "no data", "no list"],
)  # fmt: skip
def test_what_is_no_tensor_of_the_contract_is_refused(client: TestClient, inputs: Any) -> None:
    answer = client.post(INFER, json={"inputs": inputs})
    assert answer.status_code == 422 and answer.json()["error"].startswith("bad_rows: ")


def test_several_classes_come_as_one_matrix() -> None:
    import numpy as np

    contract = Contract("m", "r", "multiclass", ("a", "b"), None, COLUMNS)
    matrix = np.array([[0.25, 0.75]])
    told = write_tensors(matrix, answers(matrix, contract), contract, {})["outputs"]
    assert [(part["name"], part["shape"], part["data"]) for part in told] == [
        ("label", [1], ["b"]),
        ("probabilities", [1, 2], [0.25, 0.75]),
    ]
