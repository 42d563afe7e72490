"""Ways in which one model could answer, each measured as the server uses it: single requests, one after another."""

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
from tasks.surroundings import processors

ROUNDS, REQUESTS, MOST_SECONDS = 10, 10, 0.1  # of each way in turn: what a busy machine does meets all of them
WARM = 3  # requests before the clock runs: who was asked before left the caches as it needs them
HOUR = 3600.0


@dataclass(frozen=True)
class Backend:
    """A way to answer: form and threads, what 1,000 usual predictions take, how far they are from the model's own.

    What 1,000 take is told by the median of the rounds, and `kwh_error` is its standard error; `busy` is the share of
    the threads that worked.
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
    records = scoring.to_records(rows[: ROUNDS * REQUESTS], contract)
    expected = inference.predict_frame(served.estimator, scoring.to_frame(records, contract), contract)
    ways = list(_ways(served, folder))
    rounds: list[list[_Round]] = [[] for _ in ways]
    for number in range(ROUNDS):
        batch = [(number * REQUESTS + n) % len(records) for n in range(REQUESTS)]
        for place in ((number + n) % len(ways) for n in range(len(ways))):  # none is asked twice running
            rounds[place].append(_round(*ways[place], [(records[n], expected[n]) for n in batch]))
    return tuple(
        _told(way, threads, seen, budget, chosen=way.form is served.form and threads == 1)
        for (way, threads), seen in zip(ways, rounds, strict=True)
    )


def _ways(served: Inference, folder: Path) -> Iterator[tuple[Inference, int]]:
    """Give the model itself and the form that serves, with one thread and with all; no way twice."""
    for threads in sorted({1, max(2, processors())}):
        yield Inference(Form.NATIVE, served.contract, served.estimator), threads
        if served.form is Form.ONNX:
            session = inference.session_of((folder / packaging.ONNX).read_bytes(), threads=threads)
            yield Inference(Form.ONNX, served.contract, served.estimator, served.encoder, session), threads
        elif served.form is not Form.NATIVE:
            yield served, threads


@dataclass(frozen=True, eq=False)
class _Round:
    """Seconds on the clock and of the processor of single requests, and how far the answers are from the model's."""

    seconds: NDArray[np.float64]
    cpu: NDArray[np.float64]
    difference: float
    spent: Spent


def _round(way: Inference, threads: int, requests: list[tuple[dict[str, Any], Any]]) -> _Round:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=threads):
        (seconds, cpu, difference), spent = spent_on(lambda: _ask(way, requests))
    return _Round(np.array(seconds), np.array(cpu), difference, spent)


def _ask(way: Inference, requests: list[tuple[dict[str, Any], Any]]) -> tuple[list[float], list[float], float]:
    check: Callable[[Any], Any] = scoring.row_checker(way.contract).of_records
    for record, _ in requests[:WARM]:
        way.predict(check([record]))
    until = time.monotonic() + MOST_SECONDS
    seconds: list[float] = []
    cpu: list[float] = []
    apart: list[float] = []
    for record, expected in requests:
        if seconds and time.monotonic() > until:
            break
        begin, used = time.perf_counter(), time.process_time()
        answer = way.predict(check([record]))
        cpu.append(time.process_time() - used)
        seconds.append(time.perf_counter() - begin)
        apart.append(float(np.abs(answer - expected).max()))
    return seconds, cpu, float(np.max(apart))  # no number stays none


def _told(way: Inference, threads: int, rounds: list[_Round], budget: Budget, *, chosen: bool) -> Backend:
    """Put the rounds of a way together."""
    seconds, spent = np.concatenate([one.seconds for one in rounds]), [one.spent for one in rounds]
    per_1k = np.array([np.median(one.cpu) for one in rounds]) * 1000
    taken, error = median_with_error(per_1k)
    median, slow = np.quantile(seconds, (0.5, 0.95)) * 1000
    return Backend(
        form=way.form.value, threads=threads, requests=len(seconds), p50_ms=round(float(median), 3),
        p95_ms=round(float(slow), 3), cpu_seconds_per_1k=taken, cost_per_1k=taken / HOUR * budget.cpu_hour_price,
        kwh_per_1k=energy.kwh(taken, budget), kwh_error=energy.kwh(error, budget),
        busy=round(sum(one.cpu_seconds for one in spent) / sum(one.wall_seconds for one in spent) / threads, 3),
        peak_rss_mib=round(max(one.peak_rss_mib for one in spent), 1),
        largest_difference=float(np.max([one.difference for one in rounds])), chosen=chosen,
    )  # fmt: skip


def median_with_error(rounds: NDArray[np.float64]) -> tuple[float, float]:
    """Give the median of ten rounds and its standard error, whatever they are spread like.

    The second least and the second largest of ten hold the median between them with a probability of 0.979 (a sign
    test turned round: Conover, Practical Nonparametric Statistics), which is 2.31 standard errors to either side.
    """
    ordered = np.sort(rounds)
    return float(np.median(ordered)), float(ordered[-2] - ordered[1]) / 2 / 2.31
