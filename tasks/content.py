"""The digest of what a model's files say, without what names the run: equal for models that were built alike."""

import zipfile
from pathlib import Path
from typing import Any

import yaml

from tasks import files
from tasks.packaging import ADDED, MODEL

MLMODEL = "MLmodel"
# What MLflow writes of the run that logged the model, not of the model.
OF_THE_RUN = ("artifact_path", "model_id", "model_size_bytes", "model_uuid", "run_id", "utc_time_created")


def content_digest(folder: Path) -> str:
    """Give one SHA-256 over what the model's own files say."""
    own = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in ADDED)
    return files.sha256_json([[path.relative_to(folder).as_posix(), _digest(path)] for path in own])


def _digest(path: Path) -> str:
    if path.name == MODEL:
        return _of_skops(path)
    if path.name == MLMODEL:
        about = yaml.safe_load(path.read_text())
        return files.sha256_json({name: value for name, value in about.items() if name not in OF_THE_RUN})
    return files.sha256_file(path)


def _of_skops(path: Path) -> str:
    """Hash schema and arrays: skops names objects by their address in memory, and the archive keeps the time."""
    with zipfile.ZipFile(path) as archive:
        schema = files.parse_json(archive.read("schema.json"))
        arrays = {name: files.sha256_bytes(archive.read(name)) for name in archive.namelist() if name != "schema.json"}
    return files.sha256_json(_named_by_content(schema, arrays, {}))


def _named_by_content(value: Any, arrays: dict[str, str], seen: dict[int, int]) -> Any:
    """Number objects in the order in which they are met, and name arrays by their content."""
    if isinstance(value, list):
        return [_named_by_content(item, arrays, seen) for item in value]
    if not isinstance(value, dict):
        return value
    named = {key: _named_by_content(item, arrays, seen) for key, item in value.items() if key not in ("__id__", "file")}
    if "__id__" in value:
        named["__id__"] = seen.setdefault(value["__id__"], len(seen))
    if "file" in value:
        named["file"] = arrays.get(value["file"], value["file"]) if isinstance(value["file"], str) else value["file"]
    return named
