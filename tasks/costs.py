"""What running the lifecycle cost this month, by activity: reports/costs.json, which every run adds to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.settings import Charter, Upkeep
from tasks import files
from tasks.reporting import PhaseReport

COSTS = Path("reports/costs.json")
# What hosting costs is for the place that hosts to say: no run sees it.
ACTIVITY_OF = {
    "Framing": "prepare", "Data preparation": "prepare", "Training": "train", "Evaluation": "train",
    "Deployment": "operate", "Monitoring": "operate",
}  # fmt: skip
SEEN = ("prepare", "train", "retrain", "operate")
RETRAINING = frozenset({"drift", "decay", "new-data", "schedule"})


@dataclass(frozen=True)
class Spent:
    """CPU seconds by activity in a month, and those that belong to none."""

    made: datetime
    by: dict[str, float]
    untagged: float = 0.0
    before: float | None = None  # cost of the month before


def add(phases: Iterable[PhaseReport], *, cause: str, charter: Charter, upkeep: Upkeep, path: Path = COSTS) -> Path:
    """Add the phases of a run to the month's book; a run that something else than a hand caused is a retraining."""
    spent = _opened(path, files.now())
    by, untagged = dict(spent.by), spent.untagged
    for phase in phases:
        activity = ACTIVITY_OF.get(phase.phase)
        if activity is None:
            untagged += phase.cpu_seconds
        else:
            name = "retrain" if cause in RETRAINING and activity != "operate" else activity
            by[name] += phase.cpu_seconds
    return files.write_json(path, _report(Spent(spent.made, by, untagged, spent.before), charter, upkeep))


def _opened(path: Path, now: datetime) -> Spent:
    """Open the book of this month; the sum of an older one is what this month is held against."""
    old: dict[str, Any] = files.read_json(path) if path.exists() else {}
    blank = Spent(now, dict.fromkeys(SEEN, 0.0))
    if not old:
        return blank
    lines = {name: float(line["cpu_seconds"]) for name, line in old["activities"].items()}
    made = datetime.fromisoformat(old["made"])
    if (made.year, made.month) == (now.year, now.month):
        return Spent(now, blank.by | lines, float(old["untagged"]["cpu_seconds"]), old["before"])
    total = sum(line["cost"] for line in (*old["activities"].values(), old["untagged"]))
    return Spent(now, blank.by, before=total)


def _report(spent: Spent, charter: Charter, upkeep: Upkeep) -> dict[str, Any]:
    price, currency = charter.budget.cpu_hour_price, charter.error_costs.currency

    def line(seconds: float) -> dict[str, float]:
        return {"cpu_seconds": seconds, "cost": seconds / 3600 * price}

    lines = {name: line(seconds) for name, seconds in spent.by.items()}
    total = sum(one["cost"] for one in (*lines.values(), line(spent.untagged)))
    grown = spent.before is not None and total > spent.before * upkeep.cost_growth
    words = f"{total:.3g} this month, {spent.before:.3g} in the one before" if spent.before is not None else ""
    return {
        "schema": 1, "made": spent.made, "currency": currency, "price": price, "activities": lines,
        "untagged": line(spent.untagged), "before": spent.before, "growth_limit": upkeep.cost_growth,
        "alarms": [words] if grown else [],
    }  # fmt: skip
