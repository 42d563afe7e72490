"""Measures the data stage on many rows, 10 million unless told: audit, profile, split, search for leaks."""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from config import environment

COLUMNS = 10
T = TypeVar("T")


def made(n: int) -> pd.DataFrame:
    """Make rows of ten 32-bit numbers, a time, a place and a label that the numbers tell of."""
    random = np.random.default_rng(0)
    numbers = {f"x{i}": random.standard_normal(n, dtype=np.float32).astype("float64") for i in range(COLUMNS)}
    late = numbers["x0"] + random.standard_normal(n, dtype=np.float32) > 0
    times = pd.date_range("2010-01-01", periods=n, freq="s", tz="UTC").as_unit("us")
    place = pd.array(np.array(["north", "south", "west"])[random.integers(0, 3, n)], dtype="str")
    return pd.DataFrame(numbers | {"when": times, "place": place, "late": late})


def timed(what: str, step: Callable[[], T]) -> T:
    """Run a step and print its seconds on the clock and of CPU, and the largest memory so far."""
    begun, spent = time.monotonic(), time.process_time()
    answer = step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{what:28} {time.monotonic() - begun:8.1f} s {time.process_time() - spent:8.1f} s CPU {peak:6.2f} GiB",
        flush=True,
    )
    return answer


def measure(n: int, folder: Path) -> None:
    """Go through the data stage by its tasks, from a Parquet file to written parts."""
    from config.settings import Bounds, Column, ColumnType, Data, Role, Source, Split
    from tasks import fingerprints, leakage, parts, profiling, splitting, tables
    from tasks.audit import audit

    number = Column(type=ColumnType.NUMBER, minimum=-10, maximum=10)
    columns = {f"x{i}": number for i in range(COLUMNS)} | {
        "when": Column(role=Role.TIME, type=ColumnType.TIMESTAMP),
        "place": Column(type=ColumnType.CATEGORY),
        "late": Column(role=Role.TARGET, type=ColumnType.BOOLEAN),
    }
    source = Source(reader="parquet", path="", licence="CC0-1.0", purpose="measuring", owner="nobody")
    data = Data(source=source, target="late", columns=columns)
    params = Split(strategy="time", horizon_hours=1)
    digest = timed("write", lambda: tables.write_parquet(made(n), folder / "rows.parquet"))
    begun, spent = time.monotonic(), time.process_time()
    rows = timed("read and digest", lambda: tables.read_parquet(folder / "rows.parquet", sha256=digest))
    audited = timed("audit", lambda: audit(rows, data, data_sha256=digest, docs=None))
    assert audited.validation.success, audited.validation.broken
    timed("profile", lambda: profiling.profile(rows, data, data_sha256=digest))
    split = timed("split", lambda: splitting.split(audited.accepted, data, params))
    assert not timed("weaknesses", lambda: parts.weaknesses(split, data, params))
    found = timed("search for leaks", lambda: leakage.search_for_leaks(split, data, Bounds(), data_sha256=digest))
    assert found.passed, found.findings
    timed("effects", lambda: parts.effects(split, data))
    timed("write and digest parts", lambda: [tables.write_parquet(p, folder / f"{n}.parquet") for n, p in split])
    timed("digest rows", lambda: [fingerprints.rows_sha256(part) for _, part in split])
    told = f"{time.monotonic() - begun:.1f} s, {time.process_time() - spent:.1f} s of CPU"
    print(f"{n:,} rows in {told}, after the file was written", flush=True)


if __name__ == "__main__":
    environment.prepare()
    with tempfile.TemporaryDirectory() as scratch:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000, Path(scratch))
