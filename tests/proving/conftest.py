"""What proofs as processes share: a project at hand whose proof is asked for at the command line."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Prove = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def prove(project: Path) -> Prove:
    """Run `lifecycle prove` in the project, as a user would, with stores and server of its own."""

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("MLFLOW_TRACKING", "PREFECT_"))}
        command = [sys.executable, "-m", "cli", "prove", *words]
        return subprocess.run(command, cwd=project, env=kept, capture_output=True, text=True, check=False)

    return run
