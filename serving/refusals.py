"""What the server says no with: a status, a code that stays, and words that never repeat what was sent."""

from dataclasses import dataclass

import orjson

Headers = tuple[tuple[bytes, bytes], ...]
JSON_TYPE = (b"content-type", b"application/json")


@dataclass(eq=False)  # not frozen: Python sets the traceback of what is raised
class Refusal(Exception):
    """A request that is not answered: HTTP status, stable code, what was seen, what was expected."""

    status: int
    code: str
    seen: str
    expected: str = ""
    headers: Headers = ()

    def content(self, path: str) -> bytes:
        """Give the body of the answer, in the form that clients of that path expect."""
        if path.startswith("/v2"):  # the Open Inference Protocol has one text
            return orjson.dumps({"error": f"{self.code}: {self.seen}; expected: {self.expected}"})
        return orjson.dumps({"error": {"code": self.code, "message": self.seen, "expected": self.expected}})

    def text_headers(self) -> dict[str, str]:
        """Give the headers as Starlette takes them."""
        return {name.decode(): value.decode() for name, value in (JSON_TYPE, *self.headers)}


CLOSE = ((b"connection", b"close"),)
SOON = ((b"retry-after", b"1"),)


def bad_json(seen: str) -> Refusal:
    """The body cannot be read at all."""
    return Refusal(400, "bad_json", seen, "one JSON value in UTF-8: no key twice, no NaN, no Infinity")


def bad_rows(seen: str, expected: str) -> Refusal:
    """The body can be read, and is not what the model takes."""
    return Refusal(422, "bad_rows", seen, expected)


def too_large(bytes_allowed: int) -> Refusal:
    """The body is larger than allowed."""
    return Refusal(413, "too_large", "the body is too large", f"at most {bytes_allowed} bytes", CLOSE)


def not_ready(why: str) -> Refusal:
    """There is no model to answer with, or none any more."""
    return Refusal(503, "not_ready", why, "a champion that verifies", SOON)


def not_found() -> Refusal:
    """There is no such path."""
    return Refusal(404, "not_found", "there is nothing at this path", "/invocations, /ping, /health, /version or /v2")


def wrong_method(allowed: str) -> Refusal:
    """The path is right, and the method is not."""
    return Refusal(405, "wrong_method", "this path takes another method", allowed, ((b"allow", allowed.encode()),))
