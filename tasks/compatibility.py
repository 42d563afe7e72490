"""Whether the libraries at hand may load a model: scikit-learn of the very version, the others of the same line.

scikit-learn supports no way to load what another version of it made (its page "Model persistence"), and asks for the
same packages beside it. numpy, scipy, pandas and skops mend only faults within a line (major.minor), and what such a
release makes of the model shows in the golden rows, which are asked at every take-up. So does Python.
"""

import importlib
import platform
from pathlib import Path

from config.errors import LifecycleError

REQUIREMENTS = "requirements.txt"  # both written by MLflow when training logs a model
PYTHON = "python_env.yaml"
EXACT = {"scikit-learn": "sklearn"}
LINE = {"numpy": "numpy", "scipy": "scipy", "pandas": "pandas", "skops": "skops"}
LIBRARIES = tuple(sorted(EXACT | LINE))


def demand(folder: Path) -> None:
    """Refuse a verified package whose model other libraries made, before the model is opened (LifecycleError)."""
    made, here = made_with(folder), at_hand()
    if odd := [name for name in here if not _fits(name, made.get(name), here[name])]:
        words = ", ".join(f"{name} {made.get(name, 'that is not told')}, and {here[name]} is here" for name in odd)
        raise LifecycleError(
            f"{folder} was made with {words}: its model is not opened", expected="the libraries that made it",
            next_step="install its requirements.lock; `lifecycle run` trains anew with those that are here",
        )  # fmt: skip


def made_with(folder: Path) -> dict[str, str]:
    """Read which versions of the libraries, and of Python, made the model of a verified package."""
    pins = [line.partition("==") for line in _lines(folder / REQUIREMENTS)]
    pins += [line.partition(":") for line in _lines(folder / PYTHON) if line.startswith("python:")]
    return {name.strip(): version.strip() for name, _, version in pins}


def at_hand() -> dict[str, str]:
    """Give the versions that this process has loaded: those on the disk may be others by now."""
    found = {name: str(importlib.import_module(module).__version__) for name, module in (EXACT | LINE).items()}
    return found | {"python": platform.python_version()}


def _fits(name: str, made: str | None, here: str) -> bool:
    if made is None:
        return False
    return made == here if name in EXACT else _line(made) == _line(here)


def _line(version: str) -> list[str]:
    return version.split(".")[:2]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
