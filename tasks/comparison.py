"""Champion against challenger: both answer the same promotion rows now, rows that the champion has seen left out."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import Settings
from tasks import keys, packaging
from tasks.features import feature_frame, row_fingerprints, target_values, typed_frame
from tasks.files import now, read_json, sha256_file, write_json
from tasks.intervals import units
from tasks.metrics import metric
from tasks.recording import SEEN, SEEN_ROWS
from tasks.registry import Registry, Version
from tasks.statistics import Prediction
from tasks.tracking import STATE, in_words
from tasks.verdicts import Compared, difference, judge

REPORT = Path("reports/comparison.json")


@dataclass(frozen=True, eq=False)
class Candidate:
    """The model that wants to become champion."""

    run_id: str
    digest: str
    pipeline: Pipeline


@dataclass(frozen=True, eq=False)
class Champion:
    """The model that serves, and the fingerprints of the rows that it was trained or tuned on."""

    version: Version
    pipeline: Pipeline
    features: tuple[str, ...]
    seen: NDArray[np.uint64]
    schema: Mapping[str, str]


def compare(candidate: Candidate, rows: pd.DataFrame, sha256: str, *, book: Registry, settings: Settings) -> Compared:
    """Compare with the model that the alias champion names now; one that cannot answer leaves it unknown.

    Changed files of the champion are an IntegrityAlarm: there is then something worse than an open comparison.
    """
    if (number := book.alias("champion")) is None:
        return Compared("no-champion", "nothing serves yet: there is no champion to compare with", len(rows))
    version = book.version(number)
    if version.digest == candidate.digest:
        same = Compared("same-version", f"version {number} is the candidate itself: there is no comparison")
        return replace(same, champion=number, champion_digest=version.digest)
    looks = count_look(book, sha256, candidate.digest)
    try:
        with tempfile.TemporaryDirectory(dir=_state(), prefix=".compare-") as folder:
            champion = fetch_champion(version, book, workplace=Path(folder))
            compared = _on_unseen_rows(candidate, champion, rows, looks=looks, settings=settings)
    except IntegrityAlarm:
        raise
    except LifecycleError as error:
        compared = Compared("unknown", f"version {number} cannot be compared with: {error.seen}")
    return replace(compared, looks=looks, champion=number, champion_digest=version.digest)


def _state() -> Path:
    STATE.mkdir(exist_ok=True, mode=0o700)
    return STATE


def _on_unseen_rows(
    candidate: Candidate, champion: Champion, rows: pd.DataFrame, *, looks: int, settings: Settings
) -> Compared:
    problem, params, rules = settings.charter.problem_type, settings.params.metrics, settings.policy.comparison
    fresh = rows[unseen(rows, champion)]
    told = {}
    if len(fresh) >= rules.minimum_rows:
        told = difference(
            target_values(fresh, settings.data, problem),
            Prediction.of(candidate.pipeline, feature_frame(fresh, settings.data), problem),
            Prediction.of(champion.pipeline, champion_features(fresh, champion), problem),
            metrics={name: metric(name, problem) for name in (params.primary, *params.guarded)},
            of=units(fresh, settings.data),
            resamples=params.resamples,
            confidence=params.confidence,
            seed=settings.params.search.seed,
        )
    return judge(told, primary=params.primary, rules=rules, unseen_rows=len(fresh), looks=looks)


def fetch_champion(version: Version, registry: Registry, *, workplace: Path) -> Champion:
    """Load the champion from its registered files and read which rows it saw (LifecycleError, IntegrityAlarm)."""
    if version.digest is None:
        raise IntegrityAlarm(
            f"version {version.number} is champion and carries no digest",
            expected="the digest of the files that were promoted",
            next_step="run `lifecycle verify`",
        )
    folder = registry.fetch(version.source, workplace / "model")
    pipeline = packaging.load_model(folder, digest=version.digest, keys_folder=keys.KEYS)
    about = read_json(registry.fetch(registry.address(version.run_id, SEEN), workplace / SEEN))
    rows = registry.fetch(registry.address(version.run_id, SEEN_ROWS), workplace / SEEN_ROWS)
    if sha256_file(rows) != about["sha256"]:
        raise IntegrityAlarm(
            f"the list of rows that version {version.number} has seen was changed",
            expected=f"a file with digest {about['sha256'][:12]}",
            next_step="run `lifecycle verify`",
        )
    seen = np.frombuffer(rows.read_bytes(), dtype="<u8").astype(np.uint64)
    return Champion(version, pipeline, tuple(pipeline.feature_names_in_), seen, about["columns"])


def unseen(rows: pd.DataFrame, champion: Champion) -> NDArray[np.bool_]:
    """Mark the rows that the champion was neither trained nor tuned on, by the columns that its own record names."""
    return ~np.isin(row_fingerprints(rows, dict(champion.schema)), champion.seen)


def champion_features(rows: pd.DataFrame, champion: Champion) -> pd.DataFrame:
    """Give the columns that the champion was fitted on, in its order; LifecycleError where one is gone."""
    return typed_frame(rows, {name: champion.schema[name] for name in champion.features})


def count_look(registry: Registry, promotion_sha256: str, digest: str) -> int:
    """Note on the registered model that a candidate looks at these promotion rows; give how many have."""
    name = f"looks_{promotion_sha256[:16]}"
    with in_words(registry.uri):
        looked = registry.client.get_registered_model(registry.model).tags.get(name, "").split()
        if digest[:12] not in looked:
            looked.append(digest[:12])
            registry.client.set_registered_model_tag(registry.model, name, " ".join(looked))
    return len(looked)


def write(
    compared: Compared, candidate: Candidate, *, promotion_sha256: str, rows: int, settings: Settings, book: Registry
) -> dict[str, Any]:
    """Write reports/comparison.json."""
    registered = [version.number for version in book.versions() if version.digest == candidate.digest]
    digest, rules = compared.champion_digest, settings.policy.comparison
    record = {
        "schema": 1,
        "made": now(),
        "candidate": {"version": max(registered, default=None), "run_id": candidate.run_id, "digest": candidate.digest},
        "champion": None if compared.champion is None else {"version": compared.champion, "digest": digest},
        "promotion_sha256": promotion_sha256,
        "rows": rows,
        "unseen_rows": compared.unseen_rows,
        "test": rules.test,
        "margin": rules.margin,
        "difference": compared.difference,
        "guarded": compared.guarded,
        "verdict": compared.verdict,
        "sentence": compared.sentence,
        "looks": compared.looks,
    }
    write_json(REPORT, record)
    return record
