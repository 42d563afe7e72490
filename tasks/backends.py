"""Ways in which one model could answer, each measured as the server uses it: single requests, one after another."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tasks import inference, packaging, scoring
from tasks.inference import Form, Inference
from tasks.scoring import Contract

REQUESTS, FEWEST, MOST_SECONDS = 100, 5, 1.0  # of each way
HOUR = 3600.0


@dataclass(frozen=True)
class Backend:
    """A way to answer: form and threads, what 1,000 predictions cost, how far they are from the model's own."""

    form: str
    threads: int
    requests: int
    p50_ms: float
    cpu_seconds_per_1k: float
    cost_per_1k: float
    largest_difference: float
    chosen: bool


def measure(folder: Path, contract: Contract, rows: pd.DataFrame, *, price: float) -> tuple[Backend, ...]:
    """Measure every way that a verified package can answer; `price` is that of a CPU hour."""
    served = inference.open_package(folder, contract)
    records = scoring.to_records(rows[:REQUESTS], contract)
    expected = inference.predict_frame(served.estimator, scoring.to_frame(records, contract), contract)
    return tuple(
        _measured(way, threads, records, expected, price, chosen=way.form is served.form and threads == 1)
        for way, threads in _ways(served, folder)
    )


def _ways(served: Inference, folder: Path) -> Iterator[tuple[Inference, int]]:
    """Give the model itself and the form that serves, with one thread and with all; no way twice."""
    for threads in sorted({1, max(2, os.cpu_count() or 1)}):
        yield Inference(Form.NATIVE, served.contract, served.estimator), threads
        if served.form is Form.ONNX:
            session = inference.session_of((folder / packaging.ONNX).read_bytes(), threads=threads)
            yield Inference(Form.ONNX, served.contract, served.estimator, served.encoder, session), threads
        elif served.form is not Form.NATIVE:
            yield served, threads


def _measured(
    way: Inference, threads: int, records: list[dict[str, Any]], expected: Any, price: float, *, chosen: bool
) -> Backend:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=threads):
        times, cpu, seen = _ask(way, records)
    per_1k = cpu / len(times) * 1000
    largest = float(np.abs(np.vstack(seen) - expected[: len(seen)]).max())
    return Backend(
        way.form.value, threads, len(times), round(float(np.median(times)) * 1000, 3), round(per_1k, 4),
        per_1k / HOUR * price, largest, chosen,
    )  # fmt: skip


def _ask(way: Inference, records: list[dict[str, Any]]) -> tuple[list[float], float, list[Any]]:
    check: Callable[[Any], Any] = scoring.row_checker(way.contract).of_records
    way.predict(check(records[:1]))  # warm
    times, seen, until, cpu = [], [], time.monotonic() + MOST_SECONDS, time.process_time()
    for number, record in enumerate(records):
        if number >= FEWEST and time.monotonic() > until:
            break
        begin = time.perf_counter()
        seen.append(way.predict(check([record])))
        times.append(time.perf_counter() - begin)
    return times, time.process_time() - cpu, seen
