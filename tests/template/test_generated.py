"""A project made from this tree takes a model of its own data to staging, and its tests stand by themselves."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import load
from tests.template.making import PROBLEMS, made


@pytest.fixture
def bare() -> dict[str, str]:
    """The environment of a user, without what the `make` above hands down: its ARGS are not theirs."""
    foreign = ("MLFLOW_TRACKING_URI", "PYTHONPATH", "MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS")
    return {name: value for name, value in os.environ.items() if name not in foreign}


def make(project: Path, target: str, environment: dict[str, str], **words: str) -> subprocess.CompletedProcess[str]:
    venv = Path(sys.executable).parents[1]
    command = ["make", target, f"VENV={venv}", "STAMP=", *(f"{name}={value}" for name, value in words.items())]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_a_model_of_your_data_reaches_staging(
    name: str, template: Path, tmp_path: Path, mlflow_template: Path, prefect_server: str, bare: dict[str, str]
) -> None:
    project = made(template, tmp_path, name)
    shutil.copy(mlflow_template, project / "mlflow.db")  # what MLflow would make of nothing, sooner
    outcome = make(project, "run", bare)
    told = outcome.stdout + outcome.stderr
    answer = subprocess.run(
        [sys.executable, "-m", "cli", "status", "--json"],
        cwd=project,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, told + answer.stderr
    assert json.loads(answer.stdout)["aliases"]["staging"] is not None, told
    assert outcome.returncode != 0, "nobody has stated anything, so there is no champion"
    assert "the champion gate refused version 1" in outcome.stderr
    assert list(load(project).data.columns) == list(PROBLEMS[name][1](as_frame=True).frame.columns)


@pytest.mark.slow
def test_its_own_tests_stand_without_the_example(template: Path, tmp_path: Path, bare: dict[str, str]) -> None:
    """Those that could lean on this repository's configuration; the others are the same files on the same code."""
    project = made(template, tmp_path, "wine")
    rooms = ["config", "test_architecture.py", "test_cli.py", "flows/test_names.py", "flows/test_statements.py"]
    command = [sys.executable, "-m", "pytest", "-q", *(f"tests/{room}" for room in rooms)]
    outcome = subprocess.run(command, cwd=project, env=bare, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
