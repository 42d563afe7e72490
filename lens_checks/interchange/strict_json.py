"""JSON as the standard has it, read in full: what other readers let pass is found and named by its path."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lens_checks.interchange.finding import Finding, LensError, Severity

LARGEST = 500_000  # characters, the limit of the WA Tool's API
LARGEST_BYTES = 4 * LARGEST
DEEPEST = 50


@dataclass(frozen=True)
class Stray:
    """A bare word such as NaN, which Python would read as a number and JSON does not know."""

    word: str


class Number(str):
    """A number as it is written; whatever its length, nothing of it is lost."""

    __slots__ = ()


class Members(dict[str, Any]):
    """The members of an object, in order, and the keys that stood there more than once."""

    twice: tuple[str, ...] = ()


def read(path: Path) -> bytes:
    """Read a file that may be anything (LensError)."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LensError(
            f"{path} cannot be read: {reason}", expected="a JSON file", next_step="name the file of the lens"
        ) from error
    if len(data) > LARGEST_BYTES:
        raise LensError(f"{path} is larger than {LARGEST_BYTES:,} bytes", expected=f"at most {LARGEST:,} characters")
    return data


def text_of(data: bytes) -> str:
    """Decode UTF-8, a byte-order mark aside (LensError)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        hint = "; it looks like UTF-16" if marked else ""
        raise LensError(f"byte {error.start} is not UTF-8{hint}", expected="JSON in UTF-8") from error
    if len(text) > LARGEST:
        raise LensError(f"it has {len(text):,} characters", expected=f"at most {LARGEST:,} characters")
    return text


def parse(text: str) -> tuple[Any, tuple[Finding, ...]]:
    """Read JSON; give its value and what strict readers would refuse in it (LensError where there is no value)."""
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_constant=Stray, parse_int=Number, parse_float=Number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise LensError(f"{where}: not JSON: {error.msg}", expected="one JSON object") from error
    except RecursionError as error:
        raise LensError("it is nested too deeply to be read", expected=f"at most {DEEPEST} levels") from error
    return value, tuple(_strays(value))


def _members(pairs: list[tuple[str, Any]]) -> Members:
    found = Members(pairs)
    if len(found) < len(pairs):
        found.twice = tuple(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
    return found


def _strays(root: Any) -> Iterator[Finding]:
    """Walk the whole tree without recursion."""
    waiting: list[tuple[str, Any, int]] = [("$", root, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEEPEST:
            raise LensError(f"{path[:200]}: more than {DEEPEST} levels", expected=f"at most {DEEPEST} levels")
        match value:
            case Stray(word=word):
                yield _wrong("not-json", path, f"the bare word {word} is not JSON")
            case str() if not _encodable(value):
                yield _wrong("not-unicode", path, "half of a surrogate pair: no text can hold it")
            case Members():
                for key in value.twice:
                    yield _wrong("duplicate-key", path, f"the key {key!r} stands more than once")
                if not all(map(_encodable, value)):
                    yield _wrong("not-unicode", path, "a key with half of a surrogate pair: no text can hold it")
                waiting += [(step(path, key), below, depth + 1) for key, below in reversed(value.items())]
            case list():
                waiting += [(f"{path}[{i}]", below, depth + 1) for i, below in reversed(list(enumerate(value)))]


def step(path: str, key: str) -> str:
    """Give the path of a member."""
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{key[:80]!a}]"


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _wrong(code: str, path: str, words: str) -> Finding:
    return Finding(Severity.ERROR, code, path, words)
