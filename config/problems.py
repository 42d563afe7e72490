"""Turns what a model refused into words: file, line, key, what was seen, what is allowed."""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from config.errors import ConfigError
from config.yaml_text import Key

SHOWN = 5
SHOWN_WORDS = 20
KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "pattern": "matching {}",
    "format": "a {} such as 2026-01-31",
}
PATTERNS = {r"^\S(.*\S)?$": "without a space at either end"}  # others are shown as they are


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the configuration."""

    where: str
    seen: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.where}: {self.seen}; allowed: {self.allowed}"


def refuse(problems: Iterable[Problem]) -> None:
    """Raise ConfigError naming at most five problems; do nothing when there are none."""
    every = list(problems)
    if not every:
        return
    more = f"\nand {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    raise ConfigError(
        "\n".join(str(problem) for problem in every[:SHOWN]) + more,
        expected="values as said after 'allowed'",
        next_step="correct them, then `lifecycle config check`",
    )


def dotted(key: Key) -> str:
    """Write a key as people do: search.trials, thresholds[0].floor."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")


def problems_of(error: ValidationError, name: str, model: type[BaseModel], sources: Mapping[Key, str]) -> list[Problem]:
    """Put every error of one file into words."""
    schema = model.model_json_schema()
    return [_problem(dict(found), name, schema, sources) for found in error.errors(include_url=False)]


def _problem(found: dict[str, Any], name: str, schema: dict[str, Any], sources: Mapping[Key, str]) -> Problem:
    key: Key = tuple(part for part in found["loc"] if part != "[key]")
    parent = node_at(schema, key[:-1])
    if found["type"] == "value_error":
        key += _spoken_of(str(found["ctx"]["error"]), node_at(schema, key))
    where = f"{source(name, key, sources)}: {dotted(key) or 'the file'}"
    match found["type"]:
        case "missing":
            return Problem(where, "is missing", allowed(node_at(schema, key)))
        case "extra_forbidden":
            return Problem(where, "is not a known key", nearest(str(key[-1]), parent.get("properties", {})))
        case "value_error":
            return Problem(where, str(found["ctx"]["error"]), "values that agree with each other")
    return Problem(where, f"saw {shown(found['input'])}", allowed(node_at(schema, key)) or found["msg"])


def _spoken_of(message: str, node: dict[str, Any]) -> Key:
    """Find the key that a contradiction within one place speaks of first."""
    words = (word.strip("',.:") for word in message.split())
    return next(((word,) for word in words if word in node.get("properties", {})), ())


def source(name: str, key: Key, sources: Mapping[Key, str]) -> str:
    """Find where a key, or the nearest key above it, was written."""
    for length in range(len(key), -1, -1):
        if key[:length] in sources:
            return sources[key[:length]]
    return f"config/{name}.yaml"


def nearest(word: str, known: Iterable[str]) -> str:
    """Offer the closest known word, and all of them."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1)
    more = f" and {len(words) - SHOWN_WORDS} more" if len(words) > SHOWN_WORDS else ""
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{', '.join(words[:SHOWN_WORDS])}{more}{hint}"


def shown(value: Any) -> str:
    """Show a value briefly, with its kind where that is what is wrong."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def node_at(schema: dict[str, Any], key: Key) -> dict[str, Any]:
    """Walk a JSON schema to the node of a key; an empty node where it knows none."""
    node = _resolved(schema, schema)
    for part in key:
        if isinstance(part, int):
            prefix = node.get("prefixItems", [])
            below = prefix[part] if part < len(prefix) else node.get("items", {})
        else:
            below = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
        node = _resolved(below if isinstance(below, dict) else {}, schema)
    return node


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references and step into the one real branch of an optional value."""
    told = {key: node[key] for key in ("description",) if key in node}
    while "$ref" in node or "anyOf" in node:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        else:
            node = next(branch for branch in node["anyOf"] if branch.get("type") != "null")
    return node | told


def allowed(node: dict[str, Any]) -> str:
    """Say in words what a schema node accepts."""
    if "enum" in node or "const" in node:
        words = ", ".join(str(value) for value in node.get("enum", [node.get("const")]))
        return f"one of {words}{_why(node)}"
    kind = KINDS.get(node.get("type", ""), "")
    told = node | ({"pattern": pattern} if (pattern := PATTERNS.get(node.get("pattern", ""))) else {})
    bounds = [words.format(told[name]) for name, words in BOUNDS.items() if name in node]
    if node.get("properties"):
        bounds.append("of " + ", ".join(list(node["properties"])[:20]))
    return " ".join(part for part in (kind, ", ".join(bounds)) if part) + _why(node)


def _why(node: dict[str, Any]) -> str:
    return f" ({node['description'].rstrip('.')})" if node.get("description") else ""
