"""Every exception ends in words; only what nobody foresaw leaves a traceback, and that in a file."""

import errno
import sqlite3
from pathlib import Path

import pytest

from config.errors import GateRefused, LifecycleError
from flows.endings import ERRORS, in_words


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
