"""Takes values out of a JSON tree by what they should be; whatever is otherwise becomes a finding with its path."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lens_checks.interchange.finding import Finding, Severity
from lens_checks.interchange.strict_json import Members, Number, Stray, step

ID = re.compile(r"[A-Za-z0-9_]{3,128}")
URL = re.compile(r"(?i:https?)://[^\s<>\"]+")
KINDS: Mapping[type, str] = {
    Members: "an object", list: "a list", Number: "a number", str: "text", bool: "true or false", Stray: "no JSON",
    type(None): "null",
}  # fmt: skip


class Reader:
    """One reading of one file, and all that it found."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self.findings = list(findings)

    def wrong(self, code: str, path: str, words: str) -> None:
        """Note what keeps the lens out."""
        self.findings.append(Finding(Severity.ERROR, code, path, words))

    def odd(self, code: str, path: str, words: str) -> None:
        """Note what is told and tolerated."""
        self.findings.append(Finding(Severity.WARNING, code, path, words))

    def node(self, value: Any, path: str, known: Iterable[str]) -> "Node | None":
        """Take an object; its keys are read whatever their case, and those that nothing reads are named."""
        if not isinstance(value, Members):
            self.wrong("type", path, f"{_seen(value)} where an object should stand")
            return None
        return Node(self, value, path, tuple(known))


class Node:
    """An object of the file."""

    def __init__(self, reader: Reader, value: Members, path: str, known: tuple[str, ...]) -> None:
        self.reader, self.value, self.path = reader, value, path
        self.spelt: dict[str, str] = {}  # the key as it should be -> as it stands there
        loose = {key.casefold(): key for key in known}
        for key in value:
            meant = key if key in known else loose.get(key.casefold(), key)
            if meant != key and meant not in value:
                reader.odd("key-case", step(path, key), f"{key!r} is taken for {meant!r}")
                self.spelt[meant] = key
            elif key not in known:
                reader.odd("unknown-key", step(path, key), "a key that the format does not have; it is kept")

    def get(self, key: str) -> tuple[Any, str]:
        """Give a value, None where there is none, and its path."""
        spelt = self.spelt.get(key, key)
        return self.value.get(spelt), step(self.path, spelt)

    def has(self, key: str) -> bool:
        """Tell whether the key stands there, in any case."""
        return self.spelt.get(key, key) in self.value

    def need(self, key: str) -> tuple[Any, str] | None:
        """Give a value that has to be there, and its path."""
        if self.has(key):
            return self.get(key)
        self.reader.wrong("missing", step(self.path, key), "is missing")
        return None

    def text(self, key: str, most: int, *, api: int | None = None, least: int = 1) -> str:
        """Take text of bounded length; empty where it is not such."""
        found = self.need(key)
        if found is None:
            return ""
        value, path = found
        if not isinstance(value, str) or isinstance(value, Number):
            self.reader.wrong("type", path, f"{_seen(value)} where text should stand")
            return ""
        if len(value) < least or (least and not value.strip()):
            self.reader.wrong("empty", path, "is empty")
        if len(value) > most:
            self.reader.wrong("limit", path, f"has {len(value):,} characters, at most {most:,} are allowed")
        elif api and len(value) > api:
            self.reader.odd("api-limit", path, f"has {len(value):,} characters; the WA Tool's API names {api:,}")
        return str(value)

    def id(self) -> str:
        """Take the id."""
        value = self.text("id", 128)
        if value and len(value) <= 128 and not ID.fullmatch(value):
            _, path = self.get("id")
            self.reader.wrong("id", path, f"{value!r} is no id: 3 to 128 of A-Z, a-z, 0-9 and _")
        return value

    def items(self, key: str, least: int, most: int) -> list[tuple[Any, str]]:
        """Take the entries of a list of bounded length, each with its path."""
        found = self.need(key)
        if found is None:
            return []
        value, path = found
        if not isinstance(value, list):
            self.reader.wrong("type", path, f"{_seen(value)} where a list should stand")
            return []
        if not least <= len(value) <= most:
            self.reader.wrong("limit", path, f"has {len(value)} entries, {least} to {most} are allowed")
        return [(entry, f"{path}[{index}]") for index, entry in enumerate(value)]

    def url(self) -> str:
        """Take the optional link; AWS's own files have empty ones."""
        value, path = self.get("url")
        if not self.has("url"):
            return ""
        if not isinstance(value, str) or isinstance(value, Number):
            self.reader.wrong("type", path, f"{_seen(value)} where a link should stand")
        elif not value.strip():
            self.reader.odd("empty-url", path, "an empty link counts as none")
        elif not value.strip().lower().startswith(("http://", "https://")):
            self.reader.wrong("url", path, f"{value[:80]!a} begins with neither http:// nor https://")
        elif not URL.fullmatch(value):
            self.reader.odd("url", path, "a link with blanks, quotes or angle brackets in it is not shown")
        else:
            return value
        return ""


def _seen(value: Any) -> str:
    kind = KINDS.get(type(value), type(value).__name__)
    return f"{kind} ({value})" if isinstance(value, Number) and len(value) < 40 else kind
