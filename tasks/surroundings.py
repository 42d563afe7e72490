"""What a training runs in, as far as its result may depend on it."""

import importlib.metadata
import os
import platform
from typing import Any

LIBRARIES = ("mlflow", "numpy", "optuna", "pandas", "pyarrow", "scikit-learn", "scipy", "skops")


def surroundings() -> dict[str, Any]:
    """Give Python, machine, threads and the libraries that compute."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "threads": os.cpu_count() or 1,
        "libraries": {name: _installed(name) for name in LIBRARIES},
    }


def processors() -> int:
    """Give how many processors this process may use: of a shared machine it may be given fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
