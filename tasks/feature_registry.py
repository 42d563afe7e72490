"""The registry of features: each with its owner, version and consumers, and which of them tell the same as another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from config.settings import Charter, Data, Settings
from tasks import files
from tasks.features import NUMBERS, feature_frame
from tasks.lineage import PREPARED, Code
from tasks.registry import Registry, Version

REPORT = "features.json"
ALIKE = 0.999  # |Spearman's rho|: from here on one column is the other, rescaled
COMPARED_ROWS = 20_000
SCHEMA_TAG = "feature_schema_sha256"


@dataclass(frozen=True)
class Feature:
    """One feature as others find it; `version` digests its entry in data.yaml and the code that prepares it."""

    name: str
    type: str
    unit: str
    description: str
    owner: str
    version: str
    consumers: tuple[str, ...]


@dataclass(frozen=True)
class Twins:
    """Two features that tell the same, and how: their rows fall into the same groups, or in the same order."""

    features: tuple[str, str]
    alike: str  # groups, order


def write(
    version: Version, training: Mapping[str, Any], settings: Settings, *, code: Code, registry: Registry, reports: Path
) -> Path:
    """Write reports/features.json: what the version reads, from which rows, and what it need not have read."""
    path = PREPARED / "train.parquet"
    sample = feature_frame(sampled(pd.read_parquet(path, columns=list(settings.data.features))), settings.data)
    read = tuple(training["pipeline"]["reads"] or training["features"])
    body = {"schema": 1, "made": files.now(), "version": version.number, "digest": version.digest, "code": dict(code)}
    body |= {"train_sha256": files.sha256_file(path), "compared_rows": len(sample), "alike": ALIKE}
    told = described(
        settings.data, settings.charter, code=code, consumers=dict.fromkeys(read, _names(version, registry))
    )
    return files.write_json(reports / REPORT, body | {"features": told, "twins": list(twins(sample, settings.data))})


def described(
    data: Data, charter: Charter, *, code: Code, consumers: Mapping[str, tuple[str, ...]]
) -> tuple[Feature, ...]:
    """Give the entry of every feature of the contract, in its order."""
    columns = {name: data.columns[name] for name in data.features}
    return tuple(
        Feature(
            name=name,
            type=column.type.value,
            unit=column.unit,
            description=column.description,
            owner=charter.owners.data,
            version=files.sha256_json({"column": column, "code": code}),
            consumers=consumers.get(name, ()),
        )
        for name, column in columns.items()
    )


def _names(version: Version, registry: Registry) -> tuple[str, ...]:
    """Name the version and those that an alias names and that read the same features."""
    numbers = {version.number}
    for number in set(registry.aliases().values()) - numbers:
        if registry.version(number).tags.get(SCHEMA_TAG) == version.tags.get(SCHEMA_TAG):
            numbers.add(number)
    return tuple(f"{registry.model} version {number}" for number in sorted(numbers))


def sampled(rows: pd.DataFrame) -> pd.DataFrame:
    """Give every k-th row, at most `COMPARED_ROWS` of them."""
    step = -(-len(rows) // COMPARED_ROWS) or 1
    return rows.iloc[::step]


def twins(rows: pd.DataFrame, data: Data) -> Iterator[Twins]:
    """Find features that are another one under new names for its values, or rescaled; a constant is nobody's twin."""
    varied = [name for name in rows.columns if rows[name].nunique(dropna=False) > 1]
    grouped = {name: mark for name in varied if (mark := _grouping(rows[name])) is not None}
    same = {pair for pair in combinations(grouped, 2) if grouped[pair[0]] == grouped[pair[1]]}
    yield from (Twins(pair, "groups") for pair in sorted(same))
    numbers = [name for name in varied if data.columns[name].type in NUMBERS]
    close = np.argwhere(np.triu(_rank_correlation(rows[numbers]) >= ALIKE, k=1))
    yield from (Twins(pair, "order") for i, j in close if (pair := (numbers[i], numbers[j])) not in same)


def _grouping(values: "pd.Series") -> str | None:
    """Digest which rows are alike, whatever the values are called; None where hardly two rows are."""
    codes, seen = pd.factorize(values, use_na_sentinel=False)
    return files.sha256_bytes(codes.astype(np.int64).tobytes()) if len(seen) <= len(codes) / 2 else None


def _rank_correlation(numbers: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give |Spearman's rho| of every two columns, shape (k, k); a missing value takes the middle rank."""
    ranks = numbers.astype(float).rank(pct=True)
    away = (ranks - ranks.mean()).fillna(0.0).to_numpy()
    length = np.linalg.norm(away, axis=0)
    unit = np.divide(away, length, out=np.zeros_like(away), where=length > 0)
    return np.abs(unit.T @ unit)
