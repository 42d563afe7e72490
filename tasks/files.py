"""Files that are either whole or absent, and the digests that speak of them."""

import contextlib
import dataclasses
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm, LifecycleError

BLOCK = 1 << 20


def now() -> datetime:
    """Give the present instant, in UTC."""
    return datetime.now(UTC)


def write_bytes_atomically(path: Path | str, data: bytes, *, mode: int = 0o644) -> Path:
    """Replace a file whole: a reader, or a crash, sees the old content or the new, never a third thing."""
    path = Path(path)
    temporary = stage(path, data, mode=mode)
    try:
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return path


def stage(path: Path, data: bytes, *, mode: int = 0o644) -> Path:
    """Write data to a new temporary file beside path, flushed to the disk, and give its name (LifecycleError)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise LifecycleError(
            f"{path} could not be written: {error.strerror}",
            expected="a writable folder with free space",
            next_step="free space or fix the permissions, then run the same command again: the old content is intact",
        ) from error
    return temporary


def sync_folder(folder: Path) -> None:
    """Flush a folder's own entries, so that a new name outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems refuse fsync of a folder
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def plain(value: Any) -> Any:
    """Turn a value into what JSON knows: dataclasses, models, enums, dates, paths, numpy scalars and sets included."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | str():
            return value
        case int() | float():  # numpy's float64 is a float: give Python's own
            return int(value) if isinstance(value, int) else float(value)
        case Mapping():
            return {_key(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted(plain(item) for item in value)
        case _:
            return _foreign(value)


def _key(key: Any) -> str:
    return key if type(key) is str else str(plain(key))


def _foreign(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, Path):
        return value.as_posix()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(mode="json"))
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return plain(value.tolist())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def canonical(value: Any) -> bytes:
    """Give the one compact byte form of a value: sorted keys, no spaces, NaN refused (ValueError)."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return text.encode()


def pretty(value: Any) -> bytes:
    """Give the byte form that people read: sorted keys, indented by two, NaN refused (ValueError)."""
    text = json.dumps(plain(value), sort_keys=True, indent=2, allow_nan=False, ensure_ascii=False)
    return text.encode() + b"\n"


def write_json(path: Path | str, value: Any) -> Path:
    """Write a value as readable JSON, atomically; NaN and infinity are refused (ValueError)."""
    return write_bytes_atomically(path, pretty(value))


def read_json(path: Path | str) -> dict[str, Any]:
    """Read one JSON object; a missing, broken or ambiguous file is refused in words (LifecycleError)."""
    try:
        value = parse_json(Path(path).read_bytes())
    except FileNotFoundError as error:
        raise LifecycleError(f"{path} is not there", next_step="run `lifecycle run`") from error
    except (ValueError, OSError) as error:
        raise LifecycleError(f"{path} cannot be read as JSON: {error}", expected="one JSON object") from error
    if not isinstance(value, dict):
        raise LifecycleError(f"{path} holds a JSON {type(value).__name__}", expected="one JSON object")
    return value


def parse_json(data: bytes) -> Any:
    """Parse JSON, refusing duplicate keys, NaN and infinity (ValueError)."""
    try:
        return json.loads(data, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is given twice")
    return result


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def sha256_bytes(data: bytes) -> str:
    """Give the SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path | str) -> str:
    """Give the SHA-256 of a file's bytes, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_json(value: Any) -> str:
    """Give the SHA-256 of a value's canonical JSON, in hex."""
    return sha256_bytes(canonical(value))


def list_tree(folder: Path | str, *, ignore: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """List every file under a folder as {path, size, sha256}, sorted; links and devices raise IntegrityAlarm."""
    folder = Path(folder)
    listed = []
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise IntegrityAlarm(f"{path} is a link or a device", expected="plain files and folders only")
        if path.is_file() and name not in ignore:
            listed.append({"path": name, "size": path.stat().st_size, "sha256": sha256_file(path)})
    return listed


def tree_digest(folder: Path | str, *, ignore: tuple[str, ...] = ()) -> str:
    """Give one SHA-256 over every file of a folder: its sorted (path, size, sha256); links are refused."""
    return sha256_json([[f["path"], f["size"], f["sha256"]] for f in list_tree(folder, ignore=ignore)])
