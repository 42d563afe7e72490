"""What is asked of the model of the hand-made project, and what a load on its server showed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.settings import Charter, Runtime, Usage
from lens_checks.evidence import records as r
from tests.lens_checks.delivered import COMMIT, DRILLED, entry_of
from tests.lens_checks.made import NOW

WHY = "the display is drawn anew by then"
USAGE: dict[str, Any] = {
    "kind": "online", "traffic": "steady", "peak": {"figure": 100, "reason": WHY},
    "usual": {"figure": 20, "reason": WHY}, "headroom": 1.5, "spare": {"figure": 1, "reason": WHY},
    "levels": {
        "p50_ms": {"figure": 50, "reason": WHY}, "p95_ms": {"figure": 100, "reason": WHY},
        "p99_ms": {"figure": 200, "reason": WHY}, "error_rate": {"figure": 0.01, "reason": WHY},
    },
    "prices": {"serverless": 0.25},
}  # fmt: skip
BOUNDS = {
    "p50_ms": 50.0, "p95_ms": 100.0, "p99_ms": 200.0, "error_rate": 0.01, "per_second": 100.0, "rss_mib": 2048.0,
    "busy": 0.7, "disk_free_mib": 200.0,
}  # fmt: skip


def exported(**change: Any) -> r.Exported:
    """Make what the server tells of a step."""
    whole: dict[str, Any] = {
        "requests": 100, "per_second": 99.0, "error_rate": 0.0, "p50_ms": 8.0, "p95_ms": 16.0, "p99_ms": 24.0,
        "rss_mib": 300.0, "busy": 0.4, "disk_free_mib": 5000.0,
    }  # fmt: skip
    return r.Exported(**whole | change)


def step(connections: int, requests: int, p50: float, **change: Any) -> r.LoadStep:
    """Make a step of one second; the 95th and 99th percentiles are two and three times the median."""
    whole: dict[str, Any] = {
        "errors": 0, "seconds": 1.0, "p50_ms": p50, "p95_ms": 2 * p50, "p99_ms": 3 * p50, "cpu_seconds": 0.4,
        "rss_mib": 300.0, "exported": exported(requests=requests),
    }  # fmt: skip
    return r.LoadStep(connections=connections, requests=requests, **whole | change)


ONE, FOUR, MANY = step(1, 100, 8.0), step(4, 150, 20.0, cpu_seconds=0.6), step(16, 160, 90.0, cpu_seconds=0.7)


def curve(*steps: r.LoadStep, **change: Any) -> dict[type, dict[str, Any]]:
    """Let the load have shown something else."""
    whole = {"rows_per_request": 1, "request_kib": 0.3, "processors": 2, "steps": steps or (ONE, FOUR, MANY)}
    return {r.Release: {"load": r.LoadCurve(**whole | change)}}


def profile(**change: Any) -> dict[type, dict[str, Any]]:
    """Let something else be asked of the model."""
    return {Charter: {"usage": Usage.model_validate(USAGE | change)}}


def levels(**change: Any) -> dict[type, dict[str, Any]]:
    """Let other levels be agreed."""
    return profile(levels=USAGE["levels"] | change)


def workers(least: int, most: int) -> dict[type, dict[str, Any]]:
    """Let so many workers be configured."""
    scaling = {"most": most}
    return {Runtime: {"serving": Runtime.model_validate({"serving": {"workers": least, "scaling": scaling}}).serving}}


def rehearsal(**change: Any) -> r.AlarmRehearsal:
    """Make the rehearsal of all alarms."""
    rules = tuple(rule(kpi) for kpi in BOUNDS)
    whole: dict[str, Any] = {"made": NOW, "rules": rules, "file": "tests/1.json", "kept": True, "delivered": {}}
    return r.AlarmRehearsal(**whole | change)


def rule(kpi: str, **change: Any) -> r.AlarmRule:
    """Make a rule that was tried and is sound."""
    sound: dict[str, Any] = {
        "bound": BOUNDS[kpi], "at_least": kpi == "disk_free_mib", "silent_within": True, "fires_beyond": True,
    }  # fmt: skip
    return r.AlarmRule(kpi=kpi, **sound | change)


def alarms(**change: Any) -> dict[type, dict[str, Any]]:
    """Let the rehearsal have come out otherwise."""
    return {r.Release: {"alarms": rehearsal(**change)}}


def ruled(kpi: str, **change: Any) -> dict[type, dict[str, Any]]:
    """Let one rule have come out otherwise."""
    return alarms(rules=tuple(rule(name, **change) if name == kpi else rule(name) for name in BOUNDS))


SCALED: dict[str, object] = {
    "policy": {"least": 1, "most": 2, "metric": "cpu", "above": 0.6, "below": 0.2}, "at_rest": 1, "under_load": 2,
    "after": 1, "requests": 500, "errors": 0,
}  # fmt: skip


def scale(*, made: datetime = DRILLED, passed: bool = True, **about: object) -> r.Drill:
    """Make the record of the drill of scaling."""
    return r.Drill(
        name="scale", made=made, passed=passed, seconds=3.0, entry=71, version=1, commit=COMMIT, about=SCALED | about
    )  # fmt: skip


def scaled(recorded: r.Drill | None = None, **change: Any) -> dict[type, object]:
    """Give the changes to a good project in which the drill of scaling came out otherwise."""
    from tests.lens_checks.world import GOOD

    drill = scale(**change)
    entries = tuple(e for e in GOOD.get(r.Ledger).entries if e.number != drill.entry)
    return {
        r.Drills: {"drills": {**GOOD.get(r.Drills).drills, "scale": drill}},
        r.Ledger: {"entries": (*entries, entry_of(recorded or drill))},
    }


def served(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project what is asked of its model, and what its server showed under load."""
    given: list[object] = [
        records[Charter].model_copy(update=profile()[Charter]),
        records[Runtime].model_copy(update=workers(1, 2)[Runtime]),
        replace(records[r.Release], **curve()[r.Release], **alarms()[r.Release]),
        replace(records[r.Ledger], entries=(*records[r.Ledger].entries, entry_of(scale()))),
        r.Drills(drills={**records[r.Drills].drills, "scale": scale()}),
    ]
    return {**records, **{type(record): record for record in given}}
