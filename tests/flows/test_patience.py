"""A trouble that passes is tried again; what somebody decided, and what will not get better, is not."""

import errno
import sqlite3
from collections.abc import Callable

import pytest

from config.errors import GateRefused, IntegrityAlarm, LifecycleError
from flows.patience import is_passing, passes


def caused_by(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


class LockError(Exception):
    """Named as DVC names it."""


@pytest.mark.parametrize(
    ("error", "again"),
    [
        pytest.param(ConnectionResetError(), True, id="a connection that broke"),
        pytest.param(TimeoutError(), True, id="an answer that did not come"),
        pytest.param(sqlite3.OperationalError("database is locked"), True, id="a database that is busy"),
        pytest.param(caused_by(LifecycleError("busy"), LockError()), True, id="a lock, told in words"),
        pytest.param(caused_by(LifecycleError("no store"), ConnectionRefusedError()), True, id="a store, in words"),
        pytest.param(FileNotFoundError("rows.csv"), False, id="a file that is not there"),
        pytest.param(caused_by(LifecycleError("full"), OSError(errno.ENOSPC, "full")), False, id="a disk that is full"),
        pytest.param(PermissionError("rows.csv"), False, id="a file that may not be read"),
        pytest.param(ValueError("x"), False, id="a fault of the code"),
        pytest.param(LifecycleError("the source has no rows"), False, id="something told in words, without a cause"),
        pytest.param(caused_by(GateRefused("no"), TimeoutError()), False, id="a gate that refused"),
        pytest.param(caused_by(IntegrityAlarm("bytes"), OSError()), False, id="bytes that were changed"),
        pytest.param("text", False, id="no exception at all"),
    ],
)
def test_what_passes_is_tried_again(error: object, again: bool) -> None:
    assert is_passing(error) is again


@pytest.mark.parametrize(
    ("error", "tries"), [(lambda: TimeoutError("slow"), 3), (lambda: GateRefused("no"), 1)], ids=["passes", "decided"]
)
def test_prefect_tries_again_what_passes(error: Callable[[], Exception], tries: int, prefect_server: str) -> None:
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    seen = []

    @task(cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[0, 0], retry_condition_fn=passes)
    def fail() -> None:
        seen.append(1)
        raise error()

    with pytest.raises((TimeoutError, GateRefused)):
        flow(lambda: fail(), name="fails")()
    assert len(seen) == tries
