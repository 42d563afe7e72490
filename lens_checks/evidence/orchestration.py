"""Ask Prefect's API, or read its stopped server's database: deployments with their schedules, and flow runs."""

import base64
import contextlib
import json
import os
import re
import sqlite3
import urllib.request
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from lens_checks.evidence.metering import metering
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from lens_checks.evidence.records.ground import Deployment, FlowRun, Orchestration

NEWEST = 50
RUN_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DEPLOYMENTS = """
SELECT deployment.*, work_pool.name AS work_pool_name FROM deployment
LEFT JOIN work_queue ON work_queue.id = deployment.work_queue_id
LEFT JOIN work_pool ON work_pool.id = work_queue.work_pool_id
"""
PATIENCE_SECONDS = 5.0
Row = dict[str, Any]


def orchestration(place: Place) -> Orchestration:
    """Read deployments, and the flow runs of the phases that were metered."""
    url = address(place)
    return _from_server(url, metered(place)) if url else place.once(stored)[0]


def address(place: Place) -> str:
    """Give the address of Prefect's API, empty where none is configured and none of ours runs."""
    return (os.environ.get("PREFECT_API_URL") or place.settings.runtime.prefect_api_url).rstrip("/")


def metered(place: Place) -> tuple[str, ...]:
    """Name the newest flow runs whose phases were metered; none where none was."""
    try:
        return place.once(metering).flow_runs[:NEWEST]
    except (NoEvidence, Malformed):
        return ()


def runs(url: str, ids: Iterable[str]) -> list[Row]:
    """Ask for flow runs by id: a server tells each with all its parameters, and may know thousands of many projects."""
    wanted = {"id": {"any_": [one for one in dict.fromkeys(ids) if RUN_ID.fullmatch(one)]}}
    return ask(f"{url}/flow_runs/filter", {"sort": "START_TIME_DESC", "flow_runs": wanted})


def _from_server(url: str, ids: Iterable[str]) -> Orchestration:
    flows = {row["id"]: row["name"] for row in ask(f"{url}/flows/filter", {})}
    deployments = ask(f"{url}/deployments/filter", {})
    names = {row["id"]: row["name"] for row in deployments}
    return Orchestration(
        deployments=tuple(_deployment(row, flows, row.get("schedules", [])) for row in deployments),
        flow_runs=tuple(_flow_run(row, flows, names) for row in runs(url, ids)),
    )


def ask(url: str, body: Row) -> list[Row]:
    """Ask one question of Prefect's API (NoEvidence where it does not answer)."""
    headers = {"content-type": "application/json"} | _authorization()
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            rows: list[Row] = json.load(answer)
    except (OSError, ValueError) as error:
        raise NoEvidence(f"the Prefect server {url} does not answer ({error}): start it, then review again") from None
    return rows


def _authorization() -> dict[str, str]:
    """Give what a server asks for, as Prefect's own client takes it from the environment."""
    if key := os.environ.get("PREFECT_API_KEY"):
        return {"authorization": f"Bearer {key}"}
    if password := os.environ.get("PREFECT_API_AUTH_STRING"):
        return {"authorization": f"Basic {base64.b64encode(password.encode()).decode()}"}
    return {}


def stored(place: Place) -> tuple[Orchestration, frozenset[str]]:
    """Read the database of a stopped server: what it holds, and the id of every flow run (NoEvidence)."""
    path = Path(os.environ.get("PREFECT_HOME", place.root / ".lifecycle/prefect")) / "prefect.db"
    if not path.is_file():
        raise NoEvidence("Prefect has recorded no flow run yet: run `lifecycle run`")
    try:
        address = f"file:{path}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=PATIENCE_SECONDS)) as database:
            database.row_factory = sqlite3.Row
            return _from_database(database)
    except sqlite3.Error as error:
        raise NoEvidence(f"Prefect's database {path} cannot be read ({error}): run `lifecycle run`") from None


def _from_database(database: sqlite3.Connection) -> tuple[Orchestration, frozenset[str]]:
    def rows(query: str) -> list[Row]:
        return [dict(row) for row in database.execute(query)]

    flows = {row["id"]: row["name"] for row in rows("SELECT id, name FROM flow")}
    deployments = rows(DEPLOYMENTS)
    schedules = rows("SELECT deployment_id, schedule, active FROM deployment_schedule")
    runs = rows(f"SELECT * FROM flow_run ORDER BY start_time DESC LIMIT {NEWEST}")  # an int of ours
    ids = frozenset(str(row["id"]) for row in rows("SELECT id FROM flow_run"))
    names = {row["id"]: row["name"] for row in deployments}
    for row in (*deployments, *schedules, *runs):
        row |= {key: _json(row[key]) for key in ("schedule", "tags") if key in row}
    own = {row["id"]: [s for s in schedules if s["deployment_id"] == row["id"]] for row in deployments}
    found = Orchestration(
        deployments=tuple(_deployment(row, flows, own[row["id"]]) for row in deployments),
        flow_runs=tuple(_flow_run(row, flows, names) for row in runs),
    )
    return found, ids


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _deployment(row: Row, flows: dict[str, str], schedules: list[Row]) -> Deployment:
    limit = row.get("concurrency_limit") or (row.get("global_concurrency_limit") or {}).get("limit")
    return Deployment(
        name=row["name"],
        flow=flows.get(row["flow_id"], ""),
        paused=bool(row["paused"]),
        schedules=tuple(_in_words(s["schedule"]) for s in schedules if s["active"]),
        concurrency_limit=limit,
        tags=tuple(row.get("tags") or ()),
        work_pool=row.get("work_pool_name"),
    )


def _in_words(schedule: Row) -> str:
    if "cron" in schedule:
        return f"cron {schedule['cron']}"
    return f"every {schedule['interval']} s" if "interval" in schedule else f"rrule {schedule.get('rrule')}"


def _flow_run(row: Row, flows: dict[str, str], deployments: dict[str, str]) -> FlowRun:
    return FlowRun(
        id=str(row["id"]),
        name=row["name"],
        flow=flows.get(row["flow_id"], ""),
        state=str(row.get("state_name") or row.get("state_type") or "unknown"),
        deployment=deployments.get(row.get("deployment_id", "")),
        started=_time(row.get("start_time")),
        ended=_time(row.get("end_time")),
        tags=tuple(row.get("tags") or ()),
    )


def _time(value: Any) -> datetime | None:
    if not value:
        return None
    moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return moment if moment.tzinfo else datetime.fromisoformat(f"{value}+00:00")
