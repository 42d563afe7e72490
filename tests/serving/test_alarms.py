"""Somebody is told once of each cause for which the server is not what it should be."""

from pathlib import Path

import pytest

from config.settings import Notify
from serving.alarms import Alarms, variables, whom
from tasks import alerts
from tests.serving.stage import Stage
from tests.tasks.hostile import hostile_model

BAD, WORSE = "version 3 was not taken up", "the ledger is cut"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def worker() -> Alarms:
    return Alarms(Path("told"), Notify())


def told() -> list[str]:
    return [alert["seen"] for alert in alerts.read_alerts()]


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        pytest.param([BAD], [], id="one look finds what may be half done"),
        pytest.param([BAD, "", BAD], [], id="what is over at the next look was nothing"),
        pytest.param([BAD] * 5, [BAD], id="what lasts is told once"),
        pytest.param([BAD, BAD, WORSE, WORSE, BAD, BAD], [BAD, WORSE], id="each cause is told once"),
        pytest.param([BAD, BAD, "", BAD, BAD], [BAD, BAD], id="what comes back after all was well is told again"),
        pytest.param(["in fetched/3-41"] + ["in fetched/3-42"] * 3, ["in fetched/3-42"], id="a process is no cause"),
    ],
)
def test_what_looks_find_is_told(looks: list[str], expected: list[str]) -> None:
    alarms = worker()
    for reason in looks:
        alarms.look(reason)
    assert told() == expected


def test_many_workers_and_those_started_anew_tell_it_once() -> None:
    for alarms in (worker(), worker(), worker()):
        alarms.look(BAD)
        alarms.look(BAD)
    assert told() == [BAD]


def test_a_worker_that_starts_when_all_is_well_forgets_what_others_told() -> None:
    for reasons in ([BAD, BAD], [""], [BAD, BAD]):
        alarms = worker()
        for reason in reasons:
            alarms.look(reason)
    assert told() == [BAD, BAD]


def test_where_nothing_can_be_noted_it_is_told_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "told").write_text("")
    alarms = worker()
    for _ in range(3):
        alarms.look(BAD)
    assert told() == [BAD]


def test_a_refused_champion_is_told_once_and_one_that_serves_not_at_all(stage: Stage) -> None:
    follower = stage.follower()
    follower.step()
    stage.world.champion(0.5, hostile_model("crashes"))
    for _ in range(3):
        follower.step()
    (alert,) = alerts.read_alerts()
    assert (alert["kind"], alert["about"]) == ("alarm", "the scoring server")
    assert "version 3 was not taken up" in alert["seen"]


def test_the_server_learns_the_whole_address() -> None:
    notify = Notify(webhook="https://chat.example/hooks/secret", command=("tell", "me"))
    assert whom(variables(notify)) == notify


def test_a_server_that_is_told_nothing_tells_nobody_but_the_file() -> None:
    assert whom({}) == Notify()
