"""Writes described columns into data.yaml and leaves the rest of its text alone."""

import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from config.errors import ConfigError
from config.settings import Column
from config.yaml_text import compose, dump, text_of


def write_columns(root: Path, columns: Mapping[str, Column]) -> None:
    """Replace the `columns:` block of config/data.yaml, comments and all other keys untouched."""
    path = root / "config" / "data.yaml"
    text = text_of(path, "data")
    start, end = _block(text)
    block = "columns:\n" + "".join(f"  {_word(name)}: {_line(column)}\n" for name, column in columns.items())
    _replace(path, text[:start] + block + text[end:])


def _block(text: str) -> tuple[int, int]:
    """Find where the block of `columns:` starts and ends; the end of the text where there is none."""
    node = compose(text, "data")
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise ConfigError("config/data.yaml holds no block of keys", expected="`key: value` lines")
    for key, value in node.value:
        if key.value == "columns":
            end = value.end_mark.index
            newline = text.find("\n", end)
            # A block ends where the next key starts, a flow value in the middle of its line.
            flow = isinstance(value, yaml.ScalarNode) or value.flow_style
            return key.start_mark.index, (len(text) if newline < 0 else newline + 1) if flow else end
    return len(text), len(text)


def _word(name: str) -> str:
    return dump([name])[1:-1]


def _line(column: Column) -> str:
    """Write a column on one line: its role and type, then what differs from the defaults."""
    told = column.model_dump(mode="json", exclude_defaults=True)
    values = {"role": column.role.value, "type": column.type.value, "sensitivity": column.sensitivity.value} | told
    tidy = {k: int(v) if isinstance(v, float) and v.is_integer() and abs(v) < 1e15 else v for k, v in values.items()}
    return dump(tidy)


def _replace(path: Path, text: str) -> None:
    """Swap the file in one step, so that a crash leaves the old one."""
    fresh = path.with_suffix(".yaml.new")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.chmod(fresh, path.stat().st_mode)
    os.replace(fresh, path)
