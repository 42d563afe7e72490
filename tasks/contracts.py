"""The trial of the API: what the documents of this and the last released version promise, asked of the real server.

Each path is asked as its document says, in every kind and shape of body, and the answer is held against the document:
its status must be one that is told of, and its body of the shape that is told for it.
"""

import csv
import http.client
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tasks import files
from tasks.content import MLMODEL
from tasks.promises import breaks
from tasks.scoring import Contract, Golden

CURRENT, RELEASED = Path("serving/openapi.json"), Path("serving/openapi.released.json")
SHOWN = 5
TENSORS = {"number": "FP64", "integer": "INT64", "boolean": "BOOL", "category": "BYTES", "timestamp": "BYTES"}
# MLflow's types that a column of the contract may have in the signature: what may be missing is a double there.
SIGNED = {
    "number": {"double", "float", "long", "integer"}, "integer": {"long", "integer", "double"},
    "boolean": {"boolean", "double"}, "category": {"string"}, "timestamp": {"datetime"},
}  # fmt: skip
Json = Any


@dataclass(frozen=True)
class Kept:
    """How one version of the API was kept: its number, the digest of its document, calls, and what was broken."""

    api: str
    sha256: str
    calls: int
    broken: list[str]


@dataclass(frozen=True)
class Signature:
    """The columns of the contract, and which the model's signature, or the server, has otherwise (None: no such)."""

    columns: int
    model: list[str] | None
    server: list[str] | None


@dataclass(frozen=True)
class Promises:
    """What the trial of the API saw; `changes` are those that take something away from the released version."""

    current: Kept
    released: Kept
    changes: list[str]
    signature: Signature


@dataclass(frozen=True)
class Call:
    """One request: what it is called in reports, method, path, kind and body, and the statuses that are right."""

    name: str
    method: str
    path: str
    kind: str = ""
    body: bytes = b""
    right: Sequence[str] = ("200",)


@dataclass(frozen=True)
class Server:
    """The server under trial, with the headers that let the trial in."""

    connection: http.client.HTTPConnection
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, call: Call) -> tuple[int, bytes]:
        """Send a call (OSError, HTTPException)."""
        kind = {"Content-Type": call.kind} if call.kind else {}
        self.connection.request(call.method.upper(), call.path, call.body or None, {**self.headers, **kind})
        response = self.connection.getresponse()
        return response.status, response.read()


def try_promises(server: Server, folder: Path, contract: Contract, golden: Golden, *, root: Path) -> Promises:
    """Ask what both documents of a project promise, and hold the signature of a package against its contract."""
    documents = {path: (root / path).read_bytes() for path in (CURRENT, RELEASED)}
    current, released = (json.loads(content) for content in documents.values())
    return Promises(
        _kept(server, current, documents[CURRENT], contract, golden),
        _kept(server, released, documents[RELEASED], contract, golden),
        breaks(released, current), _signature(server, folder, contract),
    )  # fmt: skip


def _kept(server: Server, document: Json, content: bytes, contract: Contract, golden: Golden) -> Kept:
    broken, asked = [], 0
    for call, promised in _calls(document, contract, golden):
        asked += 1
        status, body = server.ask(call)
        broken += [f"{call.name}: {fault}" for fault in _faults(status, body, call, promised, document)]
    return Kept(document["info"]["version"], files.sha256_bytes(content), asked, broken[:SHOWN])


def _calls(document: Json, contract: Contract, golden: Golden) -> Iterator[tuple[Call, Json]]:
    """Give every call that a document speaks of, with the answers that it promises."""
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            name, address = f"{method.upper()} {path}", path.replace("{name}", contract.model)
            kinds = told.get("requestBody", {}).get("content", {})
            if not kinds:
                yield Call(name, method, address), told["responses"]
            for kind, content in kinds.items():
                for shape, body in _bodies(kind, content["schema"], contract, golden):
                    yield Call(f"{name} {shape}", method, address, kind, body), told["responses"]
                wrong = tuple(code for code in ("400", "422") if code in told["responses"])
                yield Call(f"{name} with no {kind}", method, address, kind, b"\xff", wrong), told["responses"]


def _bodies(kind: str, schema: Json, contract: Contract, golden: Golden) -> Iterator[tuple[str, bytes]]:
    """Make a good body of each shape that a document tells of; one not known here is asked empty, and breaks."""
    if kind == "text/csv":
        yield kind, _csv(golden)
        return
    columns = {name: [row[n] for row in golden.data] for n, name in enumerate(golden.columns)}
    known: dict[str, Json] = {
        "dataframe_split": {"columns": golden.columns, "data": golden.data}, "dataframe_records": golden.records,
        "instances": golden.records, "inputs": columns,
    }  # fmt: skip
    for one in schema.get("oneOf", [schema]):
        needed = one.get("required", [])
        if needed == ["inputs"] and "oneOf" not in one["properties"]["inputs"]:
            yield "tensors", json.dumps({"inputs": _tensors(contract, columns)}).encode()
        else:
            yield ", ".join(needed), json.dumps({name: known.get(name) for name in needed}).encode()


def _csv(golden: Golden) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(golden.columns)
    writer.writerows(["" if value is None else value for value in row] for row in golden.data)
    return text.getvalue().encode()


def _tensors(contract: Contract, columns: Mapping[str, list[Json]]) -> list[Json]:
    rows = len(next(iter(columns.values())))
    return [
        {"name": c.name, "shape": [rows], "datatype": TENSORS[c.type], "data": columns[c.name]}
        for c in contract.columns
    ]


def _faults(status: int, body: bytes, call: Call, promised: Json, document: Json) -> Iterator[str]:
    from jsonschema import Draft202012Validator

    told = promised.get(str(status))
    if str(status) not in call.right or told is None:
        yield f"answered {status}, {' or '.join(call.right) or 'no such answer'} is promised"
        return
    content = told.get("content", {}).get("application/json", {})
    if not content.get("schema"):
        return
    try:
        value = files.parse_json(body)
    except ValueError:
        yield f"answered {status} with no JSON"
        return
    schema = {**content["schema"], "components": document.get("components", {})}
    yield from (f"{e.json_path}: {e.message}"[:200] for e in Draft202012Validator(schema).iter_errors(value))


def _signature(server: Server, folder: Path, contract: Contract) -> Signature:
    _, about = server.ask(Call("", "get", f"/v2/models/{contract.model}"))
    told = {one["name"]: one["datatype"] for one in json.loads(about).get("inputs", [])}
    wanted = {column.name: TENSORS[column.type] for column in contract.columns}
    return Signature(len(contract.columns), _signed(folder, contract), _differing(wanted, told))


def _signed(folder: Path, contract: Contract) -> list[str] | None:
    """Name the columns that MLflow's signature of the model has otherwise; None where it has none."""
    about = yaml.safe_load((folder / MLMODEL).read_text(encoding="utf-8"))
    signature = about.get("signature") or {}
    if not signature.get("inputs"):
        return None
    signed = {one["name"]: one["type"] for one in json.loads(signature["inputs"])}
    kinds = {column.name: column.type for column in contract.columns}
    same = {name: kind for name, kind in kinds.items() if signed.get(name) in SIGNED[kind]}
    return sorted((kinds.keys() - same.keys()) | (signed.keys() - kinds.keys()))[:20]


def _differing(wanted: Mapping[str, str], told: Mapping[str, str]) -> list[str]:
    return sorted(name for name in wanted.keys() | told.keys() if wanted.get(name) != told.get(name))[:20]
