"""What shows that the hand-made project keeps to itself: its roles, the modes of its places, the access drill."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from config.settings import Data, Platform, Policy
from lens_checks.evidence import records as r
from tests.lens_checks.made import NOW, PARTS, ROWS, START

READ, BOTH = ["read"], ["read", "write"]
ROLES = {
    "business": {"settings": READ},
    "data": {"data": BOTH, "code": BOTH},
    "model": {"data": READ, "models": BOTH, "code": BOTH},
    "operations": {"keys": BOTH, "ledger": BOTH, "models": READ},
    "approver": {"models": ["read", "approve"], "ledger": READ},
}
DOORS = ["database", "key", "landed rows", "ledger", "models", "prepared rows"]
TRIED: dict[str, Any] = {
    "stranger": {"how": "by the modes", "tried": DOORS, "entered": []},
    "identity": {"uid": 1000, "above": []},
    "outside": {"address": "example.org:443", "reached": False},
    "advisories": {"source": "advisories", "packages": 9, "found": {}, "trouble": ""},
}
PLACES = (".lifecycle/keys/signing.pem", "data/landed", "ledger", "mlflow.db")


def platform(**change: Any) -> Platform:
    """Give what the policy says of roles and place."""
    whole = {"roles": ROLES, "reviewed": NOW.date(), "outside": "example.org:443", "advisories": "advisories",
             "templates": ["v1."]}  # fmt: skip
    return Platform.model_validate(whole | change)


def given(**change: Any) -> dict[type, dict[str, Any]]:
    """Let the policy say something else of roles and place."""
    return {Policy: {"platform": platform(**change)}}


def mode(path: str, *, readable: bool = False, writable: bool = False) -> r.PathMode:
    """Give the mode of a path."""
    return r.PathMode(path=path, mode="0600", world_readable=readable, world_writable=writable)


def address(name: str, transport: str) -> r.Address:
    """Give a place where something is kept."""
    return r.Address(name=name, address=f"{name}.example.org", transport=transport)


def stored(path: str, *, days: int = 1) -> r.StoredFile:
    """Give a file of rows that was written some days ago."""
    return r.StoredFile(path=path, size=9, sha256="e" * 64, modified=NOW - timedelta(days=days))


PREPARED = tuple(stored(f"data/prepared/{name}.parquet") for name in PARTS)


def way(varies: str, trial: int, family: str, *features: str, margin: tuple[float | None, ...] | None) -> r.Contestant:
    """Give a way to answer, and the winner's margin over it: value, low, high."""
    told = margin and r.Margin(value=margin[0], low=margin[1], high=margin[2])
    return r.Contestant(varies=varies, trial=trial, family=family, features=features, value=0.8, margin=told)


WAYS = (
    way("winner", 3, "boosting", "delay", "carrier", margin=None),
    way("family", 1, "linear", "delay", "carrier", margin=(0.05, 0.01, 0.09)),
    way("features", 3, "boosting", "delay", margin=(0.0, -0.01, 0.01)),
)


def fit(threads: int, **change: Any) -> r.FitSetting:
    """Give what the winner's fit took with one thread or two: twice as quick for a little more of the processor."""
    whole = {"wall_seconds": 200.0 / threads, "cpu_seconds": 190.0 + threads, "busy": 0.9, "peak_rss_mib": 400.0,
             "grown_mib": 50.0, "chosen": threads > 1}  # fmt: skip
    return r.FitSetting(threads=threads, **whole | change)


def guarded(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project what it tells of itself and its place."""
    data, ledger, registry = records[Data], records[r.Ledger], records[r.Registry]
    said = {n: c.model_copy(update={"description": "told at departure"}) for n, c in data.columns.items()}
    named = (replace(e, body={"policy_sha256": "4" * 64, **e.body}) for e in ledger.entries)
    versions = (replace(v, tags={"sensitivity": "public", **v.tags}) for v in registry.versions)
    added: list[object] = [
        data.model_copy(update={"columns": said, "retention_days": 365}),
        replace(ledger, entries=tuple(named)),
        replace(registry, versions=tuple(versions)),
        r.Derived(
            data_sha256=ROWS, columns={"delay": "public", "late": "public"}, highest="public", treated={}, found=(),
            people=(), smallest_group=None,
        ),
        r.Expiry(
            made=START, retention_days=365, looked_at=2,
            removed=(r.Expired(path="data/quarantine/old.parquet", sha256="e" * 64, days=400.0),),
        ),
        r.Benchmark(
            primary="average_precision", seed=0, sampled_rows=700, confidence=0.95, rows=WAYS,
            data_sha256={"train": PARTS["train"], "tune": PARTS["tune"]}, hardware=(fit(2), fit(1)),
        ),
        r.Copies(files=(r.Copy(path="examples/few.csv", rows=9, columns=("delay",)),)),
        r.Storage(files=(stored("data/landed/rows.parquet", days=999), stored("data/quarantine/q.parquet"), *PREPARED)),
        records[Policy].model_copy(update={"platform": platform()}),
        r.Exposure(scanned_files=9, secrets=(), modes=tuple(map(mode, PLACES)), uid=1000, inside_container=False),
        r.Premises(
            addresses=(address("tracking", "local"), address("alerts", "tls")), encrypted=None, template="v1.2",
            pools={"monitoring": None},
        ),
    ]  # fmt: skip
    return {**records, **{type(record): record for record in added}}
