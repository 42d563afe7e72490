"""The searches for leaks, by name: what a model would see, and could not know when it is used."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from config.settings import ColumnType
from tasks import overlap, suspicion
from tasks.overlap import EXAMPLES, Case, Finding, positions, share_of, some_of
from tasks.splitting import row_hashes

COPY = 0.999  # a rank correlation from here on is a copy
MOSTLY_UNIQUE = 0.5


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
            yield Finding("identifiers", [name], float(distinct), some_of(values), told)


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
        yield Finding("conflicting labels", [case.data.target], share, positions(conflicting), told)


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
    """Find rows with categories of which nothing was learned."""
    for name in case.features(ColumnType.CATEGORY):
        values = case.rows[name]
        unseen = np.asarray((case.part > 0) & values.notna() & ~values.isin(case.train[name].unique()))
        if (share := share_of(unseen, case)) > case.bounds.unseen_share:
            told = f"{share:.1%} of the rows of tune and promotion have a {name} that train has never seen"
            yield Finding("unseen categories", [name], share, some_of(values[unseen]), told)


SEARCHES: dict[str, Callable[[Case], Iterator[Finding]]] = {
    "same rows": overlap.same_rows,
    "near duplicates": overlap.near_duplicates,
    "future rows": overlap.future_rows,
    "shared entities": overlap.shared_entities,
    "unknown at prediction": _unknown_at_prediction,
    "telling features": _telling_features,
    "identifiers": _identifiers,
    "conflicting labels": _conflicting_labels,
    "flipped labels": _flipped_labels,
    "unseen categories": _unseen_categories,
}
