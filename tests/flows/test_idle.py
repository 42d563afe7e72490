"""Whether there is anything to do is read from files, and the first reason is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.load import load
from config.settings import Settings
from flows import idle
from tasks import files


def ended(settings: Settings, **about: object) -> None:
    """Write what a run leaves behind at its end."""
    told = {"made": files.now(), "outcome": "complete", "fingerprint": idle.fingerprint(settings)}
    files.write_json("reports/run.json", told | about)


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        pytest.param(None, "nothing was run yet", id="no run"),
        pytest.param({"outcome": "refused"}, "the last run ended refused", id="a refused run"),
        pytest.param({"fingerprint": "other"}, "have changed", id="other settings, code or lock"),
        pytest.param({}, "the source has changed", id="nothing landed"),
    ],
)
def test_the_first_reason_is_told(settings: Settings, about: dict[str, object] | None, reason: str) -> None:
    if about is not None:
        ended(settings, **about)
    assert reason in (idle.reason_to_run(settings) or "")


def test_a_broken_report_is_a_reason_and_no_crash(settings: Settings) -> None:
    files.write_bytes_atomically("reports/run.json", b"{")
    assert "reports/run.json" in (idle.reason_to_run(settings) or "")


def test_the_fingerprint_speaks_of_settings_and_environment(
    settings: Settings, configure: Callable[[str, str, str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = idle.fingerprint(settings)
    assert idle.fingerprint(load()) == before
    monkeypatch.setenv("LIFECYCLE_RUNTIME__LOG_LEVEL", "INFO")
    assert idle.fingerprint(load()) != before
    monkeypatch.delenv("LIFECYCLE_RUNTIME__LOG_LEVEL")
    assert idle.fingerprint(configure("policy", "floor: 0.70", "floor: 0.71")) != before


def test_the_fingerprint_speaks_of_the_lock(settings: Settings, project: Path) -> None:
    before = idle.fingerprint(settings)
    with (project / "requirements.lock").open("a") as lock:
        lock.write("other==1.0\n")
    assert idle.fingerprint(settings) != before
