"""The steps of judging, told as they begin and end to whoever watches: `lens_checks.deadline` does."""

import contextlib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import IO

_tell: Callable[..., None] | None = None
_faults: Mapping[str, str] = {}


class Cut(Exception):
    """A step that did not answer in time, ended its process, or tried to end the run."""


def begin(pipe: IO[str], faults: Mapping[str, str]) -> Callable[..., None]:
    """Tell every step of this process to a pipe from now on, one JSON line each; those that were cut are not asked."""
    global _tell, _faults

    def tell(*message: str) -> None:
        pipe.write(json.dumps(message) + "\n")
        pipe.flush()

    _tell, _faults = tell, faults
    return tell


def told() -> bool:
    """Tell whether somebody watches the steps of this process."""
    return _tell is not None


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Name what is being asked; where somebody watches, what was cut before, or tries to end the process, is Cut."""
    if _tell is None:
        yield
        return
    if name in _faults:
        raise Cut(_faults[name])
    _tell("begin", name)
    try:
        yield
    except Exception:
        raise
    except BaseException as error:  # nobody but the step itself interrupts this process
        raise Cut(f"{name} raised {type(error).__name__}") from error
    finally:
        _tell("end")


@contextlib.contextmanager
def warnings_count(module: str = "") -> Iterator[None]:
    """Let a warning be an error; given a pattern, only one that a module of such a name gives."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", module=module)
        for kind in (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ResourceWarning):
            warnings.simplefilter("ignore", kind)  # they speak of code and of time to come, not of what is judged
        yield
