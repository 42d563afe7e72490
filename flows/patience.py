"""What is tried again: troubles of stores and networks that pass by themselves, and nothing that anybody decided."""

import errno
import sqlite3
from typing import Any

from config.errors import ConfigError, GateRefused, IntegrityAlarm, Superseded

DECIDED = (ConfigError, GateRefused, IntegrityAlarm, Superseded)
LASTING = (FileExistsError, FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
PASSING = (OSError, sqlite3.OperationalError)  # ConnectionError and TimeoutError are OSErrors
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # a disk does not empty itself
# Of tools that are not imported to name them: a busy database or lock, a server that does not answer.
PASSING_NAMES = frozenset({"LockError", "OperationalError", "RequestException", "ConnectTimeout", "ReadTimeout"})
DEPTH = 10


def passes(task: Any, run: Any, state: Any) -> bool:
    """Tell Prefect whether a failed task is worth another try."""
    return is_passing(state.data)


def is_passing(error: object) -> bool:
    """Tell whether an exception, or what caused it, is a trouble that may be over in a few seconds."""
    for _ in range(DEPTH):
        if isinstance(error, DECIDED) or not isinstance(error, BaseException):
            return False
        if isinstance(error, OSError) and error.errno in FULL:
            return False
        if isinstance(error, PASSING) and not isinstance(error, LASTING):
            return True
        if PASSING_NAMES & {kind.__name__ for kind in type(error).__mro__}:
            return True
        error = error.__cause__ or error.__context__
    return False
