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
from uuid import UUID

import pytest

from config.settings import Settings
from lens_checks.evidence.delivery import known_runs
from lens_checks.evidence.orchestration import _authorization, orchestration
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
CREATE TABLE flow_run (id, name, flow_id, deployment_id, state_type, state_name, start_time, end_time, tags);
INSERT INTO flow VALUES ('f1', 'Monitoring');
INSERT INTO deployment VALUES
 ('d1', 'monitor', 'f1', 0, 1, '["lens"]', 'q1'), ('d2', 'idle', 'f1', 1, NULL, NULL, NULL);
INSERT INTO work_queue VALUES ('q1', 'p1');
INSERT INTO work_pool VALUES ('p1', 'nodes');
INSERT INTO deployment_schedule VALUES ('d1', '{{"cron": "0 6 1 * *"}}', 1), ('d1', '{{"interval": 60.0}}', 0);
INSERT INTO flow_run VALUES
 ('{FIRST}', 'blue-fox', 'f1', 'd1', 'COMPLETED', 'Completed', '2026-03-01 06:00:00.000000', '2026-03-01 06:01:00',
  '["own"]'),
 ('{SECOND}', 'red-owl', 'f1', NULL, 'PENDING', 'Late', NULL, NULL, NULL);
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
        {"id": SECOND, "name": "red-owl", "flow_id": "f1", "deployment_id": None, "state_name": "Late",
         "start_time": None, "end_time": None},
        {"id": FIRST, "name": "blue-fox", "flow_id": "f1", "deployment_id": "d1", "state_name": "Completed",
         "tags": ["own"], "start_time": "2026-03-01T06:00:00Z", "end_time": "2026-03-01T06:01:00Z"},
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
        if self.headers["content-type"] != "application/json" or not all(map(UUID, wanted or ())):
            self.send_error(422)
            return
        body = self.answer(wanted, newest_first=asked.get("sort") == "START_TIME_DESC")
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, wanted: list[str] | None, *, newest_first: bool) -> bytes:
        """Give the rows that are asked for."""
        rows = [row for row in ANSWERS[self.path] if wanted is None or row["id"] in wanted]
        if newest_first:
            rows.sort(key=lambda row: row["start_time"] or "", reverse=True)
        return json.dumps(rows).encode()

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
    assert (run.flow, run.deployment, run.state, run.tags) == ("Monitoring", "monitor", "Completed", ("own",))
    assert (run.started, run.ended) == (datetime(2026, 3, 1, 6, tzinfo=UTC), datetime(2026, 3, 1, 6, 1, tzinfo=UTC))
    late = next(run for run in found.flow_runs if run.id == SECOND)
    assert (late.deployment, late.started, late.ended) == (None, None, None)
    assert [run.id for run in found.flow_runs] == [FIRST, SECOND]


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


def test_the_newest_flow_runs_of_a_database_are_read(place: Place) -> None:
    with sqlite3.connect(place.root / "prefect.db") as database:
        database.executescript(SCHEMA)
        for number in range(60):
            started = f"2026-04-01 06:{number:02d}:00.000000"
            database.execute(
                "INSERT INTO flow_run VALUES (?, 'x', 'f1', NULL, 'COMPLETED', NULL, ?, NULL, NULL)",
                (str(number), started),
            )
    found = orchestration(place).flow_runs
    assert (len(found), found[0].id, found[-1].id) == (50, "59", "10")
    assert len(known_runs(place).ids) == 62


def test_a_database_lies_in_the_project_unless_another_place_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_HOME")
    with pytest.raises(NoEvidence, match="no flow run yet"):
        orchestration(place)
    (place.root / ".lifecycle/prefect").mkdir(parents=True)
    with sqlite3.connect(place.root / ".lifecycle/prefect/prefect.db") as database:
        database.executescript(SCHEMA)
    is_as_recorded(orchestration(Place(place.root, place.settings, place.now)))


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({"cron": "0 6 * * *"}, "cron 0 6 * * *"),
        ({"interval": 60.0}, "every 60.0 s"),
        ({"rrule": "FREQ=DAILY"}, "rrule FREQ=DAILY"),
    ],
)
def test_a_schedule_is_told_in_words(place: Place, schedule: dict[str, object], words: str) -> None:
    with sqlite3.connect(place.root / "prefect.db") as database:
        database.executescript(SCHEMA)
        database.execute("INSERT INTO deployment_schedule VALUES ('d2', ?, 1)", (json.dumps(schedule),))
    assert orchestration(place).deployments[1].schedules == (words,)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("state_type = 'RUNNING'", "Completed"),
        ("state_name = NULL", "COMPLETED"),
        ("state_name = NULL, state_type = NULL", "unknown"),
    ],
)
def test_the_state_of_a_flow_run_is_told_as_well_as_it_is_known(place: Place, change: str, state: str) -> None:
    with sqlite3.connect(place.root / "prefect.db") as database:
        database.executescript(SCHEMA)
        database.execute(f"UPDATE flow_run SET {change} WHERE id = '{FIRST}'")
    assert next(run.state for run in orchestration(place).flow_runs if run.id == FIRST) == state


@pytest.mark.parametrize(
    ("variables", "headers"),
    [
        ({}, {}),
        ({"PREFECT_API_KEY": "pass"}, {"authorization": "Bearer pass"}),
        ({"PREFECT_API_AUTH_STRING": "a:b"}, {"authorization": "Basic YTpi"}),
    ],
)
def test_a_server_is_told_what_it_asks_for(
    variables: dict[str, str], headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PREFECT_API_KEY", "PREFECT_API_AUTH_STRING"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert _authorization() == headers


def test_a_server_is_found_by_the_settings_too(place: Place, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "lifecycle:word")
    runtime = place.settings.runtime.model_copy(update={"prefect_api_url": server})
    settings = place.settings.model_copy(update={"runtime": runtime})
    assert len(orchestration(Place(place.root, settings, place.now)).deployments) == 2


def test_a_book_of_phases_that_is_broken_names_no_flow_run(
    place: Place, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", server)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "lifecycle:word")
    meter(place, FIRST)
    (place.root / "reports/metering.json").write_text("{")
    assert orchestration(place).flow_runs == ()


def test_an_answer_that_is_no_json_is_no_evidence(place: Place, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Prefect, "answer", lambda *_, **__: b"<html>")
    monkeypatch.setenv("PREFECT_API_URL", server)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "lifecycle:word")
    with pytest.raises(NoEvidence, match="does not answer"):
        orchestration(place)


def test_a_file_that_is_no_database_is_no_evidence(place: Place) -> None:
    (place.root / "prefect.db").write_text("nothing of the kind")
    with pytest.raises(NoEvidence, match="cannot be read"):
        orchestration(place)
