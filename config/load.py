"""Reads the YAML files once, environment variables on top, into frozen settings; refuses in words."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from config import yaml_text
from config.consistency import contradictions
from config.errors import ConfigError
from config.problems import Problem, dotted, nearest, problems_of, refuse
from config.settings import Settings
from config.writing import write_columns
from config.yaml_text import Key

__all__ = ["FILES", "Setting", "Shown", "explain", "file_sha256", "load", "schema", "write_columns"]

FILES: dict[str, type[BaseModel]] = {name: field.annotation for name, field in Settings.model_fields.items()}  # type: ignore[misc]
PREFIX = "LIFECYCLE_"
OVERRIDABLE = ("runtime",)  # the other files are tracked: what a run used must be what they say
# Variables that the tools' own users set; ours and a changed file come before them.
TOOLS = {"tracking_uri": "MLFLOW_TRACKING_URI", "prefect_api_url": "PREFECT_API_URL"}


@dataclass(frozen=True)
class Setting:
    """One value in force, and where it came from."""

    file: str
    key: str
    value: Any
    source: str


@dataclass(frozen=True)
class Shown:
    """Every value in force."""

    schema: int
    settings: tuple[Setting, ...]


class _Read(NamedTuple):
    values: dict[str, Any]
    sources: dict[Key, str]


def load(root: Path = Path(".")) -> Settings:
    """Read every file of config/; raise ConfigError naming file, key, what was seen and what is allowed."""
    return _checked(_merged(root))


def explain(root: Path = Path(".")) -> Shown:
    """List every value in force with the file and line, the variable, or the default it came from."""
    read = _merged(root)
    settings = _checked(read)
    rows = (
        Setting(name, dotted(key), _without_password(value), read[name].sources.get(key, "default"))
        for name in FILES
        for key, value in _leaves(getattr(settings, name).model_dump(mode="json"), ())
    )
    return Shown(1, tuple(rows))


def _without_password(value: Any) -> Any:
    """Hide the password of an address, which a store may need and nobody should read over a shoulder."""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", value) if isinstance(value, str) else value


def schema() -> dict[str, Any]:
    """Give the JSON schema of all files together, one property a file."""
    return Settings.model_json_schema()


def file_sha256(name: str, root: Path = Path(".")) -> str:
    """Hash the bytes of config/<name>.yaml."""
    return hashlib.sha256((root / "config" / f"{name.removesuffix('.yaml')}.yaml").read_bytes()).hexdigest()


def _checked(read: Mapping[str, _Read]) -> Settings:
    """Validate file by file, strictly, so that all that is wrong is told at once."""
    parts: dict[str, BaseModel] = {}
    problems: list[Problem] = []
    for name, model in FILES.items():
        try:
            # As JSON: strict about kinds (no text for numbers), while lists, dates and enums have their written form.
            parts[name] = model.model_validate_json(json.dumps(read[name].values), strict=True)
        except ValidationError as error:
            problems += problems_of(error, name, model, read[name].sources)
    refuse(problems)
    settings = Settings(**parts)
    refuse(contradictions(settings, {name: part.sources for name, part in read.items()}))
    return settings


def _merged(root: Path) -> dict[str, _Read]:
    """Read all files and lay the environment over them."""
    read: dict[str, _Read] = {}
    for name in FILES:
        document = yaml_text.read(root, name)
        sources = {key: f"config/{name}.yaml, line {line}" for key, line in document.lines.items()}
        read[name] = _Read(document.values, sources)
    _honour_tools(read["runtime"])
    for variable in sorted(v for v in os.environ if v.startswith(PREFIX) and "__" in v):
        _override(read, variable, os.environ[variable])
    return read


def _honour_tools(runtime: _Read) -> None:
    for key, variable in TOOLS.items():
        default = FILES["runtime"].model_fields[key].default
        if os.environ.get(variable) and runtime.values.get(key, default) == default:
            runtime.values[key] = os.environ[variable]
            runtime.sources[(key,)] = variable


def _override(read: Mapping[str, _Read], variable: str, text: str) -> None:
    """Set one value from LIFECYCLE_<FILE>__<KEY>__<KEY>; names are matched without regard to case."""
    name, *parts = variable.removeprefix(PREFIX).lower().split("__")
    if name not in FILES:
        problem = Problem(f"environment variable {variable}", f"there is no config/{name}.yaml", nearest(name, FILES))
        refuse([problem])
    if name not in OVERRIDABLE:
        raise ConfigError(
            f"environment variable {variable} would change config/{name}.yaml unseen by DVC and its readers",
            expected=f"{PREFIX}<FILE>__<KEY>__<KEY> with FILE one of: {', '.join(OVERRIDABLE)}",
            next_step=f"unset it and change config/{name}.yaml",
        )
    try:
        value = yaml_text.scalar(text, name)
        key = _set(read[name].values, parts, value)
    except (ConfigError, LookupError, TypeError) as error:
        raise ConfigError(
            f"environment variable {variable}={text!r} cannot be laid over config/{name}.yaml: {error}",
            expected=f"{PREFIX}<FILE>__<KEY>__<KEY>=<YAML value>, lists by index",
            next_step="unset it, or see `lifecycle config show`",
        ) from error
    sources = read[name].sources
    for stale in [k for k in sources if k[: len(key)] == key]:
        del sources[stale]
    sources.update({(*key, *below): variable for below, _ in _leaves(value, ())} | {key: variable})


def _set(values: dict[str, Any], parts: list[str], value: Any) -> Key:
    """Set a value deep inside; give the key as it is spelt there."""
    place: Any = values
    key: list[str | int] = []
    for depth, part in enumerate(parts):
        word: str | int = int(part) if isinstance(place, list) else _spelt(place, part)
        key.append(word)
        if depth == len(parts) - 1:
            place[word] = value
        elif isinstance(place, dict):
            place = place.setdefault(word, {})
        else:
            place = place[word]
    return tuple(key)


def _spelt(place: Mapping[str, Any], part: str) -> str:
    return next((word for word in place if word.lower() == part), part)


def _leaves(value: Any, key: Key) -> Iterator[tuple[Key, Any]]:
    """Walk to the values that hold no others; an empty list or mapping is a value."""
    if isinstance(value, dict) and value:
        for word, below in value.items():
            yield from _leaves(below, (*key, word))
    elif isinstance(value, list) and value:
        for index, below in enumerate(value):
            yield from _leaves(below, (*key, index))
    else:
        yield key, value
