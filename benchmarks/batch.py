"""Compares batch scoring with a bare loop in memory over the same model; prints rows a second, ratio and memory."""

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from config import environment
from config.settings import ProblemType

CHUNK = 65_536
CATEGORIES = {"carrier": 16, "origin": 3, "dest": 104}
NUMBERS = ("weekday", "minute", "delay", "distance", "temp", "humid", "wind", "precip", "visib", "pressure")


def main() -> None:
    """Fit a model on made-up rows, score as many as asked for both ways, and print one line each."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000, help="rows of the batch")
    asked.add_argument("--family", default="gradient_boosting", help="a family of tasks/estimators.py")
    asked.add_argument("--suffix", default=".parquet", choices=[".parquet", ".csv"], help="the form of the input")
    options = asked.parse_args()
    environment.prepare()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        compare(Path(folder), options.rows, options.family, options.suffix)


def rows_of(size: int, seed: int) -> pd.DataFrame:
    """Make up rows of ten numbers and three categories."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.normal(0, 20, size).round(2) for name in NUMBERS})
    for name, count in CATEGORIES.items():
        frame[name] = np.array([f"{name}-{n}" for n in range(count)], dtype=object)[rng.integers(0, count, size)]
    return frame


def compare(folder: Path, rows: int, family: str, suffix: str) -> None:
    """Score a file of rows by the batch and from memory, and print both."""
    from tasks import batches, streams
    from tasks.surroundings import processors

    one, all_of_them = (model(family, threads=threads) for threads in (1, processors()))
    source = written(folder, rows, suffix)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    job = batches.Job(folder / "out.parquet", streams.open_source(str(source)), one, 1, "bench", (), "2026-01-01")
    begin = time.monotonic()
    batches.score(job, state=folder, told=lambda *_: None)
    whole = rows / (time.monotonic() - begin)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    bare = bare_loop(all_of_them, min(rows, 1_000_000))
    shown = f"batch {whole:,.0f} rows/s, bare loop {bare:,.0f} rows/s, {whole / bare:.0%}"
    print(f"{family}, {rows:,} rows as {suffix[1:]}: {shown}")
    print(f"peak memory {memory:,.0f} MiB, {peak:,.0f} MiB of it before the first row")


def model(family: str, *, threads: int) -> Any:
    """Fit a pipeline and open it as a package would be, to answer with so many threads."""
    from tasks import estimators, inference, parity
    from tasks.encoding import encoder_of
    from tasks.features import typed_frame
    from tasks.scoring import ColumnContract, Contract

    schema = dict.fromkeys(CATEGORIES, "category") | dict.fromkeys(NUMBERS, "number")
    rows = typed_frame(rows_of(60_000, seed=0), schema)
    target = (rows["delay"] + np.random.default_rng(1).normal(0, 20, len(rows)) > 15).astype(int)
    one = estimators.family(family)
    pipeline = one.build(schema, one.defaults, problem=ProblemType.BINARY, seed=0).fit(rows, target)
    columns = tuple(ColumnContract(name, kind, True) for name, kind in schema.items())
    contract = Contract("bench", "run", "binary", ("0", "1"), 0.5, columns)
    found = parity.prove(pipeline, {"some": rows[:2_000]}, contract, tolerance=1e-9)
    assert found.graph is not None, found.parity.reason
    session = inference.session_of(found.graph, threads=threads)
    return inference.Inference(inference.Form.ONNX, contract, pipeline, encoder_of(pipeline), session)


def written(folder: Path, rows: int, suffix: str) -> Path:
    """Write a file of so many rows, piece by piece."""
    import pyarrow.csv

    piece = pa.Table.from_pandas(rows_of(100_000, seed=2), preserve_index=False)
    path = folder / f"in{suffix}"
    make = pq.ParquetWriter if suffix == ".parquet" else pyarrow.csv.CSVWriter
    with make(path, piece.schema) as writer:
        for done in range(0, rows, len(piece)):
            writer.write_table(piece.slice(0, min(len(piece), rows - done)))
    return path


def bare_loop(opened: Any, rows: int) -> float:
    """Answer rows that are in memory already as arrays: encode and run, nothing else."""
    from tasks.encoding import columns_of_frame
    from tasks.features import typed_frame

    frame = typed_frame(rows_of(CHUNK, seed=2), {c.name: c.type for c in opened.contract.columns})
    columns, begin, done = columns_of_frame(frame), time.monotonic(), 0
    while done < rows:
        opened.predict(columns)
        done += CHUNK
    return done / (time.monotonic() - begin)


if __name__ == "__main__":
    main()
