"""The answers of a batch as a table, and the forms in which it and the refused rows are written."""

import contextlib
import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from config.errors import LifecycleError
from tasks.conformity import Fault
from tasks.encoding import Matrix
from tasks.streams import Chunk

if TYPE_CHECKING:
    from tasks.scoring import Contract

FAULTS_HEAD = b"row,source,source_row,column,reason\n"


def table(
    probabilities: Matrix, contract: "Contract", *, rows: NDArray[np.int64], version: int, at: str, keys: pa.Table
) -> pa.Table:
    """Put answers beside their row, key, model version and time; `rows` are places in the whole input, from 0."""
    size = len(rows)
    row: dict[str, Any] = {"row": pa.array(rows, pa.int64())}
    told = _figures(probabilities[:size], contract, size)
    told["model_version"] = pa.array(np.full(size, version), pa.int64())
    told["scored_at"] = pa.array([at] * size, pa.string())
    carried = {f"key_{n}" if n in row | told else n: _plain(keys[n]) for n in keys.column_names}
    return pa.table(row | carried | told)


def _figures(probabilities: Matrix, contract: "Contract", size: int) -> dict[str, Any]:
    if contract.problem == "regression":
        return {"value": pa.array(probabilities[:, 0] if size else [], pa.float64())}
    if contract.problem == "binary":
        case = probabilities[:, -1] if size else np.empty(0)
        threshold = 0.5 if contract.threshold is None else contract.threshold
        return {"positive": pa.array(case >= threshold, pa.bool_()), "probability": pa.array(case, pa.float64())}
    labels = np.array(contract.labels, dtype=object)
    best = labels[probabilities.argmax(axis=1)] if size else []
    columns = probabilities.T if size else np.empty((len(labels), 0))
    told = {f"probability_{label}": pa.array(c, pa.float64()) for label, c in zip(labels, columns, strict=True)}
    return {"label": pa.array(best, pa.string()), **told}


def _plain(column: pa.ChunkedArray) -> Any:
    """Give a key as it is; codes of text as text, so that every part has the same type."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def part_bytes(answers: pa.Table) -> bytes:
    """Give a part in Arrow's own form."""
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, answers.schema) as writer:
        writer.write_table(answers)
    return sink.getvalue()


def join(parts: Iterator[bytes], to: Any, suffix: str, contract: "Contract") -> None:
    """Write all parts as one Parquet or CSV file."""
    none = table(np.empty((0, 2)), contract, rows=np.empty(0, np.int64), version=0, at="", keys=pa.table({}))
    tables = (pa.ipc.open_file(pa.BufferReader(part)).read_all() for part in parts)
    first = next(tables, none)  # an input without a row has no key either
    with _keys_in_words(first, none):
        writer = _writer(to, suffix, first.schema)
    with writer:
        for each in itertools.chain([first], tables):
            with _keys_in_words(each, none):
                writer.write_table(each.cast(first.schema))


@contextlib.contextmanager
def _keys_in_words(answers: pa.Table, none: pa.Table) -> Iterator[None]:
    """Say which keys cannot be written, without a value: all else in a table of answers is ours (LifecycleError)."""
    try:
        yield
    except (pa.ArrowException, ValueError) as error:
        keys = [key for key in answers.schema if key.name not in none.column_names]
        told = ", ".join(f"{key.name} is {str(key.type)[:100]}" for key in keys[:5])
        raise LifecycleError(
            f"the keys cannot stand beside those of other parts, or in OUT: {told or 'there is none'}",
            expected="the same keys in every part of the input, each of one type that OUT can hold",
            next_step="name others with --key, or correct the input",
        ) from error


def _writer(to: Any, suffix: str, schema: pa.Schema) -> Any:
    import pyarrow.csv
    import pyarrow.parquet

    if suffix == ".csv":
        return pyarrow.csv.CSVWriter(to, schema)
    return pyarrow.parquet.ParquetWriter(to, schema, compression="zstd")


def faults_bytes(chunk: Chunk, faults: Sequence[Fault], *, first: int) -> bytes:
    """Name the refused rows of a chunk, a line a fault, without their values; rows are counted from 0."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for line, words in chunk.broken:
        writer.writerow(["", chunk.source, "", "", f"line {line}: {words}"])
    for fault in faults:
        writer.writerow([first + fault.row, chunk.source, chunk.first + fault.row, fault.column, fault.reason])
    return text.getvalue().encode()
