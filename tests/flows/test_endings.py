"""Every exception ends in words; only what nobody foresaw leaves a traceback, and that in a file."""

import errno
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.errors import GateRefused, IntegrityAlarm, LifecycleError
from flows.endings import ERRORS, in_words, tell_of_flow
from tasks.alerts import read_alerts


class ConnectError(Exception):
    """Named like the one of httpx."""


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as caught:  # noqa: BLE001
        return caught


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "data/landed/rows.parquet"), "the disk is full: data/landed"),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
        (sqlite3.OperationalError("database is locked"), "locked by another process"),
        (ConnectError("All connection attempts failed"), "cannot be reached"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "cannot be reached"),
        (PermissionError(errno.EACCES, "Permission denied", "ledger"), "no permission: ledger"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "wrapped"])
def test_troubles_of_the_machine_have_words(error: Exception, words: str, wrapped: bool) -> None:
    told = in_words(raised(RuntimeError("flow run failed"), error) if wrapped else raised(error))
    assert words in told.seen
    assert told.expected
    assert told.next_step


def test_a_refusal_inside_another_exception_keeps_its_exit_code() -> None:
    refusal = GateRefused("no", expected="yes", next_step="plan")
    assert in_words(raised(RuntimeError("flow run failed"), refusal)) is refusal
    assert in_words(ExceptionGroup("several", [ValueError("x"), refusal])) is refusal


def test_what_nobody_foresaw_leaves_its_traceback_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = in_words(raised(ZeroDivisionError("division by zero\nsecond line")))
    assert type(told) is LifecycleError
    assert told.seen == "ZeroDivisionError: division by zero"
    (report,) = (tmp_path / ERRORS).iterdir()
    assert str(report.relative_to(tmp_path)) in told.next_step
    assert "Traceback" in report.read_text()


@pytest.mark.parametrize(
    "words", ["\x1b[2J\x1b]0;owned\x07", "rows\udcff.csv"], ids=["a command", "a name of odd bytes"]
)
def test_nothing_in_that_file_is_a_command(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    in_words(raised(ZeroDivisionError(words)))
    (report,) = (tmp_path / ERRORS).iterdir()
    assert [c for c in report.read_text() if not c.isprintable() and c != "\n"] == []


@dataclass(frozen=True)
class Ended:
    """What Prefect hands to a hook: a flow, its run and the state are asked for no more than this."""

    name: str = "Drills"
    data: object = None
    message: str = "the process crashed"


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        pytest.param(LifecycleError("the store is away"), ["failed"], id="a failure"),
        pytest.param(IntegrityAlarm("bytes"), ["alarm"], id="an alarm"),
        pytest.param(None, ["failed"], id="a crash"),
        pytest.param(GateRefused("no"), [], id="a refusal, which was told where it was"),
    ],
)
def test_somebody_is_told_once_of_a_flow_that_failed(data: object, kinds: list[str], project: Path) -> None:
    for _ in range(2):
        tell_of_flow(Ended(), Ended(), Ended(data=data))
    assert [alert["kind"] for alert in read_alerts()] == kinds
