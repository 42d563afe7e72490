"""The replay: the same requests through champion and candidate, before the candidate answers anybody."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from config.errors import LifecycleError
from config.settings.release import Shadow
from tasks import conformity, scoring
from tasks.encoding import Matrix
from tasks.inference import Inference

CAPTURED = "feature."  # how the server's capture calls a column of a request
SUSPECT = "suspect"  # the column that marks rows of a consumer that was probing
TIMED, MOST_SECONDS = 200, 3.0  # single requests from which latencies are told, and how long they may take


@dataclass(frozen=True)
class Side:
    """One of the two models: its version and its latency from a record to JSON, in milliseconds."""

    version: int
    p50_ms: float | None = None
    p95_ms: float | None = None


@dataclass(frozen=True)
class Replay:
    """What a replay saw: `verdict` is within, outside, too-few, unanswered, no-champion or champion-lost."""

    verdict: str
    because: str
    candidate: Side
    champion: Side | None = None
    source: str = ""
    rows: int = 0
    disagreement: float | None = None
    mean_difference: float | None = None
    timed: int = 0


@dataclass(frozen=True)
class Contender:
    """A version that is ready to answer."""

    version: int
    inference: Inference


def no_champion(version: int) -> Replay:
    """Say that there is nobody to be held against."""
    return Replay("no-champion", "nobody serves yet", Side(version))


def champion_lost(version: int, champion: int, because: str) -> Replay:
    """Say that the champion's files cannot be had: the comparison refuses, until a person lets the champion go."""
    return Replay("champion-lost", f"version {champion} cannot be had: {because}", Side(version), Side(champion))


def replay(
    candidate: Contender, champion: Contender, *, captured: Path, held_out: Callable[[], pd.DataFrame], bounds: Shadow
) -> Replay:
    """Send the last captured requests, or else held-out rows, through both, and judge what differs."""
    sides = Side(candidate.version), Side(champion.version)
    source, rows = requests_of(captured, candidate, champion, held_out, bounds)
    try:
        tables = [fitting(rows, one) for one in (candidate, champion)]
    except LifecycleError as error:
        return Replay("unanswered", f"one of them does not read these rows: {error.seen}", *sides, source=source)
    both = tables[0] & tables[1]
    if both.sum() < bounds.minimum_rows:
        because = f"{int(both.sum())} requests fit both, {bounds.minimum_rows} are needed"
        return Replay("too-few", because, *sides, source=source, rows=int(both.sum()))
    kept = rows.filter(pa.array(both))
    seen = [_answers(kept, one) for one in (candidate, champion)]
    otherwise, difference = apart(seen[0], seen[1], candidate.inference, champion.inference)
    times = _times(kept, candidate, champion)
    timed = [Side(side.version, *quantiles(found)) for side, found in zip(sides, times, strict=True)]
    found = Replay("within", "", timed[0], timed[1], source, len(kept), otherwise, difference, len(times[0]))
    return judged(found, bounds)


def judged(found: Replay, bounds: Shadow) -> Replay:
    """Hold the figures of a replay against the bounds; one that is not there is outside."""
    faults = []
    if found.disagreement is None or not found.disagreement <= bounds.disagreement:
        faults.append(f"{found.disagreement} of the requests are decided otherwise ({bounds.disagreement} accepted)")
    if found.mean_difference is None or not found.mean_difference <= bounds.difference:
        faults.append(f"answers differ by {found.mean_difference} on average ({bounds.difference} accepted)")
    if found.champion is None or found.champion.p50_ms is None or found.candidate.p50_ms is None:
        faults.append("no latency was told")
    elif found.candidate.p50_ms > (most := slowest(found.champion.p50_ms, bounds)):
        faults.append(f"half of its answers take more than {found.candidate.p50_ms} ms ({most:g} ms accepted)")
    words = "; ".join(faults) or f"{found.rows} {found.source} requests are answered alike enough, and in time"
    return Replay(**{**vars(found), "verdict": "outside" if faults else "within", "because": words})


def slowest(champion_ms: float, bounds: Shadow) -> float:
    """Give the slowest accepted median of a candidate."""
    return max(champion_ms * bounds.slower, champion_ms + bounds.slower_ms)


def requests_of(
    captured: Path, candidate: Contender, champion: Contender, held_out: Callable[[], pd.DataFrame], bounds: Shadow
) -> tuple[str, pa.Table]:
    names = list(dict.fromkeys([*candidate.inference.contract.names, *champion.inference.contract.names]))
    last = last_captured(captured, names, most=bounds.rows)
    if last is not None and len(last) >= bounds.minimum_rows:
        return "captured", last
    rows = held_out()
    chosen = rows.iloc[np.unique(np.linspace(0, len(rows) - 1, bounds.rows).astype(int))] if len(rows) else rows
    return "held-out", pa.Table.from_pandas(chosen[[n for n in names if n in chosen.columns]], preserve_index=False)


def last_captured(folder: Path, names: list[str], *, most: int) -> pa.Table | None:
    """Read the newest requests that the server kept, as far as they hold these columns; none of who was probing."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found: list[pa.Table] = []
    for path in sorted(folder.rglob("*.parquet"), key=lambda p: (p.stat().st_mtime_ns, p.name), reverse=True):
        held = pq.ParquetFile(path).schema_arrow.names
        if all(CAPTURED + name in held for name in names):
            honest = (pc.field(SUSPECT) == pa.scalar(False)) if SUSPECT in held else None
            part = pq.read_table(path, columns=[CAPTURED + name for name in names], filters=honest)
            part = part.rename_columns(names)
            found.append(part.slice(max(0, len(part) - most)))
        if sum(map(len, found)) >= most:
            break
    return pa.concat_tables(found, promote_options="permissive").slice(0, most) if found else None


def fitting(rows: pa.Table, one: Contender) -> NDArray[np.bool_]:
    return conformity.check(rows, one.inference.contract).fits


def _answers(rows: pa.Table, one: Contender) -> Matrix:
    return one.inference.predict(conformity.check(rows, one.inference.contract).columns)


def apart(a: Matrix, b: Matrix, candidate: Inference, champion: Inference) -> tuple[float | None, float | None]:
    """Give the share that is decided otherwise and the mean difference; of values, in standard deviations."""
    if candidate.contract.problem == "regression":
        away = np.abs(a - b)[:, 0] / max(float(np.std(b)), 1e-12)
        return _finite(np.mean(away > 1)), _finite(np.mean(away))
    labels = [label for label in candidate.contract.labels if label in champion.contract.labels]
    decided = _decided(a, candidate) != _decided(b, champion)
    if not labels:
        return _finite(np.mean(decided)), None
    columns = [[one.contract.labels.index(label) for label in labels] for one in (candidate, champion)]
    return _finite(np.mean(decided)), _finite(np.mean(np.abs(a[:, columns[0]] - b[:, columns[1]])))


def _decided(probabilities: Matrix, one: Inference) -> NDArray[Any]:
    told = scoring.answers(probabilities, one.contract)
    return np.array([str(answer.get("label", answer.get("positive"))) for answer in told])


def _finite(value: Any) -> float | None:
    return round(float(value), 9) if np.isfinite(value) else None


def _times(rows: pa.Table, candidate: Contender, champion: Contender) -> tuple[list[float], list[float]]:
    """Answer single requests by turns, so that whatever else the machine does meets both."""
    frame = rows.to_pandas()
    asked = [(one, scoring.to_records(frame[:TIMED], one.inference.contract)) for one in (candidate, champion)]
    times: tuple[list[float], list[float]] = ([], [])
    until = time.monotonic() + MOST_SECONDS
    for number in range(len(asked[0][1])):
        for (one, records), mine in zip(asked, times, strict=True):
            begin = time.perf_counter()
            columns = scoring.row_checker(one.inference.contract).of_records([records[number]])
            json.dumps(scoring.answers(one.inference.predict(columns), one.inference.contract))
            mine.append((time.perf_counter() - begin) * 1000)
        if time.monotonic() > until:
            break
    return times


def quantiles(times: list[float]) -> tuple[float | None, float | None]:
    if not times:
        return None, None
    return round(float(np.quantile(times, 0.5)), 3), round(float(np.quantile(times, 0.95)), 3)
