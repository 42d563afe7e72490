"""The searches for leaks, one function each: what a model would see, and could not know when it is used."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import Bounds, ColumnType, Data, Role
from tasks import suspicion
from tasks.splitting import Parts, row_hashes

EXAMPLES = 5
COPY = 0.999  # a rank correlation from here on is a copy
GRAIN = 100  # near duplicates agree to the hundredth part of a standard deviation
MOSTLY_UNIQUE = 0.5


@dataclass(frozen=True)
class Finding:
    """Something that leaks, or may; `allowed` is the reason in config/data.yaml why it may pass."""

    check: str
    columns: list[str]
    share: float | None
    examples: list[str]
    sentence: str
    allowed: str | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """The rows of all parts, train first, and the number of the part that each is in."""

    rows: pd.DataFrame
    part: NDArray[np.int64]
    strategy: str
    data: Data
    bounds: Bounds

    @classmethod
    def of(cls, parts: Parts, data: Data, bounds: Bounds) -> "Case":
        """Put the parts under one another."""
        rows = pd.concat([part for _, part in parts], ignore_index=True)
        return cls(rows, np.repeat(np.arange(3), [len(part) for _, part in parts]), parts.strategy, data, bounds)

    @property
    def train(self) -> pd.DataFrame:
        """The rows of train."""
        return self.rows[self.part == 0]

    def features(self, *kinds: ColumnType) -> list[str]:
        """Name the features of some types."""
        return [name for name in self.data.features if self.data.columns[name].type in kinds]


# --- rows that lie in two parts ----------------------------------------------------------------------------------


def _same_rows(case: Case) -> Iterator[Finding]:
    repeated = overlapping(case)
    if repeated.any():
        told = f"{repeated.sum():,} rows of tune or promotion lie in an earlier part too, but for key and time"
        yield Finding("same rows", [], _share(repeated, case), _positions(repeated), told)


def _near_duplicates(case: Case) -> Iterator[Finding]:
    numbers = case.features(ColumnType.INTEGER, ColumnType.NUMBER)
    rough = case.rows[list(case.data.features)].copy()
    for name in numbers:
        spread = float(case.train[name].std()) or 1.0
        rough[name] = (rough[name] / spread * GRAIN).round() if np.isfinite(spread) else rough[name]
    repeated = _repeated(row_hashes(rough), case.part)
    if (share := _share(repeated, case)) > case.bounds.duplicate_share:
        told = f"{share:.1%} of the rows of tune and promotion have nearly the features of a row in an earlier part"
        yield Finding("near duplicates", [], share, _positions(repeated), told)


def _future_rows(case: Case) -> Iterator[Finding]:
    if not (name := case.data.time_column):
        return
    times = case.rows[name]
    starts = [times[case.part == number].min() for number in (1, 2)]
    late = np.asarray(((case.part == 0) & (times >= starts[0])) | ((case.part == 1) & (times >= starts[1])))
    if late.any():
        told = f"{int(late.sum()):,} rows are newer than the start of the part that is to test what they taught"
        yield Finding("future rows", [name], _share(late, case), _values(times[late]), told)


def _shared_entities(case: Case) -> Iterator[Finding]:
    groups = [name for name, column in case.data.columns.items() if column.role is Role.GROUP]
    for name in groups if case.strategy != "time" else []:
        pairs = pd.DataFrame({name: case.rows[name], "part": case.part}).drop_duplicates()
        in_parts = pairs.groupby(name)["part"].size()
        if len(shared := in_parts[in_parts > 1]):
            told = f"{len(shared):,} of {len(in_parts):,} values of {name} lie in several parts"
            yield Finding("shared entities", [name], len(shared) / len(in_parts), _values(shared.index), told)


# --- columns that say too much -----------------------------------------------------------------------------------


def _unknown_at_prediction(case: Case) -> Iterator[Finding]:
    """Find features that are copies of what only the future tells."""
    hidden = [n for n, c in case.data.columns.items() if not c.known_at_prediction and n in case.rows.columns]
    sample = suspicion.sample(case.train)
    for name in case.data.features:
        for future in hidden:
            if (likeness := suspicion.likeness(sample[name], sample[future])) >= COPY:
                told = f"{name} follows {future}, which is not known at prediction (rank correlation {likeness:.4f})"
                yield Finding("unknown at prediction", [name], likeness, [], told)


def _telling_features(case: Case) -> Iterator[Finding]:
    """Find features that alone predict the target better than any honest one could."""
    sample = suspicion.sample(case.rows)
    target = case.data.columns[case.data.target]
    for name in case.data.features:
        score = suspicion.single_feature_score(sample[name], sample[case.data.target], target.type)
        if score > case.bounds.leakage_single_feature:
            told = f"{name} alone predicts {case.data.target} ({score:.3f}): is it made of it, or known only later?"
            yield Finding("telling features", [name], score, [], told)


def _identifiers(case: Case) -> Iterator[Finding]:
    """Find features that name the row instead of describing it."""
    for name in case.features(ColumnType.CATEGORY, ColumnType.INTEGER):
        values = case.rows[name].dropna()
        distinct = values.nunique() / max(len(values), 1)
        text = case.data.columns[name].type is ColumnType.CATEGORY
        if distinct > MOSTLY_UNIQUE if text else distinct == 1 and suspicion.counts_up(values):
            told = f"{name} has another value in {distinct:.0%} of rows: it names the row"
            yield Finding("identifiers", [name], float(distinct), _values(values), told)


# --- labels and categories ---------------------------------------------------------------------------------------


def _conflicting_labels(case: Case) -> Iterator[Finding]:
    """Find rows that are equal in features which else tell rows apart, and differ in the target."""
    features = row_hashes(case.rows[list(case.data.features)])
    labelled = row_hashes(case.rows[[*case.data.features, case.data.target]])
    rows = pd.DataFrame({"features": features, "labelled": labelled})
    if rows["features"].nunique() < MOSTLY_UNIQUE * len(rows):
        return
    conflicting = (rows.groupby("features")["labelled"].transform("nunique") > 1).to_numpy()
    if (share := float(conflicting.mean())) > case.bounds.duplicate_share:
        told = f"{share:.1%} of rows have the features of a row with another {case.data.target}"
        yield Finding("conflicting labels", [case.data.target], share, _positions(conflicting), told)


def _flipped_labels(case: Case) -> Iterator[Finding]:
    """Find segments whose labels contradict, in both directions, what the numbers say everywhere else."""
    if case.data.columns[case.data.target].type not in (ColumnType.BOOLEAN, ColumnType.CATEGORY):
        return
    numbers = case.features(ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN)
    segments = case.features(ColumnType.CATEGORY)
    found = suspicion.flipped(case.rows, case.part, numbers, segments, case.data.target)
    for segment, share in sorted(found, key=lambda pair: -pair[1])[:EXAMPLES]:
        if share > case.bounds.flipped_labels:
            told = f"about {share:.0%} of the labels where {segment.told} look flipped"
            yield Finding("flipped labels", [segment.column], share, [segment.told], told)


def _unseen_categories(case: Case) -> Iterator[Finding]:
    for name in case.features(ColumnType.CATEGORY):
        values = case.rows[name]
        unseen = np.asarray((case.part > 0) & values.notna() & ~values.isin(case.train[name].unique()))
        if (share := _share(unseen, case)) > case.bounds.unseen_share:
            told = f"{share:.1%} of the rows of tune and promotion have a {name} that train has never seen"
            yield Finding("unseen categories", [name], share, _values(values[unseen]), told)


SEARCHES: dict[str, Callable[[Case], Iterator[Finding]]] = {
    "same rows": _same_rows,
    "near duplicates": _near_duplicates,
    "future rows": _future_rows,
    "shared entities": _shared_entities,
    "unknown at prediction": _unknown_at_prediction,
    "telling features": _telling_features,
    "identifiers": _identifiers,
    "conflicting labels": _conflicting_labels,
    "flipped labels": _flipped_labels,
    "unseen categories": _unseen_categories,
}


def overlapping(case: Case) -> NDArray[np.bool_]:
    """Mark the rows of tune and promotion that lie in an earlier part too, all but key and time the same."""
    return _repeated(row_hashes(case.rows[_content(case.data, case.rows)]), case.part)


def _content(data: Data, rows: pd.DataFrame) -> list[str]:
    """Name the columns that say what a row is about, rather than which it is or when."""
    told = [n for n, c in data.columns.items() if c.role not in (Role.KEY, Role.TIME) and n in rows.columns]
    return told or list(rows.columns)


def _repeated(hashes: NDArray[np.uint64], part: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the rows of tune and promotion whose like lies in an earlier part."""
    tune = (part == 1) & np.isin(hashes, hashes[part == 0])
    promotion = (part == 2) & np.isin(hashes, hashes[part < 2])
    return np.asarray(tune | promotion)


def _share(marked: NDArray[np.bool_], case: Case) -> float:
    """Give the share among the rows of tune and promotion."""
    return float(marked.sum() / max((case.part > 0).sum(), 1))


def _positions(marked: NDArray[np.bool_]) -> list[str]:
    return [f"row {position}" for position in np.flatnonzero(marked)[:EXAMPLES]]


def _values(values: "pd.Series | pd.Index") -> list[str]:
    return [str(value) for value in values.unique()[:EXAMPLES]]
