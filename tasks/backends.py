"""Ways in which one model could answer, each measured as the server uses it: single requests, one after another."""

import math
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
from tasks.spending import Spent, spent_on

REQUESTS, FEWEST, MOST_SECONDS = 50, 5, 0.5  # of each way, there and back: what drifts meets all of them
HOUR = 3600.0


@dataclass(frozen=True)
class Backend:
    """A way to answer: form and threads, what 1,000 usual predictions take, how far they are from the model's own.

    `kwh_error` is the standard error of `kwh_per_1k`, or half of what lay between two rounds, if that is more; `busy`
    the share of its threads that worked.
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
    ways = list(_ways(served, folder))
    there = [_round(way, threads, records) for way, threads in ways]
    back = [_round(way, threads, records) for way, threads in reversed(ways)]
    return tuple(
        _told(way, threads, rounds, expected, budget, chosen=way.form is served.form and threads == 1)
        for (way, threads), *rounds in zip(ways, there, reversed(back), strict=True)
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


def _round(way: Inference, threads: int, records: list[dict[str, Any]]) -> tuple["_Asked", Spent]:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=threads):
        return spent_on(lambda: _ask(way, records))


def _told(
    way: Inference, threads: int, rounds: "list[tuple[_Asked, Spent]]", expected: Any, budget: Budget, *, chosen: bool
) -> Backend:
    """Put the rounds of a way together; what lies between them is drift of the machine, which is an error too."""
    asked, spent = [one for one, _ in rounds], [one for _, one in rounds]
    cpu, seconds = (np.concatenate([getattr(one, name) for one in asked]) for name in ("cpu", "seconds"))
    per_1k, rounds_1k = float(np.median(cpu)) * 1000, [float(np.median(one.cpu)) * 1000 for one in asked]
    error = max(_error_of_median(cpu) * 1000, (max(rounds_1k) - min(rounds_1k)) / 2)
    median, slow = np.quantile(seconds, (0.5, 0.95)) * 1000
    return Backend(
        form=way.form.value, threads=threads, requests=len(cpu), p50_ms=round(float(median), 3),
        p95_ms=round(float(slow), 3), cpu_seconds_per_1k=per_1k, cost_per_1k=per_1k / HOUR * budget.cpu_hour_price,
        kwh_per_1k=energy.kwh(per_1k, budget), kwh_error=energy.kwh(error, budget),
        busy=round(sum(one.cpu_seconds for one in spent) / sum(one.wall_seconds for one in spent) / threads, 3),
        peak_rss_mib=round(max(one.peak_rss_mib for one in spent), 1),
        largest_difference=max(float(np.abs(np.vstack(one.answers) - expected[: len(one.answers)]).max())
                               for one in asked),
        chosen=chosen,
    )  # fmt: skip


def _error_of_median(values: NDArray[np.float64]) -> float:
    """Give the standard error of a median from the spread of the middle: other threads' bursts widen neither.

    For normal values sd = 1.4826 MAD, and the median errs by sqrt(pi / 2) sd / sqrt(n).
    """
    spread = float(np.median(np.abs(values - np.median(values))))
    return 1.4826 * spread * math.sqrt(math.pi / 2 / len(values))


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
