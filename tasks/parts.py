"""Looks at the parts of a split: what they lack, how far they lie apart, and which segments they hold."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from config.settings import ColumnType, Data, Split
from tasks.distributions import BINS, distribution, psi
from tasks.splitting import NAMES, Parts

ROWS_PER_BIN = 10  # fewer rows a bin than this, and effects would tell of chance
NOISE = 3.0  # standard errors
LISTED = 50  # values of a segment that are counted apart


def weaknesses(parts: Parts, data: Data, params: Split) -> list[str]:
    """Say which parts are empty, lack a class or rows of a required segment, or miss more values than allowed."""
    classes = data.columns[data.target].type in (ColumnType.BOOLEAN, ColumnType.CATEGORY)
    known = set().union(*(part[data.target].unique() for _, part in parts)) if classes else set()
    told = []
    for name, part in parts:
        lacking = sorted(str(value) for value in known - set(part[data.target].unique()))
        if part.empty or lacking:
            without = f", none of class {', '.join(lacking[:5])}" if lacking else ""
            told.append(f"the {name} part has {len(part):,} rows{without}")
        told += [f"the {name} part {lack}" for lack in (*_short(part, data, params), *_holes(part, data))]
    return told


def _short(part: pd.DataFrame, data: Data, params: Split) -> list[str]:
    """Find required segments of which a part has too few rows."""
    told = []
    for column, required in params.required.items():
        fold = data.columns[column].type is ColumnType.BOOLEAN  # YAML and pandas spell truth in different cases
        values = part[column].astype("str").str.lower() if fold else part[column].astype("str")
        for value, least in required.items():
            if (rows := int((values == (value.lower() if fold else value)).sum())) < least:
                told.append(f"has {rows:,} rows where {column} is {value}, {least:,} are required")
    return told


def _holes(part: pd.DataFrame, data: Data) -> list[str]:
    """Find columns whose missing values gather in one part, where the whole still looks good; chance is let pass."""
    told = []
    for feature in data.features:
        share, allowed = float(part[feature].isna().mean()), data.columns[feature].max_missing
        if share > allowed + NOISE * np.sqrt(allowed * (1 - allowed) / max(len(part), 1)):
            told.append(f"misses {share:.1%} of {feature}, {allowed:.1%} are allowed")
    return told


def effects(parts: Parts, data: Data) -> dict[str, dict[str, float]]:
    """Measure how far each feature and the target of tune and promotion lie from train, as PSI."""
    smallest = min(len(part) for _, part in parts)
    bins = int(np.clip(smallest // ROWS_PER_BIN, 2, BINS))
    found: dict[str, dict[str, float]] = {}
    for name in (*data.features, data.target):
        reference = distribution(parts.train[name], data.columns[name].type, bins=bins)
        found[name] = {"tune": psi(reference, parts.tune[name]), "promotion": psi(reference, parts.promotion[name])}
    return found


def segments(
    parts: Parts, columns: tuple[str, ...], required: Mapping[str, Collection[str]]
) -> dict[str, dict[str, dict[str, int]]]:
    """Count the rows of each part by the values of columns: the most frequent ones, and all that are required."""
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for column in dict.fromkeys((*columns, *required)):
        counts = {name: part[column].astype("str").value_counts() for name, part in parts}
        asked = {value.casefold() for value in required.get(column, ())}
        frequent = {str(value) for value in counts["train"].index[:LISTED]}
        rare = {str(v) for found in counts.values() for v in found.index if str(v).casefold() in asked}
        counted[column] = {v: {n: int(counts[n].get(v, 0)) for n in NAMES} for v in sorted(frequent | rare)}
    return counted
