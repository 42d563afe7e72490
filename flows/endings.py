"""How a command ends when it does not end well: in words, with the exit code of its kind, never with a traceback."""

import errno
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.errors import GateRefused, LifecycleError
from config.words import inert

ERRORS = Path(".lifecycle") / "errors"
UNREACHABLE = ("ConnectError", "ConnectTimeout", "ConnectionRefusedError", "NewConnectionError", "ReadTimeout")
FULL = (errno.ENOSPC, errno.EDQUOT)


def in_words(error: BaseException) -> LifecycleError:
    """Turn any exception into words; what nobody foresaw leaves its traceback in a file."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, LifecycleError):
            return cause
    for cause in causes:
        if (known := _known(cause)) is not None:
            return known
    return _unforeseen(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk from an exception to what caused it, and into groups."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += getattr(current, "exceptions", ())
        waiting += [cause for cause in (current.__cause__, current.__context__) if cause is not None]


def _known(error: BaseException) -> LifecycleError | None:
    """Tell the troubles of the machine apart: disk, database, network, permission."""
    text, kind = " ".join(str(error).split())[:300], type(error).__name__
    if (isinstance(error, OSError) and error.errno in FULL) or "database or disk is full" in text:
        place = getattr(error, "filename", None) or text
        return LifecycleError(
            f"the disk is full: {place}",
            expected="free space where the project lives",
            next_step="make room and run the command again; what was finished is kept",
        )
    if "database is locked" in text:
        return LifecycleError(
            f"a database is locked by another process: {text}",
            expected="one writer at a time",
            next_step="wait for the other command, or end it, and run this one again",
        )
    if kind in UNREACHABLE:
        return LifecycleError(
            f"a server cannot be reached: {text or kind}",
            expected="the address in config/runtime.yaml to answer",
            next_step="start it, or correct the address (`lifecycle config show`)",
        )
    if isinstance(error, PermissionError):
        return LifecycleError(
            f"no permission: {error.filename or text}",
            expected="a project folder that you may write to",
            next_step="correct owner or mode, and run the command again",
        )
    return None


def _unforeseen(error: BaseException) -> LifecycleError:
    report = inert("".join(traceback.format_exception(error)))
    try:
        ERRORS.mkdir(parents=True, exist_ok=True)
        path = ERRORS / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
        path.write_text(report, encoding="utf-8")
    except OSError:
        where = report
    else:
        where = f"the traceback is in {path}"
    first = (str(error).splitlines() or [""])[0][:300]
    return LifecycleError(
        f"{type(error).__name__}: {first}", expected="this not to happen", next_step=f"report it; {where}"
    )


def tell_of_flow(flow: Any, flow_run: Any, state: Any) -> None:
    """Tell somebody that a flow of the calendar failed or crashed; what a gate refused was told where it was."""
    if isinstance(state.data, GateRefused):
        return
    from config.load import load
    from tasks import alerts

    told = in_words(state.data) if isinstance(state.data, BaseException) else LifecycleError(str(state.message))
    if not any(alert["seen"] == told.seen for alert in alerts.read_alerts()[-1:]):
        alerts.tell(told, f"flow {flow.name}, run {flow_run.name}", load().runtime.notify)
