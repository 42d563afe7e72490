"""Planted in the model and its figures: other bytes, other formats, other trials, figures that are none."""

import json
import shutil
from collections.abc import Callable
from typing import Any

from proving.commands import LetThrough
from proving.defect import Expected, Stage, planted, variant
from proving.world import World

TRAINING, EVALUATION = "reports/training/training.json", "reports/evaluation/evaluation.json"
CONSTANT = """

METRICS["contentment"] = Metric("contentment", True, CLASSES, lambda y, said: lambda w: np.full(len(w), 0.9))
"""
RAISES = '''"""A check that cannot do its work."""

from config.settings import Charter, Risk
from lens_checks.check import Checkpoint, Phase, Pillar, Verdict, check, met


@check("PROOF-36", phase=Phase.MODEL_DEVELOPMENT, judged_at=Checkpoint.DEVELOPMENT, pillar=Pillar.RELIABILITY,
       risk=Risk.HIGH, fix="Mend lens_checks/ours/raising.py.")
def what_is_asked_is_answered(charter: Charter) -> Verdict:
    """Every question is answered."""
    return met(f"{1 / 0}")
'''


def forge_metrics(world: World, edit: Callable[[dict[str, Any]], Any]) -> None:
    """Change the figures of the evaluation, and let DVC take them for what was evaluated."""
    told = world.read(EVALUATION)
    edit(told["metrics"])
    text = json.dumps(told, indent=2).replace("Infinity", "1e999")
    (world.root / EVALUATION).write_text(text, encoding="utf-8")
    world.forge("evaluate")


def swapped(world: World) -> None:
    """Let training and evaluation speak of the model as it lies there now."""
    from tasks.packaging import model_digest

    digest = model_digest(world.model().parent)
    for path, stage in ((TRAINING, "train"), (EVALUATION, "evaluate")):
        world.write(path, world.read(path) | {"model_digest": digest})
        world.forge(stage)


@planted(3, "the registered model is not the recorded best trial", by="development gate: MLCOST-22", at=Stage.EVALUATED)
def another_trial_was_best(world: World) -> None:
    """Let the record of the search say that another trial did better than the one that was chosen."""
    path = "reports/training/leaderboard.json"
    board = world.read(path)
    chosen = world.read(TRAINING)["best_trial"]
    for candidate in board["candidates"]:
        if candidate["trial"] != chosen and not candidate["baseline"]:
            candidate["value"] = 0.999
    world.write(path, board)
    world.forge("train")
    world.forge("evaluate")
    world("run").refused("beats the chosen")


@planted(10, "a metric named by the policy was never computed", Expected.UNKNOWN_THEN_REFUSED, at=Stage.EVALUATED,
         by="development gate: brier <= 0.2")  # fmt: skip
def metric_missing(world: World) -> None:
    """Take a figure out of the evaluation."""
    forge_metrics(world, lambda metrics: metrics.pop("brier"))
    world("run").refused("is not there")


@planted(12, "a metric is NaN or infinite; a baseline is zero", by="development gate", at=Stage.EVALUATED)
def no_number(world: World) -> None:
    """Let figures be no numbers: JSON has null for the one and 1e999 for the other."""
    for value in (None, float("inf")):
        forge_metrics(world, lambda metrics, value=value: metrics["average_precision"].update(value=value))  # type: ignore[misc]
        world("run").refused("average_precision")


@variant(12, "a baseline of zero", by="champion gate: comparison", at=Stage.EVALUATED, quick=True)
def zero_baseline(world: World) -> None:
    """Let the rule that a first champion must be better than be worth nothing."""
    told = world.read(EVALUATION)
    told["rule"]["average_precision"] = {"value": 0.0, "low": 0.0, "high": 0.0, "greater_is_better": True, "reason": ""}
    world.write(EVALUATION, told)
    world.forge("evaluate")
    world("run").refused("that is no baseline")


@planted(
    15, "a metric that does not vary with the model", by="development gate: contentment >= 0.8", at=Stage.EVALUATED
)
def placeholder(world: World) -> None:
    """Add a metric that is always content, and let the policy ask for it."""
    world.add("tasks/metrics.py", CONSTANT)
    world.change("policy", lambda policy: policy["thresholds"].append({"metric": "contentment", "floor": 0.8}))
    world("run").refused("is not there")


@planted(25, "the artefact does not load, has the wrong signature, or is slower than its budget", at=Stage.EVALUATED,
         by="staging gate: budget")  # fmt: skip
def too_slow(world: World) -> None:
    """Ask for answers quicker than any server gives them."""
    world.set("charter", "budget.latency_p95_ms", 0.01)
    world("run").refused("at most 0.01 ms")


@variant(25, "does not load", by="development gate", at=Stage.EVALUATED, quick=True)
def does_not_load(world: World) -> None:
    """Cut the model's file in half, and let every record speak of the half."""
    data = world.model().read_bytes()
    world.model().write_bytes(data[: len(data) // 2])
    swapped(world)
    world("run").refused("does not load", code=5)


@variant(25, "wrong signature", by="development gate", at=Stage.EVALUATED)
def of_other_columns(world: World) -> None:
    """Put a model of other columns in its place, and let every record speak of it."""
    import pandas as pd
    import skops.io
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    other = Pipeline([("model", LogisticRegression())]).fit(pd.DataFrame({"height": [0.0, 1.0]}), [False, True])
    skops.io.dump(other, world.model())
    swapped(world)
    world("run").refused("reads other columns", code=5)


@planted(26, "model bytes changed after evaluation under the same name", by="development gate", at=Stage.EVALUATED)
def other_bytes(world: World) -> None:
    """Flip a bit of the model."""
    data = bytearray(world.model().read_bytes())
    data[len(data) // 2] ^= 1
    world.model().write_bytes(data)
    world("run").refused("were changed", code=5)


@planted(27, "the gate report of another model or run", by="development gate", at=Stage.CHALLENGED)
def report_of_another(world: World) -> None:
    """Let the champion's evaluation stand in for the challenger's."""
    shutil.copy(artifact(world, 1, "evaluation/evaluation.json"), world.root / EVALUATION)
    world.forge("evaluate")
    world("run").refused("other model bytes")


def artifact(world: World, version: int, path: str) -> str:
    """Find an artefact of a registered version's run."""
    import sqlite3

    with sqlite3.connect(world.root / "mlflow.db") as database:
        (run,) = database.execute("SELECT run_id FROM model_versions WHERE version = ?", (version,)).fetchone()
    return str(world.root / "mlartifacts" / run / "artifacts" / path)


@planted(36, "a check raises an exception", by="development gate: PROOF-36", at=Stage.EVALUATED)
def check_raises(world: World) -> None:
    """Add a check that divides by zero."""
    world.add("lens_checks/ours/raising.py", RAISES)
    world("run").refused("ZeroDivisionError")


@planted(37, "a pickle in place of the model file", by="development gate", at=Stage.EVALUATED)
def pickle_instead(world: World) -> None:
    """Put a pickle that writes a file when it is loaded in the model's place, and let every record speak of it."""
    mark = world.root / "executed"
    world.model().write_bytes(f"cposix\nsystem\n(S'touch {mark}'\ntR.".encode())
    swapped(world)
    ended = world("run")
    if mark.exists():
        raise LetThrough("the pickle was loaded: its code ran")
    ended.refused("does not load", code=5)
