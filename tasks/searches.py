"""The searches for leaks, by name: what a model would see, and could not know when it is used."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from config.settings import ColumnType, LeakSearch, Role
from tasks import flips, outside, overlap, suspicion
from tasks.fingerprints import row_hashes
from tasks.overlap import EXAMPLES, Case, Finding, share_of, shown
from tasks.splitting import NAMES

COPY = 0.999  # a rank correlation from here on is a copy
MOSTLY_UNIQUE = 0.5
SIDE = 200  # rows from which a side of the split is judged by itself
NEWEST = 0.8  # share of rows that are older than those in which one source may flood
FEW = 20  # values of an integer that parts rows into segments


# --- columns that say too much -----------------------------------------------------------------------------------


def _unknown_at_prediction(case: Case) -> Iterator[Finding]:
    """Find features that are copies of what only the future tells."""
    hidden = [n for n, c in case.data.columns.items() if not c.known_at_prediction and n in case.rows.columns]
    sample = suspicion.sample(case.train)
    for name in case.data.features:
        for future in hidden:
            if (likeness := suspicion.likeness(sample[name], sample[future])) >= COPY:
                told = f"{name} follows {future}, which is not known at prediction (rank correlation {likeness:.4f})"
                examples = shown(case, None, name, future)
                yield Finding(LeakSearch.UNKNOWN_AT_PREDICTION, [name], likeness, examples, told)


def _telling_features(case: Case) -> Iterator[Finding]:
    """Find features that alone predict the target better than any honest one could, on either side of the split."""
    target = case.data.columns[case.data.target]
    for name in case.data.features:
        scores = {
            side: suspicion.single_feature_score(rows[name], rows[case.data.target], target.type)
            for side, rows in _sides(case)
        }
        side = max(scores, key=lambda one: scores[one])
        if (score := scores[side]) > case.bounds.leakage_single_feature:
            told = f"{name} alone predicts {case.data.target} ({score:.3f} in {side}): made of it, or known only later?"
            yield Finding(LeakSearch.TELLING_FEATURES, [name], score, shown(case, None, name, case.data.target), told)


def _sides(case: Case) -> list[tuple[str, pd.DataFrame]]:
    """Give samples of all rows, and of each part of the split that is large enough."""
    sides = {"all rows": np.arange(len(case.rows))}
    sides |= {name: np.flatnonzero(case.part == number) for number, name in enumerate(NAMES)}
    large = {name: here for name, here in sides.items() if name == "all rows" or len(here) >= SIDE}
    return [(name, case.rows.iloc[suspicion.spaced(here, suspicion.ROWS // 2)]) for name, here in large.items()]


def _identifiers(case: Case) -> Iterator[Finding]:
    """Find features that name the row instead of describing it."""
    for name in case.features(ColumnType.CATEGORY, ColumnType.INTEGER, ColumnType.NUMBER):
        values = case.rows[name].dropna()
        distinct = values.nunique() / max(len(values), 1)
        if case.data.columns[name].type is ColumnType.CATEGORY:
            names = distinct > MOSTLY_UNIQUE
        else:
            names = bool((values % 1 == 0).all()) and suspicion.counts_up(values)
        if names:
            told = f"{name} has another value in {distinct:.0%} of rows: it names the row"
            yield Finding(LeakSearch.IDENTIFIERS, [name], float(distinct), shown(case, None, name), told)


# --- labels and categories ---------------------------------------------------------------------------------------


def _conflicting_labels(case: Case) -> Iterator[Finding]:
    """Find rows that are equal in features which else tell rows apart, and differ in the target."""
    features = row_hashes(case.rows[list(case.data.features)])
    rows = pd.DataFrame({"features": features, "label": row_hashes(case.rows[[case.data.target]])})
    if rows["features"].nunique() < MOSTLY_UNIQUE * len(rows):
        return
    conflicting = (rows.groupby("features")["label"].transform("nunique") > 1).to_numpy()
    if (share := float(conflicting.mean())) > case.bounds.duplicate_share:
        told = f"{share:.1%} of rows have the features of a row with another {case.data.target}"
        first = np.flatnonzero(conflicting)
        first = first[np.argsort(features[first], kind="stable")]
        examples = shown(case, first, case.data.target)
        yield Finding(LeakSearch.CONFLICTING_LABELS, [case.data.target], share, examples, told)


def _flipped_labels(case: Case) -> Iterator[Finding]:
    """Find segments whose labels contradict, in both directions, what the numbers say everywhere else."""
    if case.data.columns[case.data.target].type not in (ColumnType.BOOLEAN, ColumnType.CATEGORY):
        return
    numbers = case.features(ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN)
    coded = [name for name in case.features(ColumnType.INTEGER) if case.rows[name].nunique() <= FEW]
    segments = [*_sources(case), *case.features(ColumnType.BOOLEAN), *coded]
    found = flips.flipped(case.rows, case.part, numbers, segments, case.data.target)
    for one in sorted(found, key=lambda one: -one.evidence)[:EXAMPLES]:
        if one.share > case.bounds.flipped_labels:
            where = (
                f"{one.column} is {one.value}" if overlap.is_open(case, one.column) else f"{one.column} has one value"
            )
            told = f"about {one.share:.0%} of the labels where {where} in {one.part} look flipped"
            examples = shown(case, one.rows, one.column, case.data.target)
            yield Finding(LeakSearch.FLIPPED_LABELS, [one.column], one.share, examples, told)


def _sources(case: Case) -> list[str]:
    """Name the columns whose values may be sources of rows: categories and entities."""
    groups = [n for n, c in case.data.columns.items() if c.role is Role.GROUP and n in case.rows]
    return [*case.features(ColumnType.CATEGORY), *groups]


def _flooding(case: Case) -> Iterator[Finding]:
    """Find sources that hand in many more of the newest rows than of all before."""
    if not (time := case.data.time_column):
        return
    newest = np.asarray(case.rows[time] >= case.rows[time].quantile(NEWEST, interpolation="nearest"))
    if newest.all():
        return
    for name in _sources(case):
        before = case.rows.loc[~newest, name].value_counts() / (~newest).sum()
        now = case.rows.loc[newest, name].value_counts() / newest.sum()
        grown = now.sub(before, fill_value=0.0)
        if (most := float(grown.max())) > case.bounds.flood_share:
            value = grown.idxmax()
            which = f"where {name} is {value} " if overlap.is_open(case, name) else f"of one {name} "
            told = f"rows {which}are {now[value]:.0%} of the newest, {before.get(value, 0.0):.0%} of those before"
            flood = newest & np.asarray(case.rows[name] == value)
            yield Finding(LeakSearch.FLOODING, [name], most, shown(case, flood, name), told)


def _unseen_categories(case: Case) -> Iterator[Finding]:
    """Find rows with categories of which nothing was learned."""
    for name in case.features(ColumnType.CATEGORY):
        values = case.rows[name]
        unseen = np.asarray(values.notna() & ~values.isin(case.train[name]))
        if (share := share_of(unseen, case)) > case.bounds.unseen_share:
            told = f"{share:.1%} of the rows of tune and promotion have a {name} that train has never seen"
            yield Finding(LeakSearch.UNSEEN_CATEGORIES, [name], share, shown(case, unseen, name), told)


SEARCHES: dict[LeakSearch, Callable[[Case], Iterator[Finding]]] = {
    LeakSearch.SAME_PARTS: overlap.same_parts,
    LeakSearch.SAME_ROWS: overlap.same_rows,
    LeakSearch.NEAR_DUPLICATES: overlap.near_duplicates,
    LeakSearch.FUTURE_ROWS: overlap.future_rows,
    LeakSearch.SHARED_ENTITIES: overlap.shared_entities,
    LeakSearch.UNKNOWN_AT_PREDICTION: _unknown_at_prediction,
    LeakSearch.TELLING_FEATURES: _telling_features,
    LeakSearch.IDENTIFIERS: _identifiers,
    LeakSearch.CONFLICTING_LABELS: _conflicting_labels,
    LeakSearch.FLIPPED_LABELS: _flipped_labels,
    LeakSearch.UNSEEN_CATEGORIES: _unseen_categories,
    LeakSearch.FLOODING: _flooding,
    LeakSearch.SCALED_OUTSIDE: outside.scaled_outside,
    LeakSearch.ENCODED_OUTSIDE: outside.encoded_outside,
    LeakSearch.IMPUTED_OUTSIDE: outside.imputed_outside,
}
