"""The routes of FastAPI: health, version and metadata, and the contract of what is answered before them."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from config.settings.serving import Serving
from serving import open_inference
from serving.predicting import Answering
from serving.refusals import Refusal, not_found, wrong_method
from serving.served import Served, Standing
from serving.shapes import INFER, INVOCATIONS, CanaryShown, Health, Metadata, Readiness, Version
from serving.watching import Watch

API_VERSION = "1.0.0"


def make_routes(standing: Standing, settings: Serving, watch: Watch, answering: Answering) -> FastAPI:
    """Make the FastAPI application; it shows no pages of its own."""
    app = FastAPI(
        title="Scoring server", version=API_VERSION, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    _scoring(app, answering)
    _health(app, standing)
    _about(app, standing, settings, watch)
    _open_inference(app, standing, answering)

    app.add_exception_handler(Refusal, _refuse)
    app.add_exception_handler(HTTPException, _refuse)
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    """Answer with a refusal of ours, FastAPI's own ones included."""
    match error:
        case Refusal() as refusal:
            pass
        case HTTPException(status_code=404):
            refusal = not_found()
        case HTTPException(status_code=405, headers=headers):
            refusal = wrong_method((headers or {}).get("Allow", "another"))
        case _:
            refusal = Refusal(400, "refused", "the request is not one of ours")
    request.scope["lifecycle.seen"].code = refusal.code
    return Response(refusal.content(request.url.path), refusal.status, refusal.text_headers())


def _scoring(app: FastAPI, answering: Answering) -> None:
    @app.post("/invocations", openapi_extra=INVOCATIONS, summary="Score rows, MLflow's protocol", tags=["MLflow"])
    async def invocations(request: Request) -> Response:
        body, _ = await answering.invocations(request.scope["lifecycle.seen"], request.scope, request.receive)
        return Response(body, media_type="application/json")


def _health(app: FastAPI, standing: Standing) -> None:
    @app.get("/ping", summary="Whether requests should come here", tags=["MLflow"])
    async def ping() -> Health:
        if not standing.ready:
            raise Refusal(503, "not_ready", standing.reason or standing.status, "a champion that verifies")
        return Health(status=standing.status, reason=standing.reason)

    @app.get("/health", summary="The same, as MLflow's server names it", tags=["MLflow"])
    async def health() -> Health:
        return await ping()

    @app.get("/v2/health/live", summary="Whether the process answers", tags=["Open Inference Protocol"])
    async def live() -> dict[str, bool]:
        return {"live": True}

    @app.get("/v2/health/ready", summary="Whether a model stands to answer", tags=["Open Inference Protocol"])
    async def ready() -> Response:
        return _readiness(standing)


def _about(app: FastAPI, standing: Standing, settings: Serving, watch: Watch) -> None:
    @app.get("/version", summary="What answers here", tags=["MLflow"])
    async def version() -> Version:
        served = standing.now()
        contract = served.contract
        about = dict(
            schema=1, api=API_VERSION, model=contract.model, version=served.version, decision=served.decision,
            digest=served.digest, run_id=contract.run_id, problem=contract.problem, columns=contract.names,
            form=served.inference.form.value, most_rows=settings.limits.rows, status=standing.status,
            reason=standing.reason, memory_bytes=watch.memory(), canary=_canary(standing),
        )  # fmt: skip
        return Version.model_validate(about)

    @app.get("/metrics", summary="Figures for Prometheus", tags=["operation"])
    async def metrics() -> Response:
        body, kind = watch.exposition(standing)
        return Response(body, media_type=kind)


def _canary(standing: Standing) -> CanaryShown | None:
    if standing.canary is None:
        return None
    return CanaryShown.model_validate(vars(standing.canary.now()))


def _open_inference(app: FastAPI, standing: Standing, answering: Answering) -> None:
    def named(name: str) -> Served:
        served = standing.now()
        if name != served.contract.model:
            raise Refusal(404, "not_found", "no model of this name is served", "the name that GET /version gives")
        return served

    tags: Any = ["Open Inference Protocol"]

    @app.get("/v2", summary="What the server is", tags=tags)
    async def server() -> dict[str, Any]:
        return {"name": "lifecycle-lens", "version": API_VERSION, "extensions": []}

    @app.get("/v2/models/{name}", summary="What the model takes and gives", tags=tags)
    async def model(name: str) -> Metadata:
        served = named(name)
        return Metadata(**open_inference.metadata(served.contract, served.version))

    @app.get("/v2/models/{name}/ready", summary="Whether the model stands to answer", tags=tags)
    async def model_ready(name: str) -> Response:
        named(name)
        return _readiness(standing)

    @app.post("/v2/models/{name}/infer", openapi_extra=INFER, summary="Score rows", tags=tags)
    async def infer(name: str, request: Request) -> Response:
        body = await answering.infer(request.scope["lifecycle.seen"], named(name), request.scope, request.receive)
        return Response(body, media_type="application/json")


def _readiness(standing: Standing) -> Response:
    told = Readiness(ready=standing.ready, status=standing.status, reason=standing.reason)
    return JSONResponse(told.model_dump(), status_code=200 if standing.ready else 503)
