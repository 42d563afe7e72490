"""The way of a prediction: body in, bounded; columns checked; the model asked; the answer put into words."""

import asyncio
import functools
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from config.settings.serving import Limits
from serving import open_inference
from serving.bodies import content_kind, read_columns
from serving.canary import Canary
from serving.refusals import CLOSE, SOON, Refusal, bad_rows, too_large
from serving.served import Served, Standing
from serving.watching import Seen, Watch
from tasks.pairs import Pair
from tasks.scoring import answers
from tasks.strict import Checker

THREADS = 4
Read = Callable[[Checker], dict[str, Any]]  # the columns of a body, or a Refusal
log = logging.getLogger("serving")


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model says to checked columns, and how long it thought."""

    served: Served
    columns: dict[str, Any]
    matrix: Any
    ms: float


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
        answer = await self._predict(seen, served, functools.partial(read_columns, body, kind))
        return orjson.dumps({"predictions": answers(answer.matrix, answer.served.contract)}), answer.served

    async def infer(self, seen: Seen, served: Served, scope: Any, receive: Any) -> bytes:
        """Answer the Open Inference Protocol (Refusal)."""
        headers = dict(scope["headers"])
        body = await self._within_bounds(headers, receive)
        given, inputs = open_inference.read_request(body)
        answer = await self._predict(seen, served, functools.partial(open_inference.read_tensors, inputs))
        about = {"model_version": str(answer.served.version), "id": given or seen.request_id}
        contract = answer.served.contract
        return orjson.dumps(
            open_inference.write_tensors(answer.matrix, answers(answer.matrix, contract), contract, about)
        )

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

    async def _predict(self, seen: Seen, served: Served, read: Read) -> Answer:
        if self.at_work >= self.limits.at_once:  # before rows are read: that is most of the work on many of them
            raise Refusal(503, "busy", f"{self.at_work} requests are in work", "fewer at once", SOON)
        columns = read(served.checker(self.limits.rows))
        self.at_work += 1
        try:
            answer = await self._ask(seen, served, columns)
            canary = self.standing.canary
            if canary is not None and canary.takes(seen.request_id, served):
                answer = await self._ask_canary(seen, canary, answer, read)
        finally:
            self.at_work -= 1
        seen.rows, seen.headers = len(answer.matrix), answer.served.headers
        self.watch.answered(seen, answer.served, answer.columns, answer.matrix)
        return answer

    async def _ask(self, seen: Seen, served: Served, columns: dict[str, Any]) -> Answer:
        begin, rows = time.perf_counter(), len(next(iter(columns.values())))
        try:
            with np.errstate(all="ignore"):
                matrix = served.predict(columns) if served.is_quick(rows) else await self._in_thread(served, columns)
        except ValueError as error:  # scikit-learn's word for rows that it cannot take
            log.warning("request %s: the model takes no such rows: %s", seen.request_id, type(error).__name__)
            raise bad_rows("the model cannot answer these rows", "values like those it was trained on") from error
        if not np.isfinite(matrix).all():
            raise bad_rows("the model has no finite answer to these rows", "values like those it was trained on")
        return Answer(served, columns, matrix, (time.perf_counter() - begin) * 1000)

    async def _ask_canary(self, seen: Seen, canary: Canary, answer: Answer, read: Read) -> Answer:
        """Let the canary answer after the champion; where it fails in any way, the champion's answer stands."""
        try:
            columns = read(canary.served.checker(self.limits.rows))
            other = await self._ask(seen, canary.served, columns)
        except Refusal as refusal:
            canary.note(Pair(answer.matrix, answer.ms))
            if refusal.code == "too_slow":  # each such request would wait as long
                canary.end(f"it did not answer in {self.limits.predict_seconds:g} s")
            return answer
        except Exception:  # whatever it is, the client gets the answer that is there
            log.exception("request %s: the canary failed", seen.request_id)
            canary.note(Pair(answer.matrix, answer.ms))
            return answer
        canary.note(Pair(answer.matrix, answer.ms, other.matrix, other.ms))
        return other

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
