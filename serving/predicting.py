"""The way of a prediction: body in, bounded; columns checked; the model asked; the answer put into words."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from config.settings.serving import Limits
from serving import open_inference
from serving.bodies import content_kind, read_columns
from serving.refusals import CLOSE, SOON, Refusal, bad_rows, too_large
from serving.served import Served, Standing
from serving.watching import Seen, Watch
from tasks.scoring import answers

THREADS = 4
log = logging.getLogger("serving")


@dataclass(eq=False)
class Answering:
    """Predictions of what stands, within the limits; one model answers one request, whatever is swapped meanwhile."""

    standing: Standing
    limits: Limits
    watch: Watch
    at_work: int = 0
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "predict"))

    async def invocations(self, seen: Seen, scope: Any, receive: Any) -> tuple[bytes, Served]:
        """Answer MLflow's protocol (Refusal)."""
        served = self.standing.now()
        headers = dict(scope["headers"])
        kind = content_kind(headers.get(b"content-type", b""), headers.get(b"content-encoding", b""))
        body = await self._within_bounds(headers, receive)
        columns = read_columns(body, kind, served.checker(self.limits.rows))
        matrix = await self._predict(seen, served, columns)
        return orjson.dumps({"predictions": answers(matrix, served.contract)}), served

    async def infer(self, seen: Seen, served: Served, scope: Any, receive: Any) -> bytes:
        """Answer the Open Inference Protocol (Refusal)."""
        headers = dict(scope["headers"])
        body = await self._within_bounds(headers, receive)
        given, columns = open_inference.read_tensors(body, served.checker(self.limits.rows))
        matrix = await self._predict(seen, served, columns)
        about = {"model_version": str(served.version), "id": given or seen.request_id}
        said = answers(matrix, served.contract)
        return orjson.dumps(open_inference.write_tensors(matrix, said, served.contract, about))

    async def _within_bounds(self, headers: dict[bytes, bytes], receive: Any) -> bytes:
        """Read the body, counting: what is too large is refused before it is held in memory."""
        most = self.limits.body_bytes
        if int(headers.get(b"content-length", b"0")) > most:
            raise too_large(most)
        message = await receive()
        if not message.get("more_body"):
            return _whole(message.get("body", b""), message, most)
        parts, size = [message["body"]], len(message["body"])
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > most:
                raise too_large(most)
        return _whole(b"".join(parts), message, most)

    async def _predict(self, seen: Seen, served: Served, columns: dict[str, Any]) -> Any:
        rows = len(next(iter(columns.values())))
        if self.at_work >= self.limits.at_once:
            raise Refusal(503, "busy", f"{self.at_work} requests are in work", "fewer at once", SOON)
        self.at_work += 1
        try:
            with np.errstate(all="ignore"):
                matrix = served.predict(columns) if served.is_quick(rows) else await self._in_thread(served, columns)
        except ValueError as error:  # scikit-learn's word for rows that it cannot take
            log.warning("request %s: the model takes no such rows: %s", seen.request_id, type(error).__name__)
            raise bad_rows("the model cannot answer these rows", "values like those it was trained on") from error
        finally:
            self.at_work -= 1
        if not np.isfinite(matrix).all():
            raise bad_rows("the model has no finite answer to these rows", "values like those it was trained on")
        seen.rows = rows
        self.watch.answered(seen, served, columns, matrix)
        return matrix

    async def _in_thread(self, served: Served, columns: dict[str, Any]) -> Any:
        ask: Callable[..., Any] = served.predict
        work = asyncio.get_running_loop().run_in_executor(self.threads, ask, columns)
        try:
            return await asyncio.wait_for(work, self.limits.predict_seconds)
        except TimeoutError:
            words = f"the model took more than {self.limits.predict_seconds:g} s"
            raise Refusal(504, "too_slow", words, "fewer rows at once") from None


def _whole(body: bytes, message: Any, most: int) -> bytes:
    if message["type"] == "http.disconnect":
        raise Refusal(400, "gone", "the request ended before its body did", "a whole body", CLOSE)
    if len(body) > most:
        raise too_large(most)
    return body
