"""What shows that only those who should reach the model of the hand-made project, and that its API is kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lens_checks.evidence import records as r
from tests.lens_checks.made import NOW

CURRENT, RELEASED = "c1" * 32, "c0" * 32


def trial(**change: Any) -> r.DoorTrial:
    """Make what the trial of the doors saw."""
    whole = {
        "anonymous": 401, "unknown": 403, "known": 200, "consumer": "trial", "logged": "trial", "marked": 9,
        "limited": r.RateTrial(per_minute=20, sent=25, answered=21, refused=4),
        "probed": r.ProbeTrial(sent=60, before=1, after=2),
    }  # fmt: skip
    return r.DoorTrial(**whole | change)


def kept(api: str, sha256: str, **change: Any) -> r.ApiKept:
    """Make how a version of the API was kept."""
    return r.ApiKept(**{"api": api, "sha256": sha256, "calls": 18, "broken": (), **change})


def promises(**change: Any) -> r.ApiTrial:
    """Make what the trial of the API saw."""
    whole = {
        "current": kept("1.1.0", CURRENT), "released": kept("1.0.0", RELEASED), "changes": (),
        "signature": r.ApiSignature(columns=1, model=(), server=()),
    }  # fmt: skip
    return r.ApiTrial(**whole | change)


def consumer(name: str, days: int | None) -> r.ListedConsumer:
    """Make a consumer whose key counts for some days more."""
    until = None if days is None else (NOW.date() + timedelta(days=days)).isoformat()
    return r.ListedConsumer(name=name, added=NOW.isoformat(), expires=until)


def doored(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project what was seen of its doors and its API, and that no row set aside goes on."""
    parts = replace(records[r.Parts], landed_rows=1001, dropped_rows=1, readmitted_rows=0)
    validation = replace(records[r.Validation], quarantine_file="data/quarantine/q.parquet")
    evaluation = records[r.Evaluation]
    added: list[object] = [
        replace(records[r.Release], access=trial(), contract=promises()),
        replace(evaluation, robustness=replace(evaluation.robustness, noise=0.1)),
        r.ApiDocuments(current=CURRENT, released=RELEASED),
        r.ConsumerList(consumers=(consumer("shop", 30),)),
        parts,
        validation,
    ]
    return {**records, **{type(record): record for record in added}}
