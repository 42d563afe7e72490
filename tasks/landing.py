"""Lands what the source holds as a snapshot with a manifest, and reads windows of it."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ConfigError, LifecycleError
from config.settings import Data, Window
from tasks import files, origin, sources, tables

if TYPE_CHECKING:
    import pandas as pd

CODE = tuple(Path(__file__).with_name(name) for name in ("sources.py", "flights.py", "parsing.py", "landing.py"))


@dataclass(frozen=True)
class Manifest:
    """What was landed, from where, under which terms; the same for the same input."""

    dataset: str
    reader: str
    rows: int
    columns: dict[str, str]
    sha256: str
    source_sha256: str
    window: dict[str, str] | None
    configured: dict[str, str] | None  # the window that config/data.yaml asked for at that time
    newest_row: str | None
    sources: list[dict[str, str]]
    licence: str
    purpose: str
    owner: str
    code_sha256: str = ""  # of the code that read the source; older manifests do not say
    schema: int = 1


def land(data: Data, *, window: Window | None, destination: Path) -> Manifest:
    """Write the source's rows of the window and all incoming rows to destination; skip it when nothing changed."""
    read = listed(data)
    origin.refuse_strangers(data, read)
    source = _fingerprint(data, window, read)
    if (before := landed(destination)) and before.source_sha256 == source and _holds(destination, before):
        return before
    _refuse_doubles(read)
    rows = read_rows(data, window=window)
    if rows.empty:
        raise _no_rows(data, window)
    if listed(data) != read:
        raise LifecycleError(
            "the files of the source changed while they were read",
            expected="files that are put in place whole",
            next_step="run `lifecycle run` again when they are complete",
        )
    digest = tables.write_parquet(rows, destination / "rows.parquet")
    newest = _newest(rows, data)
    manifest = Manifest(
        dataset=data.source.path or data.source.reader,
        reader=data.source.reader,
        rows=len(rows),
        columns={str(name): str(kind) for name, kind in rows.dtypes.items()},
        sha256=digest,
        source_sha256=source,
        window=_span(window),
        configured=_span(data.window),
        newest_row=newest.isoformat() if newest else None,
        sources=read,
        licence=data.source.licence,
        purpose=data.source.purpose,
        owner=data.source.owner,
        code_sha256=_code(),
    )
    files.write_json(destination / "manifest.json", asdict(manifest))
    return manifest


def _refuse_doubles(read: list[dict[str, str]]) -> None:
    """Refuse the same bytes under two names: a batch that was handed in twice counts twice."""
    names: dict[str, list[str]] = {}
    for file in read:
        names.setdefault(file["sha256"], []).append(file["path"])
    for same in (paths for paths in names.values() if len(paths) > 1):
        raise LifecycleError(
            f"{', '.join(same[:5])} hold the same bytes: a batch was handed in twice",
            expected="each batch once",
            next_step=f"remove {same[-1]}, then run `lifecycle run` again",
        )


def landed(destination: Path) -> Manifest | None:
    """Read the manifest of what was landed, if anything was."""
    path = destination / "manifest.json"
    if not path.exists():
        return None
    try:
        return Manifest(**files.read_json(path))
    except TypeError as error:
        raise LifecycleError(f"{path} is not a manifest: {error}", next_step=f"remove {destination}") from error


def window_to_land(data: Data, before: Manifest | None, *, until: date | None) -> Window | None:
    """Give the span to land: `until` if asked, else what was landed last, as long as the configuration is the same."""
    if data.window is None:
        return None
    end = data.window.end
    if before and before.window and before.configured == _span(data.window):
        end = date.fromisoformat(before.window["end"])
    return Window(start=data.window.start, end=until or end)


def rows_between(data: Data, start: date, end: date) -> "pd.DataFrame":
    """Read the rows from start, included, to end, excluded (UTC), incoming files among them; nothing is landed."""
    rows = read_rows(data, window=None)
    if data.time_column is None:
        raise ConfigError("config/data.yaml: columns: no column has role 'time'", expected="one, to cut a window by")
    return _within(rows, data.time_column, _instant(start), _instant(end)).reset_index(drop=True)


def read_rows(data: Data, *, window: Window | None) -> "pd.DataFrame":
    """Read source (its rows of the window) and incoming files (all rows), each column typed where it fits its type."""
    from tasks.parsing import conform, infer

    def typed(rows: "pd.DataFrame") -> "pd.DataFrame":
        return conform(rows, data.columns) if data.columns else infer(rows)

    rows = typed(sources.reader(data.source.reader)(data.source.path).rows())
    if window and data.time_column in rows and hasattr(rows[data.time_column], "dt"):
        rows = _within(rows, str(data.time_column), _instant(window.start), _instant(window.end))
    arrived = [typed(sources.read_file(path)) for path in sources.incoming(data.source.incoming)]
    rows = typed(sources.stack([rows, *arrived])) if arrived else rows
    return _retained(rows, data, window).reset_index(drop=True)


def is_current(data: Data, *, window: Window | None, destination: Path) -> bool:
    """Tell whether the snapshot is that of the source as it is now; reads no row and imports nothing heavy."""
    before = landed(destination)
    same = before is not None and before.source_sha256 == _fingerprint(data, window, listed(data))
    return same and before is not None and _holds(destination, before)


def listed(data: Data) -> list[dict[str, str]]:
    """List every file that landing reads, by name and digest."""
    own = sources.reader(data.source.reader)(data.source.path).files
    everything = (*own, *sources.incoming(data.source.incoming))
    return [{"path": _shown(path), "sha256": files.sha256_file(path)} for path in everything]


def _fingerprint(data: Data, window: Window | None, read: list[dict[str, str]]) -> str:
    """Tell two landings apart without reading a row: by files, window, declared types, and the code that reads."""
    kinds = {name: column.type for name, column in data.columns.items()}
    return files.sha256_json([data.source.reader, read, _span(window), kinds, data.retention_days, _code()])


def _code() -> str:
    return files.sha256_json([files.sha256_file(path) for path in CODE])


def _holds(destination: Path, manifest: Manifest) -> bool:
    path = destination / "rows.parquet"
    return path.is_file() and files.sha256_file(path) == manifest.sha256


def _within(rows: "pd.DataFrame", column: str, start: datetime, end: datetime) -> "pd.DataFrame":
    """Keep the rows from start to before end, and those without a time: the contract judges them."""
    times = rows[column]
    return rows[times.isna() | ((times >= start) & (times < end))]


def _retained(rows: "pd.DataFrame", data: Data, window: Window | None) -> "pd.DataFrame":
    """Leave out rows older than the retention allows, counted from the end of the window or the newest row."""
    newest = _instant(window.end) if window else _newest(rows, data)
    if data.retention_days is None or newest is None:
        return rows
    times = rows[str(data.time_column)]
    return rows[times.isna() | (times >= newest - timedelta(days=data.retention_days))]


def _newest(rows: "pd.DataFrame", data: Data) -> datetime | None:
    if data.time_column not in rows or not hasattr(rows[data.time_column], "dt"):
        return None
    newest = rows[data.time_column].max()
    return newest.to_pydatetime() if newest == newest else None


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _span(window: Window | None) -> dict[str, str] | None:
    return {"start": window.start.isoformat(), "end": window.end.isoformat()} if window else None


def _shown(path: Path) -> str:
    """Name a file the same on every machine: below its package, relative to the project, or by its last three parts."""
    whole = path.resolve()
    if "site-packages" in whole.parts:
        return "/".join(whole.parts[whole.parts.index("site-packages") + 1 :])
    return whole.relative_to(Path.cwd()).as_posix() if whole.is_relative_to(Path.cwd()) else "/".join(whole.parts[-3:])


def _no_rows(data: Data, window: Window | None) -> LifecycleError:
    span = f" from {window.start} to before {window.end}" if window else ""
    return LifecycleError(
        f"the source has no rows{span}",
        expected=f"at least {data.minimum_rows}",
        next_step="check `source` and `window` in config/data.yaml",
    )
