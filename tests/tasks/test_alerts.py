"""Somebody is told of a failure, by whatever way is configured; what cannot be told ends nothing."""

import json
import sys
from pathlib import Path

import pytest

from config.errors import ConfigError, GateRefused, IntegrityAlarm, LifecycleError
from config.settings import Notify
from tasks import alerts
from tasks.alerts import Alert
from tasks.drills_resume import listening

SOMETHING = Alert("failed", "a run", "the disk is full", "make room")
KEEP = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"


def told(path: Path) -> dict[str, object]:
    return dict(json.loads(path.read_text()))


def test_an_alert_is_a_file_where_nobody_is_named(tmp_path: Path) -> None:
    seen = told(alerts.raise_alert(SOMETHING, Notify(), folder=tmp_path))
    assert {name: seen[name] for name in ("schema", "kind", "about", "seen", "next_step", "delivered")} == {
        "schema": 1, "kind": "failed", "about": "a run", "seen": "the disk is full", "next_step": "make room",
        "delivered": {},
    }  # fmt: skip
    assert alerts.read_alerts(tmp_path) == [seen]


def test_it_comes_in_where_it_is_posted_to_and_at_the_program(tmp_path: Path) -> None:
    with listening() as receiver:
        notify = Notify(webhook=receiver.url, command=(sys.executable, "-c", KEEP, str(tmp_path / "kept")))
        seen = told(alerts.raise_alert(SOMETHING, notify, folder=tmp_path))
    assert seen["delivered"] == {"webhook": "HTTP 204", "command": "exit code 0"}
    assert receiver.alerts[0]["seen"] == "the disk is full" == json.loads((tmp_path / "kept").read_text())["seen"]


def test_what_cannot_be_delivered_is_noted_without_its_address(tmp_path: Path) -> None:
    notify = Notify(webhook="http://127.0.0.1:9/secret", command=("no-such-program",))
    path = alerts.raise_alert(SOMETHING, notify, folder=tmp_path)
    assert told(path)["delivered"] == {
        "webhook": "not delivered: URLError", "command": "not delivered: FileNotFoundError",
    }  # fmt: skip
    assert "secret" not in path.read_text()


def test_a_place_that_cannot_be_written_to_keeps_nobody_from_being_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with listening() as receiver:
        alerts.raise_alert(SOMETHING, Notify(webhook=receiver.url), folder=tmp_path / "file")
    assert len(receiver.alerts) == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LifecycleError("x"), "failed"),
        (ConfigError("x"), "failed"),
        (GateRefused("x"), "refused"),
        (IntegrityAlarm("x"), "alarm"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_says_what_kind_of_alert_it_is(
    error: LifecycleError, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen = told(alerts.tell(error, "a run", Notify()))
    assert (seen["kind"], seen["next_step"]) == (kind, "lifecycle status")


@pytest.mark.parametrize("address", ["ftp://host/x", "host", "file:///etc/passwd", "http://a b"])
def test_only_an_address_of_the_web_is_posted_to(address: str) -> None:
    with pytest.raises(ValueError, match="webhook"):
        Notify(webhook=address)


def test_settings_are_shown_without_the_secret_of_an_address() -> None:
    shown = Notify(webhook="https://me:pw@hooks.example.org/T0/B0/secret").model_dump(mode="json")
    assert shown["webhook"] == "https://hooks.example.org/***"
