"""What rebuilding, retrieving and comparing left behind in the hand-made project."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from config.settings import Data
from lens_checks.evidence import records as r
from tests.lens_checks.delivered import COMMIT, REVISION
from tests.lens_checks.made import MODEL, NOW, PARTS, ROWS, entry

SPANS = {
    "train": ("2013-01-01T00:00:00+00:00", "2013-06-30T23:00:00+00:00"),
    "tune": ("2013-07-01T00:00:00+00:00", "2013-07-31T23:00:00+00:00"),
    "promotion": ("2013-08-01T00:00:00+00:00", "2013-08-31T23:00:00+00:00"),
}
SEARCHED = ("same rows", "near duplicates", "future rows", "shared entities", "flipped labels")
REBUILT = 60  # number of the reproduction's entry
FIGURES: dict[str, object] = {
    "thresholds": ("average_precision >= 0.8", "brier <= 0.12"),
    "metrics": {"average_precision": {"value": 0.84}, "brier": {"value": 0.1}},
}


def metric(seen: float | None = 0.84, *, within: bool = True) -> r.SeenMetric:
    """Make a metric of a reproduction, of which 0.84 is expected."""
    return r.SeenMetric(expected=0.84, seen=seen, tolerance=0.001, within=within)


def seen(expected: object, found: object = None) -> r.SeenInput:
    """Make an input of a reproduction, found as it is expected unless told otherwise."""
    found = expected if found is None else found
    return r.SeenInput(expected=expected, seen=found, same=expected == found)


def rebuilt(version: int = 1, **change: Any) -> r.Reproduction:
    """Make the record of a reproduction."""
    whole: dict[str, Any] = {
        "made": NOW, "passed": True, "exact": True, "digest": {"expected": MODEL, "seen": MODEL}, "differs": (),
        "metrics": {"average_precision": metric()}, "entry": REBUILT, "commit": COMMIT,
        "inputs": {n: seen(n) for n in ("commit", "data", "lock", "parameters")} | {"threads": seen(2, 8)},
        "parts": {name: seen(sha256) for name, sha256 in PARTS.items()},
    }  # fmt: skip
    return r.Reproduction(version=version, **whole | change)


def witness(made: r.Reproduction) -> r.LedgerEntry:
    """Make the ledger entry of a reproduction."""
    said = {name: getattr(made, name) for name in ("version", "passed", "exact", "digest")}
    return entry(REBUILT, "reproduction", NOW, **said)


def compared(**change: Any) -> r.ChampionComparison:
    """Make the comparison of the first candidate, which had no champion beside it."""
    whole: dict[str, Any] = {
        "made": NOW, "candidate": r.ComparedVersion(version=1, run_id="run", digest=MODEL), "champion": None,
        "promotion_sha256": PARTS["promotion"], "rows": 150, "unseen_rows": 150, "test": "non-inferiority",
        "margin": 0.005, "difference": None, "guarded": {}, "verdict": "no-champion", "sentence": "the first",
        "looks": 1, "slices": {},
    }  # fmt: skip
    return r.ChampionComparison(**whole | change)


def proven(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project what shows that it can be rebuilt, and that its data can be trusted and had back."""
    registry, ledger, data = records[r.Registry], records[r.Ledger], records[Data]
    tags = {"params_sha256": "8" * 64, "landed_sha256": ROWS}
    run = {"run_tags": {"lifecycle.flow_run_id": "flow"}, "run_metrics": {"promotion_average_precision": 0.84}}
    versions = tuple(replace(v, tags=tags | v.tags, **run) for v in registry.versions)
    entries = (*map(_with_figures, ledger.entries), witness(rebuilt()))
    parts, pipeline = records[r.Parts], records[r.Pipeline]
    spans = {n: replace(part, start=SPANS[n][0], end=SPANS[n][1]) for n, part in parts.parts.items()}
    folds = r.CrossValidation(
        scheme="time", metric="average_precision", rows=700, scores=(0.82, 0.84, 0.86), mean=0.84, std=0.02, seconds=1
    )
    landed = replace(pipeline.snapshots["data/landed"], cached=True, sealed=True)
    source = data.source.model_copy(update={"allowed": ("data/*",), "checksums": {"data/flights.csv": "f" * 64}})
    added: list[object] = [
        data.model_copy(update={"source": source}),
        replace(registry, versions=versions),
        replace(ledger, entries=entries),
        replace(parts, parts=spans),
        replace(pipeline, snapshots={"data/landed": landed}),
        replace(records[r.Leakage], checks=SEARCHED),
        replace(records[r.Training], cross_validation=folds),
        r.Authorship(commit=COMMIT, authors=("Mo", "mo@example.org")),
        r.Retrieval(remote=None, faults={REVISION: ()}),
        r.Reproductions(of={1: rebuilt()}),
        compared(),
    ]
    return {**records, **{type(record): record for record in added}}


def _with_figures(old: r.LedgerEntry) -> r.LedgerEntry:
    """Let a decision of the ladder carry the figures that it was derived from."""
    if old.kind != "decision":
        return old
    known = old.body.get("figures")
    return replace(
        old, body={**old.body, "actor": "mo", "figures": {**(known if isinstance(known, dict) else {}), **FIGURES}}
    )
