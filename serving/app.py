"""The scoring service: one verified model behind a strict schema."""

import math
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from config.errors import LifecycleError
from tasks.files import parse_json
from tasks.scoring import MOST_ROWS, BadRows, Contract, score, to_frame

MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Served:
    """A loaded model and what is known of it."""

    estimator: Any
    contract: Contract
    digest: str
    version: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What every answer carries."""
        return {"X-Model-Version": str(self.version), "X-Model-Digest": self.digest}


class TooLarge(BadRows):
    """The request is larger than the service takes."""


def create_app(served: Served) -> FastAPI:
    """Make the service: /ping, /version, and /invocations for dataframe_split and dataframe_records."""
    app = FastAPI(title=served.contract.model, docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/ping")
    def ping() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/version")
    def version() -> dict[str, Any]:
        contract = served.contract
        return {
            "schema": 1, "model": contract.model, "version": served.version, "digest": served.digest,
            "run_id": contract.run_id, "problem": contract.problem, "columns": contract.names, "most_rows": MOST_ROWS,
        }  # fmt: skip

    @app.post("/invocations")
    async def invocations(request: Request) -> JSONResponse:
        records = read_records(await _body(request))
        answers = await run_in_threadpool(answer, served, records)
        return JSONResponse({"predictions": answers}, headers=served.headers)

    @app.exception_handler(LifecycleError)
    async def refuse(request: Request, error: LifecycleError) -> JSONResponse:
        refusal = {"error": {"code": type(error).__name__, "message": error.seen, "expected": error.expected}}
        return JSONResponse(refusal, status_code=413 if isinstance(error, TooLarge) else 422, headers=served.headers)

    return app


def answer(served: Served, records: Any) -> list[dict[str, Any]]:
    """Check records against the contract and score them (BadRows)."""
    return score(served.estimator, to_frame(records, served.contract), served.contract)


async def _body(request: Request) -> bytes:
    """Read the body, counting: what is too large is refused before it is held in memory."""
    said = request.headers.get("content-length", "0")
    parts, size = [], int(said) if said.isdigit() else math.inf
    if size <= MOST_BYTES:
        size = 0
        async for part in request.stream():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                break
    if size > MOST_BYTES:
        raise TooLarge("the request is too large", expected=f"at most {MOST_BYTES} bytes and {MOST_ROWS} rows")
    return b"".join(parts)


def read_records(body: bytes) -> Any:
    """Read the rows of a request in one of MLflow's two shapes (BadRows)."""
    try:
        request = parse_json(body)
    except ValueError as error:
        raise BadRows("the body is not JSON as expected: broken, a key twice, NaN or Infinity") from error
    match request:
        case {"dataframe_records": list(records), **rest} if not rest:
            return records
        case {"dataframe_split": {"columns": list(columns), "data": list(data), **more}, **rest} if not (rest or more):
            return _from_split(columns, data)
    raise BadRows("the body has another shape", expected='{"dataframe_records": [...]} or {"dataframe_split": {...}}')


def _from_split(columns: list[Any], data: list[Any]) -> list[dict[str, Any]]:
    if not all(isinstance(name, str) for name in columns) or len(set(columns)) != len(columns):
        raise BadRows("columns are not distinct names", expected="a list of distinct names")
    if not all(isinstance(row, list) and len(row) == len(columns) for row in data):
        raise BadRows("a row has another length than columns", expected="rows as long as the list of columns")
    return [dict(zip(columns, row, strict=True)) for row in data]
