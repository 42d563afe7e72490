"""dvc.yaml names every file whose change makes a stage run again."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
# What a flow imports and its outputs do not depend on: stores, locks, keys, landing, what comes after the stage.
BESIDES = {
    *("files", "failpoints", "keys", "packaging", "processes", "tracking", "versioning"),
    *("ledger", "chain", "registry", "stores", "comparison", "contenders"),
    *("landing", "origin", "sources", "flights", "describing", "expiry"),
}
# The winner is an input.
BY_ITS_INPUT = {"evaluate": {"training", "tuning", "studies", "estimators", "recording", "content"}}


def imported(path: Path) -> Iterator[Path]:
    """Give the modules of tasks/ that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tasks":
            module = node.module or ""
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
            yield from (found for name in names if (found := ROOT / f"{name.replace('.', '/')}.py").exists())


def reached(flow: Path) -> set[str]:
    """Name the modules of tasks/ that a flow reaches, not by way of those that its outputs do not depend on."""
    seen: set[Path] = set()
    waiting = [flow]
    while waiting:
        found = [path for path in imported(waiting.pop()) if path.stem not in BESIDES]
        waiting += [path for path in found if path not in seen and not seen.add(path)]  # type: ignore[func-returns-value]
    return {path.stem for path in seen}


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_the_code_it_runs(name: str) -> None:
    stage = STAGES[name]
    flow = ROOT / f"{stage['cmd'].split()[-1].replace('.', '/')}.py"
    declared = {Path(dep).stem for dep in stage["deps"] if dep.startswith("tasks/")}
    assert flow.relative_to(ROOT).as_posix() in stage["deps"]
    assert reached(flow) - BESIDES - BY_ITS_INPUT.get(name, set()) <= declared
    assert all((ROOT / dep).exists() for dep in stage["deps"] if dep.endswith(".py"))


@pytest.mark.parametrize("name", STAGES)
def test_the_parameters_of_a_stage_are_in_the_files(name: str) -> None:
    for item in STAGES[name]["params"]:
        for path, keys in item.items():
            values = yaml.safe_load((ROOT / path).read_text())
            for key in keys:
                found = values
                for part in key.split("."):
                    assert part in found, f"{path} has no {key}"
                    found = found[part]


def test_stages_follow_one_another() -> None:
    outs = {name: [next(iter(out)) for out in stage["outs"]] for name, stage in STAGES.items()}
    assert any(dep.startswith(outs["prepare"][0]) for dep in STAGES["train"]["deps"])
    assert outs["train"][0] in STAGES["evaluate"]["deps"]
