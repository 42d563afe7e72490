"""What is kept while the model of the hand-made project lives."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lens_checks.evidence import records as r
from tests.lens_checks.delivered import COMMIT, DRILLED, entry_of
from tests.lens_checks.made import NOW, PARTS

SHOWN: dict[str, object] = {
    "clean": {"alarmed": False, "cause": None},
    "decayed": {"alarmed": True, "cause": "decay"},
    "drifted": {"alarmed": True, "cause": "drift"},
}
LATER = NOW + timedelta(days=90)
JOULES_PER_KWH = 3_600_000


def decay(**change: Any) -> r.Drill:
    """Make the record of the drill of decay."""
    whole: dict[str, Any] = {"passed": True, "seconds": 4.0, "version": 1, "about": SHOWN, "made": DRILLED}
    return r.Drill(name="decay", entry=70, commit=COMMIT, **whole | change)


def decayed(recorded: r.Drill | None = None, **change: Any) -> dict[type, object]:
    """Give the changes to a good project in which the drill of decay came out otherwise."""
    from tests.lens_checks.world import GOOD

    drill = decay(**change)
    entries = tuple(e for e in GOOD.get(r.Ledger).entries if e.number != drill.entry)
    return {
        r.Drills: {"drills": {**GOOD.get(r.Drills).drills, "decay": drill}},
        r.Ledger: {"entries": (*entries, entry_of(recorded or drill))},
    }


def sides(**change: Any) -> r.WindowSides:
    """Make the other sides of a window."""
    whole: dict[str, Any] = {
        "attribution": r.Attribution(agreement=0.97, bound=0.9, rows=900),
        "returns": r.Returns(
            rows=900, by_rule=400.0, by_model=200.0, answering=0.5, making=1.5, net=198.0, currency="EUR"
        ),
        "effort": r.Effort(
            rows=900, cpu_seconds_per_1k=0.02, kwh_per_1k=0.02 * 3.5 * 1.2 / JOULES_PER_KWH, bytes_per_1k=80_000,
            baseline_cpu_seconds_per_1k=0.015,
        ),
    }  # fmt: skip
    return r.WindowSides(**whole | change)


def last(**change: Any) -> dict[type, object]:
    """Give the history of a good project with its last window changed."""
    from tests.lens_checks.world import GOOD

    first, newest = GOOD.get(r.MonitoringHistory).windows
    return {r.MonitoringHistory: {"windows": (first, replace(newest, **change))}}


def kept() -> list[object]:
    """Give the records of what is kept besides windows."""
    price, hour = 0.05, 3600.0
    line = r.CostLine(cpu_seconds=hour, cost=price)
    load = [r.Load(start=NOW - timedelta(hours=n), requests=900, busy=0.3, rss_mib=300, p95_ms=9.0) for n in (3, 2, 1)]
    sets = {"all": ("delay",), "with weather": ("delay", "rain")}
    return [
        r.CostReport(
            made=NOW, currency="EUR", price=price, untagged=r.CostLine(cpu_seconds=0.0, cost=0.0), before=0.15,
            activities=dict.fromkeys(("prepare", "train", "retrain", "host"), line), growth_limit=2.0, alarms=(),
        ),
        r.Utilisation(
            made=NOW, version=1, series=tuple(load), recommended_workers=1, decided_workers=1, decided=DRILLED,
            decided_by="Ola",
        ),
        r.AccessAudit(
            made=NOW, entries=9, people=2, classified=True, retention_days=365,
            unusual=(r.Access(who="eve", what="data/landed", when=DRILLED, alert="alert 3", planted=True),),
        ),
        r.Exploration(
            made=NOW, tune_sha256=PARTS["tune"], metric="average_precision", new_columns=(), next_review=LATER,
            compared=tuple(r.FeatureSet(name=n, features=f, value=0.8) for n, f in sets.items()),
        ),
        r.HumanReview(
            made=NOW, version=1, queued={"low confidence": 60, "random": 40}, reviewed=100, agreed=90,
            labels_sha256="4" * 64, used_in=4,
        ),
    ]  # fmt: skip


def living(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project what only a model that has lived for a while leaves behind."""
    ledger, drills, history = records[r.Ledger], records[r.Drills], records[r.MonitoringHistory]
    figures = {"value": 0.82, "low": 0.8, "high": 0.84, "expected": 0.84, "dropped": False}
    service = {"requests": 900, "model_version": "1", "request_ids": True}
    seen = {"performance": {"average_precision": figures, "dropped": False}, "service": service, "sides": sides()}
    added: list[object] = [
        replace(ledger, entries=(*ledger.entries, entry_of(decay()))),
        r.Drills(drills={**drills.drills, "decay": decay()}),
        r.MonitoringHistory(windows=tuple(replace(window, **seen) for window in history.windows)),
        *kept(),
    ]
    return {**records, **{type(record): record for record in added}}
