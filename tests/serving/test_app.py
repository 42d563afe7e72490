"""The service answers like the model does offline, and refuses what is malformed with 422."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from serving.app import MOST_BYTES, Served, create_app
from tasks import packaging
from tasks.files import read_json
from tasks.scoring import Contract, Golden
from tests.tasks.release_world import package_folder

GOOD = {"delay": 20.0, "wind": None}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served")
    return package_folder(root, strength=1.0, keys_folder=root / "keys")


@pytest.fixture(scope="module")
def golden(folder: Path) -> Golden:
    return Golden.read(read_json(folder / packaging.GOLDEN))


@pytest.fixture(scope="module")
def client(folder: Path) -> TestClient:
    contract = Contract.read(read_json(folder / packaging.CONTRACT))
    served = Served(packaging.open_model(folder), contract, packaging.model_digest(folder), version=7)
    return TestClient(create_app(served))


def records(*rows: Any) -> bytes:
    return json.dumps({"dataframe_records": rows}).encode()


def split(columns: Any, *rows: Any) -> bytes:
    return json.dumps({"dataframe_split": {"columns": columns, "data": rows}}).encode()


def test_both_shapes_answer_like_the_model_offline(client: TestClient, golden: Golden) -> None:
    by_record = client.post("/invocations", content=records(*golden.records))
    by_column = client.post("/invocations", content=split(golden.columns, *golden.data))
    assert by_record.json() == by_column.json() == {"predictions": list(golden.expected)}
    assert by_record.headers["X-Model-Version"] == "7"


def test_the_order_of_columns_does_not_matter(client: TestClient) -> None:
    there, back = ({"delay": 20.0, "wind": 1.0}, {"wind": 1.0, "delay": 20.0})
    assert len({client.post("/invocations", content=records(row)).text for row in (there, back)}) == 1


def test_what_it_is_can_be_asked(client: TestClient, folder: Path) -> None:
    assert client.get("/ping").status_code == 200
    seen = client.get("/version").json()
    assert (seen["version"], seen["digest"]) == (7, packaging.model_digest(folder))
    assert client.get("/docs").status_code == client.get("/openapi.json").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half of JSON"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"inputs": [[1, 2]]}', id="another shape"),
        pytest.param(b'{"dataframe_records": [], "dataframe_split": {}}', id="two shapes"),
        pytest.param(records(), id="no rows"),
        pytest.param(split(["delay", "wind"]), id="no rows in columns"),
        pytest.param(records({"delay": 1.0}), id="a column missing"),
        pytest.param(records(GOOD | {"more": 1}), id="a column more"),
        pytest.param(records(GOOD | {"delay": None}), id="null where none is allowed"),
        pytest.param(records(GOOD | {"delay": "1.5"}), id="text for a number"),
        pytest.param(records(GOOD | {"delay": True}), id="a truth for a number"),
        pytest.param(records(GOOD | {"delay": [1]}), id="a list for a number"),
        pytest.param(b'{"dataframe_records": [{"delay": NaN, "wind": 1}]}', id="NaN"),
        pytest.param(b'{"dataframe_records": [{"delay": 1e999, "wind": 1}]}', id="infinity"),
        pytest.param(b'{"dataframe_records": [{"delay": 1, "delay": 2, "wind": 1}]}', id="a key twice"),
        pytest.param(records([1, 2]), id="rows without names"),
        pytest.param(records(GOOD, 3), id="a row that is none"),
        pytest.param(split(["delay", "wind"], [1.0]), id="a short row"),
        pytest.param(split(["delay", "delay"], [1.0, 2.0]), id="a column twice"),
        pytest.param(split([1, 2], [1.0, 2.0]), id="columns without names"),
        pytest.param(
            b'{"dataframe_split": {"columns": ["delay", "wind"], "data": [[1, 2]], "index": [0]}}', id="an index"
        ),
        pytest.param(records(*[GOOD] * 1001), id="too many rows"),
    ],
)
def test_what_is_malformed_is_refused_in_words(client: TestClient, body: bytes) -> None:
    answer = client.post("/invocations", content=body)
    assert answer.status_code == 422
    assert set(answer.json()["error"]) == {"code", "message", "expected"}


def test_what_was_sent_is_not_echoed(client: TestClient) -> None:
    answer = client.post("/invocations", content=records(GOOD | {"delay": "<script>secret</script>"}))
    assert "secret" not in answer.text


@pytest.mark.parametrize("chunked", [False, True], ids=["said", "counted"])
def test_what_is_too_large_is_refused(client: TestClient, chunked: bool) -> None:
    body = b" " * (MOST_BYTES + 1)
    content: Any = iter([body[:1000], body[1000:]]) if chunked else body
    assert client.post("/invocations", content=content).status_code == 413
