"""A project in a git repository of one commit, in which evidence is read."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from config.settings import Settings
from lens_checks.evidence.place import Place
from lens_checks.evidence.records import Training
from tasks import files
from tests.lens_checks.made import model

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@example.org",
}  # fmt: skip
FILES = {
    "cli.py": "print('hello')\n",
    "dvc.lock": "stages: {}\n",
    ".ci/run": "make test\n",
    ".gitignore": "/mlflow.db*\n/mlartifacts/\n/ledger/\n/.lifecycle/\n/reports/\n",
}


def git(root: Path, *arguments: str) -> None:
    """Ask git for something, as Ada and nobody else."""
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True, env=os.environ | GIT)


def versioned(root: Path, settings: Settings) -> Place:
    """Make the project, and give the place."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return Place(root, settings, datetime.now(UTC))


def write_training(root: Path, **changed: object) -> None:
    """Write the report of the training, with some changes."""
    report = files.plain(model()[Training]) | changed
    files.write_json(root / "reports/training/training.json", report)
