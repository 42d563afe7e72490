"""YAML as DVC reads it too (1.2 core schema), refusing duplicate keys, and remembering where each value stood."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from config.errors import ConfigError

Key = tuple[str | int, ...]
TAG = "tag:yaml.org,2002:"
# Dates stay text, NO is a word, 1e-3 is a number: what a reader expects, and what a date or text field accepts.
PLAIN = {
    "null": (re.compile(r"^(~|null|Null|NULL|)$"), [*"~nN", ""]),
    "bool": (re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), [*"tTfF"]),
    "int": (re.compile(r"^[-+]?[0-9]+$"), [*"-+0123456789"]),
    "float": (
        re.compile(r"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$"),
        [*"-+.0123456789"],
    ),
}


class _Loader(yaml.SafeLoader):
    """Safe, YAML 1.2 scalars, keys as written, no duplicate keys, no aliases."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias: write the value out", mark)
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    """Quotes whatever YAML 1.1 or 1.2 would not read back as text."""


_Loader.yaml_implicit_resolvers = {}
for _kind, (_pattern, _first) in PLAIN.items():
    _Loader.add_implicit_resolver(TAG + _kind, _pattern, _first)
    _Dumper.add_implicit_resolver(TAG + _kind, _pattern, _first)


@dataclass(frozen=True)
class Document:
    """One file's values, and the line of each."""

    values: dict[str, Any]
    lines: dict[Key, int]


def broken(name: str, what: str, mark: yaml.Mark | None) -> ConfigError:
    """Say where a file stops being YAML."""
    where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return ConfigError(
        f"config/{name}.yaml{where}: {what}",
        expected="a YAML file of `key: value` lines, indented with spaces, each key once",
        next_step="correct the line, then `lifecycle config check`",
    )


def compose(text: str, name: str) -> yaml.Node | None:
    """Parse text into nodes that know their lines, or raise ConfigError."""
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        what = "; ".join(part for part in (error.context, error.problem) if part)
        raise broken(name, what, error.problem_mark or error.context_mark) from error
    except yaml.YAMLError as error:
        raise broken(name, " ".join(str(error).split()), None) from error


def text_of(path: Path, name: str) -> str:
    """Read a file, or raise ConfigError that says why it could not be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        message, fix = f"config/{name}.yaml is missing", "run this in the project's root, or restore the file"
        raise ConfigError(message, expected=f"a file at {path}", next_step=fix) from error
    except UnicodeDecodeError as error:
        raise broken(name, f"byte {error.start} is not UTF-8", None) from error
    except OSError as error:
        raise broken(name, f"cannot be read: {error.strerror}", None) from error


def read(root: Path, name: str) -> Document:
    """Read config/<name>.yaml; an empty file is an empty mapping."""
    node = compose(text_of(root / "config" / f"{name}.yaml", name), name)
    lines: dict[Key, int] = {}
    values = _value(node, (), lines, name) if node is not None else {}
    if values is not None and not isinstance(values, dict):
        raise broken(name, f"the file holds {type(values).__name__}, not keys", node.start_mark if node else None)
    return Document(values or {}, lines)


def scalar(text: str, name: str) -> Any:
    """Parse the value of an environment variable."""
    node = compose(text, name)
    return None if node is None else _value(node, (), {}, name)


def _value(node: yaml.Node, key: Key, lines: dict[Key, int], name: str) -> Any:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*key, index), lines, name) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, key, lines, name)
    return _plain(node, name)


def _mapping(node: yaml.MappingNode, key: Key, lines: dict[Key, int], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise broken(name, "a key that is not a plain word", key_node.start_mark)
        word = key_node.value
        if word in found:
            first = lines[(*key, word)]
            raise broken(name, f"key {word!r} stands twice, first in line {first}", key_node.start_mark)
        lines[(*key, word)] = key_node.start_mark.line + 1
        found[word] = _value(value_node, (*key, word), lines, name)
    return found


def _plain(node: yaml.Node, name: str) -> Any:
    match node.tag.removeprefix(TAG):
        case "null":
            return None
        case "bool":
            return node.value.lower() == "true"
        case "int":
            return int(node.value)
        case "float":
            return float(re.sub(r"\.(?=inf|nan)", "", node.value.lower()))
        case "str":
            return node.value
    raise broken(name, f"a value of type {node.tag}", node.start_mark)


def dump(value: Any) -> str:
    """Write a value on one line."""
    return yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6
    ).strip()
