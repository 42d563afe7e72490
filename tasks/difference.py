"""How a data version differs from the one that was accepted before it, and which values lie far out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import ColumnType, Data
from tasks import files
from tasks.distributions import Distribution, counts_in, distribution, psi
from tasks.splitting import Parts

ACCEPTED = "accepted.json"  # beside the landed rows: statistics of the version to compare with
STATISTICS = "statistics.json"  # beside the prepared rows: the same of this version, for the one after it
DIFFERENCE = "difference.json"
LEAST = 200  # fewer rows than this are not told apart from the others
FAR = 5.0  # widths of the middle nine tenths away from the median
NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)
CLASSES = (ColumnType.BOOLEAN, ColumnType.CATEGORY)

Shares = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Statistics:
    """What is kept of a data version for the next to be compared with; no rows are kept."""

    data_sha256: str
    rows: int
    newest: str | None
    columns: dict[str, Distribution]
    schema: int = 1


@dataclass(frozen=True)
class ColumnDifference:
    """Effect sizes (PSI) of all rows, and of those that arrived since, against the version before."""

    psi: float
    arrived_psi: float | None
    missing_before: float
    missing: float


@dataclass(frozen=True)
class LabelDifference:
    """Share of each class before, now, and among what arrived; the largest change of a share. Numbers have none."""

    column: str
    before: dict[str, float]
    now: dict[str, float]
    arrived: dict[str, float]
    largest: float | None


@dataclass(frozen=True)
class Difference:
    """One data version against the one accepted before; `against` is None where there is none."""

    data_sha256: str
    against: str | None
    rows: dict[str, int]
    columns: dict[str, ColumnDifference]
    added: list[str]
    removed: list[str]
    label: LabelDifference | None
    outliers: Shares  # part -> column -> share; "any" counts rows with one or more
    schema: int = 1


def settle(landed: Path, prepared: Path) -> None:
    """Put beside the landed rows what they are to be compared with: the version published last, unless they are it.

    A function of what is landed and what is published, so a run that was killed anywhere settles the same way again.
    """
    place = landed / ACCEPTED
    if not (prepared / STATISTICS).is_file():
        if not place.is_file():
            files.write_json(place, {"schema": 1, "data_sha256": None})
        return
    published = files.read_json(prepared / STATISTICS)["data_sha256"]
    same = files.read_json(landed / "manifest.json")["sha256"] == published
    content = (prepared / (ACCEPTED if same else STATISTICS)).read_bytes()
    if not place.is_file() or place.read_bytes() != content:
        files.write_bytes_atomically(place, content)


def accepted(folder: Path) -> Statistics | None:
    """Read the statistics of the version accepted before, None where there is none."""
    kept = files.read_json(folder / ACCEPTED)
    if kept["data_sha256"] is None:
        return None
    return Statistics(**kept | {"columns": {name: Distribution(**column) for name, column in kept["columns"].items()}})


def write(parts: Parts, data: Data, *, landed: Path, attempt: Path, data_sha256: str) -> Path:
    """Write statistics and difference of the parts, and keep what they were compared with; the same for the same."""
    rows = pd.concat([part for _, part in parts], ignore_index=True)
    files.write_bytes_atomically(attempt / ACCEPTED, (landed / ACCEPTED).read_bytes())
    files.write_json(attempt / STATISTICS, describe(rows, data, data_sha256=data_sha256))
    found = compare(rows, data, accepted(landed), data_sha256=data_sha256, outliers=outliers(parts, data))
    return files.write_json(attempt / DIFFERENCE, found)


def describe(rows: pd.DataFrame, data: Data, *, data_sha256: str) -> Statistics:
    """Take the distribution of each feature and of the target over all rows of a version."""
    newest = rows[data.time_column].max().isoformat() if data.time_column else None
    columns = {name: distribution(rows[name], data.columns[name].type) for name in _compared(data)}
    return Statistics(data_sha256, len(rows), newest, columns)


def compare(
    rows: pd.DataFrame, data: Data, before: Statistics | None, *, data_sha256: str, outliers: Shares
) -> Difference:
    """Measure how far rows lie from the version accepted before them."""
    if before is None:
        return Difference(data_sha256, None, {"now": len(rows)}, {}, [], [], None, outliers)
    arrived = _arrived(rows, data, before)
    told = arrived if len(arrived) >= LEAST else None
    names = [name for name in _compared(data) if name in before.columns]
    return Difference(
        data_sha256,
        before.data_sha256,
        {"before": before.rows, "now": len(rows), "arrived": len(arrived)},
        {name: _column(before.columns[name], rows[name], None if told is None else told[name]) for name in names},
        [name for name in _compared(data) if name not in before.columns],
        [name for name in before.columns if name not in _compared(data)],
        _label(before, rows, told, data),
        outliers,
    )


def outliers(parts: Parts, data: Data) -> Shares:
    """Give, by part and numeric column, the share of values far outside the middle nine tenths of the train part."""
    numbers = [name for name in _compared(data) if data.columns[name].type in NUMERIC]
    fences = {name: fence for name in numbers if (fence := _fence(parts.train[name]))}
    return {name: _far(part, fences) for name, part in parts}


def _fence(values: pd.Series) -> tuple[float, float] | None:
    """Give the median and how far from it a value may lie: rain is mostly none, so the other values tell how far."""
    present = _finite(values)
    if not len(present):
        return None
    middle = float(np.median(present))
    others = present[present != middle]
    low, high = np.quantile(others if len(others) else present, (0.05, 0.95))
    return (middle, FAR * float(high - low)) if high > low else None


def _far(part: pd.DataFrame, fences: dict[str, tuple[float, float]]) -> dict[str, float]:
    any_far, shares = np.zeros(len(part), dtype=bool), {}
    for name, (middle, reach) in fences.items():
        far = np.abs(pd.to_numeric(part[name], errors="coerce").to_numpy(dtype="float64") - middle) > reach
        any_far |= far
        shares[name] = float(far.mean()) if len(far) else 0.0
    return shares | {"any": float(any_far.mean()) if len(part) else 0.0}


def _arrived(rows: pd.DataFrame, data: Data, before: Statistics) -> pd.DataFrame:
    """Give the rows newer than all of the version before; without a time nothing tells them apart."""
    if data.time_column is None or before.newest is None:
        return rows.iloc[:0]
    return rows[rows[data.time_column] > pd.Timestamp(before.newest)]


def _column(before: Distribution, now: pd.Series, arrived: pd.Series | None) -> ColumnDifference:
    apart = None if arrived is None else psi(before, arrived)
    return ColumnDifference(psi(before, now), apart, before.missing, float(now.isna().mean()))


def _label(before: Statistics, rows: pd.DataFrame, arrived: pd.DataFrame | None, data: Data) -> LabelDifference | None:
    reference = before.columns.get(data.target)
    if data.columns[data.target].type not in CLASSES or reference is None or reference.categories is None:
        return None
    was = _shares(reference, np.array([*reference.shares, 0.0]))
    now = _shares(reference, counts_in(reference, rows[data.target]))
    new = {} if arrived is None else _shares(reference, counts_in(reference, arrived[data.target]))
    changes = [abs(after[name] - was[name]) for after in (now, new) for name in after]
    return LabelDifference(data.target, was, now, new, max(changes))


def _shares(reference: Distribution, counts: NDArray[np.float64]) -> dict[str, float]:
    """Name the shares of the values present; what the version before did not know counts as other."""
    present = counts[:-1]
    names = (*(reference.categories or ()), "(other)")
    return {name: float(share) for name, share in zip(names, present / max(present.sum(), 1e-12), strict=True)}


def _compared(data: Data) -> tuple[str, ...]:
    return (*data.features, data.target)


def _finite(values: pd.Series) -> NDArray[np.float64]:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype="float64")
    return numbers[np.isfinite(numbers)]
