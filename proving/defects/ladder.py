"""Planted on the ladder: rollbacks, champions that are gone, and two that want to be first."""

import os
import shutil

from proving.commands import LetThrough
from proving.control import in_another_process
from proving.defect import Expected, Stage, planted, variant
from proving.defects.model import artifact
from proving.world import World


@planted(28, "rollback after rollback; rollback to a version that cannot load", by="rollback gate", at=Stage.SECOND)
def rollback_twice(world: World) -> None:
    """Roll back, and once more."""
    if world("rollback").ok().after.champion != 1:
        raise LetThrough("the rollback did not bring back what served before")
    world("rollback").refused("no version served before")


@variant(28, "cannot load", by="rollback gate", at=Stage.SECOND, quick=True)
def rollback_to_nothing(world: World) -> None:
    """Take away the files of what served before."""
    shutil.rmtree(artifact(world, 1, "packages"))
    world("rollback").refused("")


@planted(29, "a rollback that changes nothing", by="rollback gate", at=Stage.CHAMPION)
def rollback_in_place(world: World) -> None:
    """Roll back to what serves."""
    world("rollback", "--to", "1").refused("would change nothing")


@planted(30, "two retraining runs try to promote at once", Expected.RECORDED, by="ledger", at=Stage.CHAMPION)
def two_at_once(world: World) -> None:
    """Retrain twice at the same time."""
    before = len(world.now.entries)
    if (pid := os.fork()) == 0:
        try:
            os.chdir(world.root)
            in_another_process(world, "retrain", "--cause", "the first of two")
        finally:
            os._exit(0)
    in_another_process(world, "retrain", "--cause", "the second of two")
    os.waitpid(pid, 0)
    new = world.now.entries[before:]
    outcomes = [e["body"]["outcome"] for e in new if e["kind"] == "retraining"]
    moves = [e["body"]["version"] for e in new if e["kind"] == "done" and e["body"]["alias"] == "champion"]
    if len(outcomes) != 3 or not {"started", "overlapped"} < set(outcomes) or len(moves) > 1:
        raise LetThrough(f"retrainings: {outcomes}; moves of the champion: {moves}")
    world("verify").ok()


@planted(
    34, "the champion no longer loads, or its features are gone", by="champion gate: comparison", at=Stage.CHALLENGED
)
def champion_is_gone(world: World) -> None:
    """Take away the champion's files."""
    shutil.rmtree(artifact(world, 1, "packages"))
    world("run").refused("cannot be scored any more")
