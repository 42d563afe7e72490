"""Whatever is sent, the server answers, with no status of 500 or more, in JSON, and without repeating it."""

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from serving.app import create_app
from serving.served import load
from tasks import packaging
from tests.tasks.release_world import package_folder

CASES = int(os.environ.get("FUZZ_CASES", "500"))
MARK = "zq9secret"
QUIET = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20),
    st.just(MARK), st.just(10**400), st.just(1e308), st.just(-1e308), st.lists(st.integers(), max_size=2),
)  # fmt: skip
NAMES = st.one_of(st.sampled_from(["delay", "wind"]), st.text(max_size=8), st.just(MARK))
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=4)
GOOD = st.lists(st.fixed_dictionaries({"delay": VALUES, "wind": VALUES}), min_size=1, max_size=4)
SPLIT = st.fixed_dictionaries(
    {"columns": st.lists(NAMES, max_size=3), "data": st.lists(st.lists(VALUES, max_size=3), max_size=3)}
)
ANY = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
TENSORS = st.lists(
    st.fixed_dictionaries(
        {
            "name": NAMES, "shape": st.one_of(st.lists(st.integers(-1, 3), max_size=2), VALUES),
            "datatype": st.sampled_from(["FP64", "INT64", "BYTES", "BOOL", "x"]), "data": st.lists(VALUES, max_size=3),
        }
    ),
    max_size=3,
)  # fmt: skip
SHAPES = st.one_of(
    st.fixed_dictionaries({"dataframe_records": st.one_of(RECORDS, GOOD)}),
    st.fixed_dictionaries({"dataframe_split": SPLIT}),
    st.fixed_dictionaries({"inputs": st.one_of(RECORDS, GOOD, TENSORS, st.dictionaries(NAMES, st.lists(VALUES)))}),
    st.dictionaries(st.sampled_from(["inputs", "instances", "dataframe_split", "params", "id"]), ANY, max_size=3),
    ANY,
)


def dressed(rows: list[dict[str, Any]]) -> list[Any]:
    """Give the same rows in every shape of MLflow's protocol."""
    split = {"columns": ["delay", "wind"], "data": [[row["delay"], row["wind"]] for row in rows]}
    columns = {name: [row[name] for row in rows] for name in ("delay", "wind")}
    return [{"dataframe_records": rows}, {"dataframe_split": split}, {"inputs": columns}]


Request = tuple[str, str, str, bytes]
ROWS = st.builds(lambda rows, shape: json.dumps(dressed(rows)[shape]).encode(), GOOD, st.integers(0, 2))
BODIES = st.one_of(SHAPES.map(lambda value: json.dumps(value).encode()), st.binary(max_size=60))
PATHS = st.sampled_from(
    ["/invocations", "/invocations", "/v2/models/small-model/infer", "/v2/models/x/infer", "/version", "/x%00y"]
)
KINDS = st.sampled_from(["application/json", "application/json", "text/csv", "text/plain", "application/json; a=b"])
METHODS = st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "OPTIONS", "TRACE"])
SCORED: st.SearchStrategy[Request] = st.tuples(
    st.just("POST"), st.just("/invocations"), st.just("application/json"), ROWS
)
OTHERS: st.SearchStrategy[Request] = st.tuples(METHODS, PATHS, KINDS, BODIES)
REQUESTS = st.sampled_from([SCORED, SCORED, OTHERS]).flatmap(lambda kind: kind)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    root = tmp_path_factory.mktemp("served")
    folder = package_folder(root, strength=1.0, keys_folder=root / "keys")
    served = load(folder, digest=packaging.model_digest(folder), version=7, decision=3)
    return TestClient(create_app(served), raise_server_exceptions=False)


def test_nothing_that_is_sent_breaks_the_server(client: TestClient) -> None:
    refused: dict[int, int] = {}
    judged = 0

    @settings(
        max_examples=CASES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(request=REQUESTS)
    def send(request: Request) -> None:
        nonlocal judged
        method, path, kind, body = request
        answer = client.request(method, path, content=body, headers={"Content-Type": kind})
        told: Any = answer.json()
        assert answer.status_code < 500, (method, path, body)
        assert answer.status_code == 200 or ("error" in told and len(answer.content) < 2000)
        assert MARK not in answer.text
        refused[answer.status_code] = refused.get(answer.status_code, 0) + 1
        judged += "predictions" in told or "do not fit" in answer.text  # its rows went through the columns' checks

    send()
    sent = sum(refused.values())
    print(f"\n{sent} requests, {judged} judged by their rows: {dict(sorted(refused.items()))}")
    assert judged >= sent / 2
    assert {200, 400, 404, 405, 415, 422} <= refused.keys()


def test_the_same_rows_are_taken_by_every_shape_or_by_none(client: TestClient) -> None:
    @settings(QUIET, max_examples=CASES // 5)
    @given(rows=GOOD)
    def send(rows: list[dict[str, Any]]) -> None:
        found = [client.post("/invocations", content=json.dumps(body)) for body in dressed(rows)]
        assert len({(answer.status_code, answer.text) for answer in found}) == 1

    send()
