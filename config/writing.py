"""Writes described columns and people's statements into the YAML files, and leaves the rest of their text alone."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from config.errors import ConfigError
from config.settings import Attestation, Column, NotApplicable, Waiver
from config.yaml_text import compose, dump, read, text_of

Statement = Attestation | NotApplicable | Waiver
# statement -> the file and the list that it is written to
PLACES: dict[type[Statement], tuple[str, str]] = {
    Attestation: ("attestations", "attestations"),
    NotApplicable: ("attestations", "not_applicable"),
    Waiver: ("waivers", "waivers"),
}


def write_columns(root: Path, columns: Mapping[str, Column]) -> None:
    """Replace the `columns:` block of config/data.yaml, comments and all other keys untouched."""
    path = root / "config" / "data.yaml"
    text = text_of(path, "data")
    start, end, _ = _block(text, "data", "columns")
    lines = "".join(f"  {_word(name)}: {_line(column)}\n" for name, column in columns.items())
    _replace(path, _line_ended(text[:start]) + "columns:\n" + lines + text[end:])


def write_statement(root: Path, statement: Statement) -> Path:
    """Add a statement to the list it belongs to and give the file; what stands there in lines stays as it is."""
    name, key = PLACES[type(statement)]
    path = root / "config" / f"{name}.yaml"
    text = text_of(path, name)
    start, end, in_lines = _block(text, name, key)
    before = [] if in_lines else read(root, name).values.get(key) or []
    kept = text[start:end] if in_lines else f"{key}:\n"
    added = "".join(_entry(values) for values in [*before, statement.model_dump()])
    _replace(path, _line_ended(text[:start]) + _line_ended(kept) + added + text[end:])
    return path


def _block(text: str, name: str, key: str) -> tuple[int, int, bool]:
    """Find where a key's lines start and end, and whether its value is written in lines of its own.

    Without the key, both are the end of the text.
    """
    node = compose(text, name)
    if node is not None and (not isinstance(node, yaml.MappingNode) or node.flow_style):
        raise ConfigError(f"config/{name}.yaml holds no lines of keys", expected="`key: value` lines")
    for key_node, value in node.value if node is not None else []:
        if key_node.value == key:
            in_lines = isinstance(value, yaml.CollectionNode) and not value.flow_style
            newline = text.find("\n", _end_of(value) - in_lines)
            return key_node.start_mark.index, len(text) if newline < 0 else newline + 1, in_lines
    return len(text), len(text), False


def _end_of(node: yaml.Node) -> int:
    """Find where a node's own text ends; the end that YAML gives runs on to the next key, over comments."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(_end_of(part) for part in last) if isinstance(last, tuple) else _end_of(last)
    return int(node.end_mark.index)


def _line_ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _word(name: str) -> str:
    return dump([name])[1:-1]


def _line(column: Column) -> str:
    """Write a column on one line: its role, type and sensitivity, then what differs from the defaults."""
    told = column.model_dump(mode="json", exclude_defaults=True)
    values = {"role": column.role.value, "type": column.type.value, "sensitivity": column.sensitivity.value} | told
    tidy = {k: int(v) if isinstance(v, float) and v.is_integer() and abs(v) < 1e15 else v for k, v in values.items()}
    return dump(tidy)


def _entry(values: Mapping[str, Any]) -> str:
    """Write an entry of a list, one line a key."""
    lines = [f"{_word(key)}: {dump([value])[1:-1]}" for key, value in values.items()]
    return "  - " + "\n    ".join(lines) + "\n"


def _replace(path: Path, text: str) -> None:
    """Swap the file in one step, so that a crash leaves the old one."""
    fresh = path.with_suffix(".yaml.new")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.chmod(path.stat().st_mode)
    fresh.replace(path)
