"""Reads and writes config/lenses/: the lenses that were imported, and what was settled about each."""

import json
import os
from pathlib import Path

from pydantic import ValidationError

from config import yaml_text
from config.errors import ConfigError
from config.problems import Problem, problems_of, refuse
from config.settings.lenses import ImportedLens

FOLDER = Path("config") / "lenses"
HEAD = """\
# Taken in by `lifecycle lens import`; the lens is {id}.json beside this file, byte for byte as it came.
# `phase` and `pillars` are yours to change: they say where its practices stand in the review.
"""


def load(root: Path = Path(".")) -> tuple[tuple[ImportedLens, bytes], ...]:
    """Read every imported lens with the bytes of its file (ConfigError)."""
    folder = root / FOLDER
    ids = sorted({path.stem for path in folder.glob("*") if path.suffix in (".yaml", ".json")})
    return tuple((record := read(root, id), _file(root, record)) for id in ids)


def read(root: Path, id: str) -> ImportedLens:
    """Read what was settled about one lens (ConfigError)."""
    name = f"lenses/{id}"
    document = yaml_text.read(root, name)
    sources = {key: f"config/{name}.yaml, line {line}" for key, line in document.lines.items()}
    try:
        record = ImportedLens.model_validate_json(json.dumps(document.values), strict=True)
    except ValidationError as error:
        refuse(problems_of(error, name, ImportedLens, sources))
        raise
    if record.id != id:
        refuse([Problem(sources.get(("id",), name), f"the id {record.id} in the file of {id}", f"id: {id}")])
    return record


def _file(root: Path, record: ImportedLens) -> bytes:
    path = root / FOLDER / f"{record.id}.json"
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{FOLDER / path.name} cannot be read: {error.strerror}",
            expected="the lens that was imported; a lens that is not read would be a gate that is not held",
            next_step="restore it from git, or import the lens again",
        ) from error


def exists(id: str, root: Path = Path(".")) -> bool:
    """Tell whether a lens of this id was imported."""
    return (root / FOLDER / f"{id}.yaml").is_file()


def write(record: ImportedLens, data: bytes, root: Path = Path(".")) -> Path:
    """Keep a lens as it came, and then what was settled about it; give the folder."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / f"{record.id}.json", data)
    _replace(folder / f"{record.id}.yaml", _text(record).encode())
    return folder


def _text(record: ImportedLens) -> str:
    values = record.model_dump(mode="json")
    lines = [f"{key}: {yaml_text.dump([value])[1:-1]}" for key, value in values.items() if key != "practices"]
    practices = [f"  {yaml_text.dump([place])[1:-1]}: {id}" for place, id in record.practices.items()]
    return HEAD.format(id=record.id) + "\n".join([*lines, "practices:", *practices]) + "\n"


def _replace(path: Path, data: bytes) -> None:
    """Swap the file in one step, so that a crash leaves the old one."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
