"""Builds the world that all others are copies of: this project's code and policy, on the sample's problem and rows."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from proving import configs, problems
from proving.defect import FLIGHTS

ROOT = Path(__file__).parents[1]
ROOMS = ("commands", "config", "flows", "lens_checks", "proving", "serving", "tasks")
FILES = (".gitignore", ".dvc/.gitignore", ".dvc/config", ".dvcignore", "cli.py", "dvc.yaml", "pyproject.toml",
         "requirements.lock")  # fmt: skip
EVERY = 2  # of the sample's rows one in so many: so few that a run is short, so many that the control is promoted
# One pack instead of a file for each object: the world is copied for every defect.
GIT = (["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "-m", "Start"],
       ["repack", "-a", "-d", "--quiet"])  # fmt: skip
# Of config/policy.yaml a project's own word counts, but for what depends on the metric, on the number of rows, on how
# long a server is put under load, and on who happens to run the proof.
OF_THE_SAMPLE = (
    "thresholds", "comparison.margin", "comparison.guarded_margin", "comparison.minimum_rows", "bounds.overfit_gap",
    "bounds.perturbation_drop", "bounds.uplift", "bounds.slice_gap", "monitoring.minimum_rows",
    "monitoring.performance_drop", "retraining.minimum_new_rows", "platform.administrator", "release.load",
)  # fmt: skip


def build(target: Path, problem: str) -> Path:
    """Make a fresh world of a problem: nothing was run in it yet."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, target / room, ignore=shutil.ignore_patterns("*.yaml", "*.jinja"))
    shutil.copytree(ROOT / "proving" / "sample" / "config", target / "config", dirs_exist_ok=True)
    for name in (name for name in FILES if (ROOT / name).exists()):
        (target / name).parent.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    configs.write(target, "policy", policy_of(configs.read(ROOT, "policy"), configs.read(target, "policy")))
    configs.write(target, "attestations", _renewed(configs.read(target, "attestations")))
    if problem == FLIGHTS:
        _fit_to_fewer_rows(target)
    else:
        problems.turn(target, problem)
    for words in GIT:
        subprocess.run(["git", *words], cwd=target, check=True, capture_output=True)
    return target


def policy_of(own: dict[str, Any], sample: dict[str, Any]) -> dict[str, Any]:
    """Give a project's policy with the sample's values where they are of the sample, and none where it has none."""
    merged = {name: dict(value) if isinstance(value, dict) else value for name, value in own.items()}
    for key in OF_THE_SAMPLE:
        room, _, name = key.rpartition(".")
        place, said = (merged.setdefault(room, {}), sample.get(room, {})) if room else (merged, sample)
        if isinstance(place, dict):  # what is no mapping is for the settings to refuse
            place.pop(name, None)
            if name in said:
                place[name] = said[name]
    return merged


def _fit_to_fewer_rows(target: Path) -> None:
    """Slice by origin alone, as carriers are too many, and set a rule that a model of so few rows beats by its cost."""
    params = configs.read(target, "params")
    params["split"].pop("required", None)
    configs.write(target, "params", params | {"slices": ["origin"]})
    rule = {"rule_baseline": {"column": "dep_delay", "threshold": 45}}
    configs.write(target, "charter", configs.read(target, "charter") | rule)
    _thin_out(target / "proving" / "sample" / "flights.parquet")


def _renewed(said: dict[str, Any]) -> dict[str, Any]:
    """Let the sample's statements be of today: they are there for the gates to count, on whatever day this is."""
    today = datetime.now(UTC).date()
    dates = {"made": today - timedelta(days=1), "expires": today + timedelta(days=90)}
    return said | {"attestations": [statement | dates for statement in said["attestations"]]}


def _thin_out(path: Path) -> None:
    from tasks import tables

    tables.write_parquet(tables.read_parquet(path).iloc[::EVERY].reset_index(drop=True), path)
