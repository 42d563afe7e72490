"""Ways in which one model could answer, each measured as the server uses it: single requests, one after another."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Budget
from tasks import energy, inference, packaging, scoring
from tasks.inference import Form, Inference
from tasks.scoring import Contract
from tasks.spending import spent_on

REQUESTS, FEWEST, MOST_SECONDS = 100, 5, 1.0  # of each way
HOUR = 3600.0


@dataclass(frozen=True)
class Backend:
    """A way to answer: form and threads, what 1,000 predictions take, how far they are from the model's own.

    `kwh_error` is the standard error of `kwh_per_1k`, over requests; `busy` the share of its threads that worked.
    """

    form: str
    threads: int
    requests: int
    p50_ms: float
    p95_ms: float
    cpu_seconds_per_1k: float
    cost_per_1k: float
    kwh_per_1k: float
    kwh_error: float
    busy: float
    peak_rss_mib: float
    largest_difference: float
    chosen: bool


def measure(folder: Path, contract: Contract, rows: pd.DataFrame, *, budget: Budget) -> tuple[Backend, ...]:
    """Measure every way that a verified package can answer; the budget prices its CPU and its electricity."""
    served = inference.open_package(folder, contract)
    records = scoring.to_records(rows[:REQUESTS], contract)
    expected = inference.predict_frame(served.estimator, scoring.to_frame(records, contract), contract)
    return tuple(
        _measured(way, threads, records, expected, budget, chosen=way.form is served.form and threads == 1)
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
    way: Inference, threads: int, records: list[dict[str, Any]], expected: Any, budget: Budget, *, chosen: bool
) -> Backend:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=threads):
        asked, spent = spent_on(lambda: _ask(way, records))
    per_1k = float(asked.cpu.mean()) * 1000
    error = float(asked.cpu.std(ddof=1)) / np.sqrt(len(asked.cpu)) * 1000
    median, slow = np.quantile(asked.seconds, (0.5, 0.95)) * 1000
    largest = float(np.abs(np.vstack(asked.answers) - expected[: len(asked.answers)]).max())
    return Backend(
        form=way.form.value, threads=threads, requests=len(asked.cpu), p50_ms=round(float(median), 3),
        p95_ms=round(float(slow), 3), cpu_seconds_per_1k=per_1k, cost_per_1k=per_1k / HOUR * budget.cpu_hour_price,
        kwh_per_1k=energy.kwh(per_1k, budget), kwh_error=energy.kwh(error, budget), busy=round(spent.busy(threads), 3),
        peak_rss_mib=round(spent.peak_rss_mib, 1), largest_difference=largest, chosen=chosen,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Asked:
    """Seconds on the clock and of the processor, and the answers, of one request after the other."""

    seconds: NDArray[np.float64]
    cpu: NDArray[np.float64]
    answers: list[Any]


def _ask(way: Inference, records: list[dict[str, Any]]) -> _Asked:
    check: Callable[[Any], Any] = scoring.row_checker(way.contract).of_records
    way.predict(check(records[:1]))  # warm
    times, spent, seen, until = [], [], [], time.monotonic() + MOST_SECONDS
    for number, record in enumerate(records):
        if number >= FEWEST and time.monotonic() > until:
            break
        begin, cpu = time.perf_counter(), time.process_time()
        seen.append(way.predict(check([record])))
        spent.append(time.process_time() - cpu)
        times.append(time.perf_counter() - begin)
    return _Asked(np.array(times), np.array(spent), seen)
