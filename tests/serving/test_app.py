"""The service answers like the model does offline, and refuses what is malformed with 422."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from config.settings.serving import Serving
from serving.app import create_app
from serving.served import load
from tasks import packaging
from tasks.files import read_json
from tasks.scoring import Golden
from tests.tasks.release_world import package_folder

GOOD = {"delay": 20.0, "wind": 3.0}
MOST_BYTES = Serving().limits.body_bytes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served")
    return package_folder(root, strength=1.0, keys_folder=root / "keys")


@pytest.fixture(scope="module")
def golden(folder: Path) -> Golden:
    return Golden.read(read_json(folder / packaging.GOLDEN))


@pytest.fixture(scope="module")
def client(folder: Path) -> TestClient:
    served = load(folder, digest=packaging.model_digest(folder), version=7, decision=3)
    return TestClient(create_app(served))


def records(*rows: Any) -> bytes:
    return json.dumps({"dataframe_records": rows}).encode()


def split(columns: Any, *rows: Any) -> bytes:
    return json.dumps({"dataframe_split": {"columns": columns, "data": rows}}).encode()


def test_both_shapes_answer_like_the_model_offline(client: TestClient, golden: Golden) -> None:
    by_record = client.post("/invocations", content=records(*golden.records))
    by_column = client.post("/invocations", content=split(golden.columns, *golden.data))
    assert by_record.json() == by_column.json() == {"predictions": list(golden.expected)}
    assert (by_record.headers["X-Model-Version"], by_record.headers["X-Decision-Id"]) == ("7", "3")


def test_the_order_of_columns_does_not_matter(client: TestClient) -> None:
    there, back = ({"delay": 20.0, "wind": 1.0}, {"wind": 1.0, "delay": 20.0})
    assert len({client.post("/invocations", content=records(row)).text for row in (there, back)}) == 1


def test_what_it_is_can_be_asked(client: TestClient, folder: Path) -> None:
    assert client.get("/ping").status_code == 200
    seen = client.get("/version").json()
    assert (seen["version"], seen["digest"]) == (7, packaging.model_digest(folder))
    assert client.get("/docs").status_code == client.get("/openapi.json").status_code == 404


SHAPES = {
    "records": records(GOOD),
    "split": split(["wind", "delay"], [3.0, 20.0]),
    "split with the index of a frame": b'{"dataframe_split":{"index":[0],"columns":["delay","wind"],"data":[[20,3]]}}',
    "instances": b'{"instances": [{"delay": 20, "wind": 3}]}',
    "inputs by column": b'{"inputs": {"delay": [20.0], "wind": [3.0]}}',
    "inputs by row": b'{"inputs": [{"delay": 20.0, "wind": 3.0}]}',
}


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_of_the_protocol_gives_the_same_answer(client: TestClient, body: bytes) -> None:
    answer = client.post("/invocations", content=body)
    assert (answer.status_code, answer.json()) == (200, client.post("/invocations", content=records(GOOD)).json())


def test_csv_gives_the_same_answer(client: TestClient) -> None:
    answer = client.post("/invocations", content="wind,delay\n3,20.0\n", headers={"Content-Type": "text/csv"})
    assert answer.json() == client.post("/invocations", content=records(GOOD)).json()


UNREADABLE = {
    "nothing": b"",
    "half of JSON": b"{",
    "no text": b"\xff\xfe",
    "another encoding": '{"inputs": []}'.encode("utf-16"),
    "nested without end": b"[" * 100_000,
    "an endless number": b'{"inputs": {"delay": [' + b"9" * 5000 + b'], "wind": [1]}}',
    "NaN": b'{"dataframe_records": [{"delay": NaN, "wind": 1}]}',
    "a key twice": b'{"dataframe_records": [{"delay": 1, "delay": 2, "wind": 1}]}',
}
UNFIT = {
    "a list": b"[]",
    "a matrix without names": b'{"inputs": [[1, 2]]}',
    "two shapes": b'{"dataframe_records": [], "dataframe_split": {}}',
    "parameters": b'{"dataframe_records": [{"delay": 1, "wind": 1}], "params": {}}',
    "no rows": records(),
    "no rows in columns": split(["delay", "wind"]),
    "a column missing": records({"delay": 1.0}),
    "a column more": records(GOOD | {"more": 1}),
    "another column": records({"delay": 1.0, "window": 1.0}),
    "null where none is allowed": records(GOOD | {"delay": None}),
    "text for a number": records(GOOD | {"delay": "1.5"}),
    "a truth for a number": records(GOOD | {"delay": True}),
    "a list for a number": records(GOOD | {"delay": [1]}),
    "a number without end": b'{"dataframe_records": [{"delay": 1e999, "wind": 1}]}',
    "a whole number without end": b'{"dataframe_records": [{"delay": 1' + b"0" * 400 + b', "wind": 1}]}',
    "rows without names": records([1, 2]),
    "a row that is none": records(GOOD, 3),
    "a short row": split(["delay", "wind"], [1.0]),
    "a column twice": split(["delay", "delay"], [1.0, 2.0]),
    "columns without names": split([1, 2], [1.0, 2.0]),
    "an index of another length": b'{"dataframe_split":{"columns":["delay","wind"],"data":[[1,2]],"index":[0,1]}}',
    "ragged columns": b'{"inputs": {"delay": [1, 2], "wind": [1]}}',
    "too many rows": records(*[GOOD] * 1001),
}
BAD = [(body, 400) for body in UNREADABLE.values()] + [(body, 422) for body in UNFIT.values()]


@pytest.mark.parametrize(("body", "status"), BAD, ids=[*UNREADABLE, *UNFIT])
def test_what_is_malformed_is_refused_in_words(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post("/invocations", content=body)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message", "expected"} and len(answer.content) < 1000


def test_a_refusal_names_column_row_and_reason(client: TestClient) -> None:
    told = client.post("/invocations", content=records(GOOD, GOOD | {"wind": "x"})).json()["error"]["message"]
    assert told == "1 columns do not fit: column 'wind', row 1: not a number"


CSVS = {"a short row": "delay,wind\n1\n", "a long row": "delay,wind\n1,2,3\n", "text": "delay,wind\nx,1\n"}
CSVS |= {
    "an open quote": 'delay,wind\n"1,2\n',
    "infinity": "delay,wind\ninf,1\n",
    "nothing": "",
    "no rows": "delay,wind\n",
}


@pytest.mark.parametrize("body", CSVS.values(), ids=CSVS.keys())
def test_malformed_csv_is_refused(client: TestClient, body: str) -> None:
    answer = client.post("/invocations", content=body, headers={"Content-Type": "text/csv"})
    assert answer.status_code in (400, 422) and "error" in answer.json()


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Encoding": "gzip"},
    ],
    ids=["plain text", "another charset", "compressed"],
)
def test_another_kind_of_body_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/invocations", content=records(GOOD), headers=headers).status_code == 415


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/invocations/", 404, "not_found"),
        ("GET", "/invocations", 405, "wrong_method"),
        ("TRACE", "/ping", 405, "wrong_method"),
        ("DELETE", "/version", 405, "wrong_method"),
    ],
)
def test_unknown_paths_and_methods_are_refused(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_the_callers_request_id_comes_back_if_it_is_one(client: TestClient) -> None:
    given = [client.get("/ping", headers={"X-Request-Id": value}).headers["X-Request-Id"] for value in ("a-1", "a b")]
    assert given[0] == "a-1" and len(given[1]) == 16


def test_an_error_of_ours_shows_no_trace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = load(folder, digest="d", version=1, decision=None)
    app = create_app(served)
    monkeypatch.setattr(type(served), "predict", lambda *_: 1 / 0)
    answer = TestClient(app, raise_server_exceptions=False).post("/invocations", content=records(GOOD))
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "ZeroDivision" not in answer.text


def test_what_was_sent_is_not_echoed(client: TestClient) -> None:
    answer = client.post("/invocations", content=records(GOOD | {"delay": "<script>secret</script>"}))
    assert "secret" not in answer.text


@pytest.mark.parametrize("chunked", [False, True], ids=["said", "counted"])
def test_what_is_too_large_is_refused(client: TestClient, chunked: bool) -> None:
    body = b" " * (MOST_BYTES + 1)
    content: Any = iter([body[:1000], body[1000:]]) if chunked else body
    assert client.post("/invocations", content=content).status_code == 413
