"""The scoring service: a plain ASGI way for predictions, in front of the FastAPI routes that describe the contract."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from config.settings.serving import Serving
from serving.predicting import Answering
from serving.refusals import CLOSE, JSON_TYPE, Refusal
from serving.routes import make_routes
from serving.served import Served, Standing
from serving.watching import Seen, Watch

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
UNKNOWN = "elsewhere"  # paths that are not ours count as one
log = logging.getLogger("serving")


@dataclass(frozen=True, eq=False)
class Service:
    """The ASGI application."""

    standing: Standing
    settings: Serving
    watch: Watch
    routes: Any = field(init=False)
    answering: Answering = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answering", Answering(self.standing, self.settings.limits, self.watch))
        object.__setattr__(self, "routes", make_routes(self.standing, self.settings, self.watch, self.answering))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, it ends in one answer and one line of the log."""
        if scope["type"] != "http":
            return await self.routes(scope, receive, send)
        seen = _begin(scope)
        scope["lifecycle.seen"] = seen
        try:
            await self._answer(seen, scope, receive, send)
        except Refusal as refusal:
            await self._refuse(seen, refusal, send)
        except asyncio.CancelledError:
            seen.status, seen.code = 499, "gone"
            raise
        except Exception:
            log.exception("request %s failed", seen.request_id)
            await self._refuse(seen, Refusal(500, "internal", "the server failed on this request"), send)
        finally:
            self.watch.note(seen)
        return None

    async def _answer(self, seen: Seen, scope: Scope, receive: Receive, send: Send) -> None:
        self.watch.admit(seen, scope)
        if scope["path"] == "/invocations" and scope["method"] == "POST":
            body, served = await self.answering.invocations(seen, scope, receive)
            return await _send(send, 200, body, (JSON_TYPE, *served.headers, *self._about(seen)))
        return await self.routes(scope, receive, self._adding_headers(seen, send))

    def _about(self, seen: Seen) -> tuple[tuple[bytes, bytes], ...]:
        about = ((b"x-request-id", seen.request_id.encode()),)
        return about + CLOSE if self.standing.draining else about

    def _adding_headers(self, seen: Seen, send: Send) -> Send:
        async def adding(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                message["headers"] = [*message.get("headers", ()), *self._about(seen)]
                message["headers"] += seen.headers or _headers(self.standing.served)
            await send(message)

        return adding

    async def _refuse(self, seen: Seen, refusal: Refusal, send: Send) -> None:
        if seen.status:  # the answer has begun: nothing can be taken back
            return
        seen.status, seen.code = refusal.status, refusal.code
        extra = (*refusal.headers, *self._about(seen), *_headers(self.standing.served))
        await _send(send, refusal.status, refusal.content(seen.path), (JSON_TYPE, *extra))


def _begin(scope: Scope) -> Seen:
    request_id = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    known = request_id.decode() if REQUEST_ID.fullmatch(request_id) else secrets.token_hex(8)
    return Seen(time.perf_counter(), scope["method"], scope["path"], known)


def _headers(served: Served | None) -> tuple[tuple[bytes, bytes], ...]:
    return () if served is None else served.headers


async def _send(send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})


def create_app(served: Served | None, settings: Serving | None = None, watch: Watch | None = None) -> Service:
    """Make the service of one model that stays, as tests and the trial of a candidate use it."""
    settings = settings or Serving()
    return Service(Standing(served), settings, watch or Watch.of(settings, keys=False))
