"""Rows of a batch, chunk by chunk in bounded memory: CSV and Parquet (a file, a folder, a pattern) and SQL."""

import contextlib
import csv
import glob
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from config.errors import ConfigError, LifecycleError
from tasks import files

CHUNK = 65_536  # rows
BLOCK = 8 << 20  # bytes of CSV that are parsed at a time
MOST_BROKEN = 10_000  # lines of another length; more of them, and it is another file than was meant
KINDS = {".csv": "csv", ".parquet": "parquet"}


@dataclass(frozen=True)
class Chunk:
    """Some rows: the file they are from, the place of the first one in it, and lines that are no rows."""

    source: str
    first: int
    rows: pa.Table
    broken: tuple[tuple[int, str], ...] = ()  # number of the line, reason


@dataclass(frozen=True)
class Source:
    """Where rows come from: what tells it from another, how to read it, whether it can go on from a place."""

    identity: tuple[Any, ...]
    chunks: Callable[[Sequence[str]], Iterator[Chunk]]
    total: int | None = None  # rows, where that is known without reading
    resumable: bool = True  # the same identity means the same rows in the same order
    files: tuple[Path, ...] = ()


def open_source(place: str, *, table: str = "", query: str = "") -> Source:
    """Find what is to be scored (ConfigError, LifecycleError)."""
    if "://" in place:
        return _database(place, table=table, query=query)
    if table or query:
        raise ConfigError("--table and --query are for a database", expected="an address such as sqlite:///rows.db")
    return _files(_found(place))


def _found(place: str) -> list[Path]:
    path = Path(place)
    if path.is_dir():
        listed = [p for p in sorted(path.rglob("*")) if p.suffix.lower() in KINDS and not _hidden(p, path)]
    else:
        listed = [path] if path.is_file() else [Path(name) for name in sorted(glob.glob(place, recursive=True))]
    listed = [p for p in listed if p.is_file()]
    if not listed or any(p.suffix.lower() not in KINDS for p in listed):
        seen = f"{len(listed)} files, not all of them CSV or Parquet" if listed else "no file"
        raise ConfigError(
            f"{place!r} names {seen}",
            expected="a .csv or .parquet file, a folder of such, a pattern, or the address of a database",
            next_step="lifecycle score INPUT OUTPUT",
        )  # fmt: skip
    return listed


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.relative_to(root).parts)


def _files(paths: list[Path]) -> Source:
    import pyarrow.parquet as pq

    identity = tuple((p.as_posix(), p.stat().st_size, files.sha256_file(p)) for p in paths)
    total = 0
    for path in paths:
        if KINDS[path.suffix.lower()] == "csv":
            return Source(identity, lambda names: _chunks_of(paths, names), files=tuple(paths))
        with _in_words(path):
            total += pq.ParquetFile(path).metadata.num_rows
    return Source(identity, lambda names: _chunks_of(paths, names), total, files=tuple(paths))


def _chunks_of(paths: list[Path], names: Sequence[str]) -> Iterator[Chunk]:
    for path in paths:
        with _in_words(path):
            read = _csv if KINDS[path.suffix.lower()] == "csv" else _parquet
            yield from read(path, names)


def _parquet(path: Path, names: Sequence[str]) -> Iterator[Chunk]:
    import pyarrow.parquet as pq

    file, first = pq.ParquetFile(path, memory_map=False, pre_buffer=False), 0
    _demand_distinct(file.schema_arrow.names, path.as_posix())
    columns = [name for name in names if name in file.schema_arrow.names]
    for batch in file.iter_batches(batch_size=CHUNK, columns=columns, use_threads=False):
        yield Chunk(path.as_posix(), first, pa.Table.from_batches([batch]))
        first += batch.num_rows


def _csv(path: Path, names: Sequence[str]) -> Iterator[Chunk]:
    """Read every column as text: what a value is, is the contract's word. A line of another length is no row."""
    import pyarrow.csv as pacsv

    broken: list[tuple[int, str]] = []  # told at the file's end: the parser runs ahead of the rows that it gives

    def skip(row: Any) -> str:
        broken.append((row.number, f"{row.actual_columns} values for {row.expected_columns} columns"))
        return "skip" if len(broken) <= MOST_BROKEN else "error"

    header = _header(path)
    _demand_distinct(header, path.as_posix())
    wanted = [name for name in names if name in header]
    convert = pacsv.ConvertOptions(
        column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted, null_values=[""],
        strings_can_be_null=True, quoted_strings_can_be_null=False,
    )  # fmt: skip
    reader = pacsv.open_csv(
        path, read_options=pacsv.ReadOptions(block_size=BLOCK, use_threads=False),
        parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip), convert_options=convert,
    )  # fmt: skip
    first = 0
    for batch in reader:
        yield Chunk(path.as_posix(), first, pa.Table.from_batches([batch]))
        first += batch.num_rows
    if broken:
        yield Chunk(
            path.as_posix(), first, pa.table({name: pa.array([], pa.string()) for name in wanted}), tuple(broken)
        )


def _demand_distinct(names: Sequence[str], place: str) -> None:
    """Refuse a column that is named twice: which of the two is meant, nobody says."""
    if len(set(names)) != len(names):
        raise LifecycleError(f"{place} names a column twice", expected="each column under a name of its own")


def _header(path: Path) -> list[str]:
    """Read the first line: no value of another line is looked at."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return next(csv.reader(text), [])


def _database(address: str, *, table: str, query: str) -> Source:
    """Read a table in the order of its key, or a query in its own; what changed meanwhile is another input."""
    if bool(table) == bool(query):
        raise ConfigError("a database needs --table or --query, one of them", expected="--table NAME")
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(address)
        asked: Any = sa.text(query) if query else _ordered(engine, table)
    except (sa.exc.SQLAlchemyError, ImportError, ValueError) as error:
        raise ConfigError(f"the database cannot be read: {_short(error)}", expected="its address and table") from error
    shown = engine.url.render_as_string(hide_password=True)
    return Source(("sql", shown, table or query), lambda names: _rows_of(engine, asked, shown), resumable=False)


def _ordered(engine: Any, table: str) -> Any:
    import sqlalchemy as sa

    schema, _, name = table.rpartition(".")
    found = sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=engine)
    return sa.select(found).order_by(*(found.primary_key.columns or found.columns))


def _rows_of(engine: Any, asked: Any, shown: str) -> Iterator[Chunk]:
    import sqlalchemy as sa

    first = 0
    try:
        with engine.connect().execution_options(stream_results=True, yield_per=CHUNK) as connection:
            result = connection.execute(asked)
            names = list(result.keys())
            _demand_distinct(names, shown)
            for rows in result.partitions():
                columns = list(zip(*rows, strict=True))
                table = pa.table({name: _array(values) for name, values in zip(names, columns, strict=True)})
                yield Chunk(shown, first, table)
                first += len(rows)
    except sa.exc.SQLAlchemyError as error:
        raise LifecycleError(f"the database cannot be read: {_short(error)}", expected="a table or query") from error


def _array(values: Sequence[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a column of several types, as SQLite has them: the contract decides
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error).strip() else type(error).__name__


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Say which file could not be read, and why, without a traceback (LifecycleError)."""
    try:
        yield
    except (pa.ArrowException, csv.Error, OSError, UnicodeDecodeError) as error:
        raise LifecycleError(
            f"{path} cannot be read: {_short(error)}", expected="a sound CSV or Parquet file",
            next_step="correct the file, then run the same command again: what was scored of it is not scored twice",
        ) from error  # fmt: skip
