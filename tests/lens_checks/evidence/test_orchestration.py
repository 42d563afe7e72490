"""Prefect is asked where it runs, and read from its database where it does not."""

import base64
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence.delivery import known_runs
from lens_checks.evidence.orchestration import orchestration
from lens_checks.evidence.place import NoEvidence, Place
from lens_checks.evidence.records import Orchestration
from tasks import files
from tests.lens_checks.metered import lines

FIRST, SECOND, FOREIGN = (f"{n}0000000-0000-4000-8000-000000000000" for n in "123")
SCHEMA = f"""
CREATE TABLE flow (id, name);
CREATE TABLE deployment (id, name, flow_id, paused, concurrency_limit, tags, work_queue_id);
CREATE TABLE work_queue (id, work_pool_id);
CREATE TABLE work_pool (id, name);
CREATE TABLE deployment_schedule (deployment_id, schedule, active);
CREATE TABLE flow_run (id, name, flow_id, deployment_id, state_type, state_name, start_time, end_time);
INSERT INTO flow VALUES ('f1', 'Monitoring');
INSERT INTO deployment VALUES
 ('d1', 'monitor', 'f1', 0, 1, '["lens"]', 'q1'), ('d2', 'idle', 'f1', 1, NULL, '[]', NULL);
INSERT INTO work_queue VALUES ('q1', 'p1');
INSERT INTO work_pool VALUES ('p1', 'nodes');
INSERT INTO deployment_schedule VALUES ('d1', '{{"cron": "0 6 1 * *"}}', 1), ('d1', '{{"interval": 60.0}}', 0);
INSERT INTO flow_run VALUES
 ('{FIRST}', 'blue-fox', 'f1', 'd1', 'COMPLETED', 'Completed', '2026-03-01 06:00:00.000000', '2026-03-01 06:01:00'),
 ('{SECOND}', 'red-owl', 'f1', NULL, 'PENDING', 'Late', NULL, NULL);
"""
ANSWERS = {
    "/api/flows/filter": [{"id": "f1", "name": "Monitoring"}],
    "/api/deployments/filter": [
        {"id": "d1", "name": "monitor", "flow_id": "f1", "paused": False, "tags": ["lens"], "concurrency_limit": None,
         "work_pool_name": "nodes", "global_concurrency_limit": {"limit": 1},
         "schedules": [{"active": True, "schedule": {"cron": "0 6 1 * *"}},
                       {"active": False, "schedule": {"interval": 60.0}}]},
        {"id": "d2", "name": "idle", "flow_id": "f1", "paused": True, "tags": [], "schedules": []},
    ],
    "/api/flow_runs/filter": [
        {"id": FIRST, "name": "blue-fox", "flow_id": "f1", "deployment_id": "d1", "state_name": "Completed",
         "start_time": "2026-03-01T06:00:00Z", "end_time": "2026-03-01T06:01:00Z"},
        {"id": SECOND, "name": "red-owl", "flow_id": "f1", "deployment_id": None, "state_name": "Late",
         "start_time": None, "end_time": None},
        {"id": FOREIGN, "name": "of another project", "flow_id": "f1", "state_name": "Completed"},
    ],
}  # fmt: skip


class Prefect(BaseHTTPRequestHandler):
    """Answers what a Prefect server answers to the three questions asked of it."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.headers["authorization"] != f"Basic {base64.b64encode(b'lifecycle:word').decode()}":
            self.send_error(401)
            return
        wanted = asked.get("flow_runs", {"id": {}})["id"].get("any_")
        body = json.dumps([row for row in ANSWERS[self.path] if wanted is None or row["id"] in wanted]).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Prefect) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/api"
        listening.shutdown()
        thread.join()


@pytest.fixture
def place(tmp_path: Path, example: Settings, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    return Place(tmp_path, example, datetime.now(UTC))


def meter(place: Place, *flow_runs: str) -> None:
    """Let a phase of each of some flow runs be in the book."""
    written = [replace(line, flow_run_id=run) for line, run in zip(lines(), flow_runs, strict=False)]
    files.write_json(
        place.root / "reports/metering.json", {"schema": 1, "made": place.now, "lines": written, "tried": {}}
    )


def is_as_recorded(found: Orchestration) -> None:
    assert [
        (d.name, d.flow, d.paused, d.schedules, d.concurrency_limit, d.tags, d.work_pool) for d in found.deployments
    ] == [
        ("monitor", "Monitoring", False, ("cron 0 6 1 * *",), 1, ("lens",), "nodes"),
        ("idle", "Monitoring", True, (), None, (), None),
    ]
    run = next(run for run in found.flow_runs if run.id == FIRST)
    assert (run.deployment, run.state, run.started) == ("monitor", "Completed", datetime(2026, 3, 1, 6, tzinfo=UTC))
    assert {run.id for run in found.flow_runs} == {FIRST, SECOND}


def test_a_running_server_is_asked(place: Place, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", server)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "lifecycle:word")
    meter(place, FIRST, SECOND, "no id of Prefect's")
    is_as_recorded(orchestration(place))


def test_a_server_is_asked_for_the_runs_that_the_project_names(
    place: Place, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", server)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "lifecycle:word")
    assert (orchestration(place).flow_runs, known_runs(place).ids) == ((), frozenset())
    meter(place, SECOND)
    later = Place(place.root, place.settings, place.now)
    assert known_runs(later).ids == {run.id for run in orchestration(later).flow_runs} == {SECOND}


def test_a_server_that_wants_another_password_is_no_evidence(
    place: Place, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", server)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "lifecycle:other")
    with pytest.raises(NoEvidence, match="401"):
        orchestration(place)


def test_the_database_of_a_stopped_server_is_read(place: Place) -> None:
    with sqlite3.connect(place.root / "prefect.db") as database:
        database.executescript(SCHEMA)
    is_as_recorded(orchestration(place))


def test_a_server_that_does_not_answer_is_no_evidence(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with pytest.raises(NoEvidence, match="does not answer"):
        orchestration(place)


def test_a_file_that_is_no_database_is_no_evidence(place: Place) -> None:
    (place.root / "prefect.db").write_text("nothing of the kind")
    with pytest.raises(NoEvidence, match="cannot be read"):
        orchestration(place)
