"""Parquet files that are whole or absent, the same bytes for the same rows, and read only if their digest fits."""

import contextlib
import io
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import IntegrityAlarm, LifecycleError
from tasks import files

if TYPE_CHECKING:
    import pandas as pd


def write_parquet(rows: "pd.DataFrame", path: Path) -> str:
    """Write rows atomically, without their index, and give the SHA-256 of the file (LifecycleError on a full disk)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows.to_parquet(temporary, index=False, compression="zstd")
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        digest = files.sha256_file(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise LifecycleError(
            f"{path} could not be written: {error.strerror or error}",
            expected="a writable folder with free space",
            next_step="free space or fix the permissions, then run the same command again: the old content is intact",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    files.sync_folder(path.parent)
    return digest


def read_parquet(path: Path, *, sha256: str | None = None) -> "pd.DataFrame":
    """Read a file once and judge the very bytes that were read: another digest is an IntegrityAlarm."""
    import pandas as pd
    import pyarrow as pa

    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise LifecycleError(f"{path} is not there", next_step="run `lifecycle run`") from error
    if sha256 and (seen := files.sha256_bytes(data)) != sha256:
        raise IntegrityAlarm(
            f"{path} has the SHA-256 {seen[:12]}…, its record says {sha256[:12]}…",
            expected="the file that was recorded",
            next_step="find out who changed it; `dvc checkout --force` brings back what was recorded",
        )
    try:
        return pd.read_parquet(io.BytesIO(data))
    except (pa.ArrowInvalid, OSError) as error:
        raise LifecycleError(
            f"{path} cannot be read as Parquet: {str(error)[:200]}",
            expected="a whole Parquet file",
            next_step="replace or remove the file, then run `lifecycle run` again",
        ) from error
