"""The shapes of what the server takes and gives, for the contract in serving/openapi.json."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

VALUE: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
RECORD = {"type": "object", "additionalProperties": VALUE}
RECORDS = {"type": "array", "items": RECORD, "minItems": 1}
SPLIT = {
    "type": "object", "required": ["columns", "data"], "additionalProperties": False,
    "properties": {
        "columns": {"type": "array", "items": {"type": "string"}},
        "data": {"type": "array", "items": {"type": "array", "items": VALUE}},
        "index": {"type": "array", "description": "Counted, otherwise ignored."},
    },
}  # fmt: skip
BY_COLUMN = {"type": "object", "additionalProperties": {"type": "array", "items": VALUE}}
ERROR = {
    "type": "object", "required": ["error"],
    "properties": {
        "error": {
            "type": "object", "required": ["code", "message", "expected"],
            "properties": {name: {"type": "string"} for name in ("code", "message", "expected")},
        }
    },
}  # fmt: skip
REFUSALS = {
    "400": "The body cannot be read", "401": "No key, or none that is known", "408": "The request came too slowly",
    "413": "The body is too large", "415": "The body is of another kind",
    "422": "Rows do not fit the model", "429": "Too many requests of one consumer", "503": "No model, or too busy",
    "504": "The model took too long",
}  # fmt: skip


def _one_of(*names: tuple[str, Any]) -> dict[str, Any]:
    shapes = [
        {"type": "object", "required": [name], "properties": {name: shape}, "additionalProperties": False}
        for name, shape in names
    ]
    return {"oneOf": shapes}


def _responses(answer: Any, refusal: Any) -> dict[str, Any]:
    good = {"description": "One answer a row", "content": {"application/json": {"schema": answer}}}
    bad = {
        code: {"description": words, "content": {"application/json": {"schema": refusal}}}
        for code, words in REFUSALS.items()
    }
    return {"200": good, **bad}


INVOCATIONS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": _one_of(
                    ("dataframe_split", SPLIT), ("dataframe_records", RECORDS),
                    ("instances", {"oneOf": [RECORDS, BY_COLUMN]}), ("inputs", {"oneOf": [RECORDS, BY_COLUMN]}),
                )
            },
            "text/csv": {"schema": {"type": "string"}},
        },
    },
    "responses": _responses(
        {
            "type": "object", "required": ["predictions"],
            "properties": {"predictions": {"type": "array", "items": {"type": "object"}}},
        },
        ERROR,
    ),
}  # fmt: skip
TENSOR: dict[str, Any] = {
    "type": "object", "required": ["name", "shape", "datatype", "data"],
    "properties": {
        "name": {"type": "string"}, "shape": {"type": "array", "items": {"type": "integer"}},
        "datatype": {"type": "string"}, "data": {"type": "array"},
    },
}  # fmt: skip
INFER: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object", "required": ["inputs"],
                    "properties": {"id": {"type": "string"}, "inputs": {"type": "array", "items": TENSOR}},
                }
            }
        },
    },
    "responses": _responses(
        {
            "type": "object", "required": ["model_name", "model_version", "id", "outputs"],
            "properties": {
                "model_name": {"type": "string"}, "model_version": {"type": "string"}, "id": {"type": "string"},
                "outputs": {"type": "array", "items": TENSOR},
            },
        },
        {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}},
    ),
}  # fmt: skip


class Health(BaseModel):
    """How the server stands: ok, or degraded with the reason why an older model goes on."""

    status: str
    reason: str = ""


class Readiness(Health):
    """The same, and whether requests should come here."""

    ready: bool


class CanaryShown(BaseModel):
    """The staged version that answers a share of the requests, and what it showed: tasks/canary.py."""

    verdict: str
    because: str
    version: int
    champion: int | None
    share: float
    asked: int
    failed: int
    judged: int
    errors: int
    disagreement: float | None
    mean_difference: float | None
    p50_ms: float | None
    champion_p50_ms: float | None


class Version(BaseModel):
    """What answers here."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: int = Field(alias="schema")
    api: str
    model: str
    version: int | None
    decision: int | None
    digest: str
    run_id: str
    problem: str
    columns: list[str]
    form: str
    most_rows: int
    status: str
    reason: str
    memory_bytes: int
    canary: CanaryShown | None = None


class Tensor(BaseModel):
    """A column, or a part of an answer."""

    name: str
    datatype: str
    shape: list[int]


class Metadata(BaseModel):
    """What a model takes and gives."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[Tensor]
    outputs: list[Tensor]
