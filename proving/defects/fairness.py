"""Planted in what the model does to groups: one too small to tell, one that is served badly."""

import numpy as np
import pandas as pd

from proving.commands import LetThrough
from proving.defect import Expected, planted
from proving.defects.data import part
from proving.world import World

PROTECTED = {"attributes": ["origin"], "reason": "", "max_gap": 0.1, "minimum_group": 50}


@planted(20, "a protected group of five people", Expected.UNKNOWN, by="evaluation: fairness")
def five_people(world: World) -> None:
    """Let five promotion rows be of a group that hardly exists."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[np.flatnonzero(part(rows, 0.85))[:5], "origin"] = "SWF"
        return rows

    world.rows(change)
    world.change("data", lambda data: data["columns"]["origin"]["allowed"].append("SWF"))
    world.set("charter", "fairness", PROTECTED)
    world("run").unmoved()
    told = world.read("reports/evaluation/evaluation.json")["fairness"]
    groups = told["attributes"]["origin"]
    if groups["SWF"]["rows"] != 5 or groups["SWF"]["rate"] is not None or told["unknown"] != ["origin: SWF"]:
        raise LetThrough(f"the group of five is told as {groups['SWF']}, unknown: {told['unknown']}")
    if any(groups[name]["rate"] is None for name in ("EWR", "JFK", "LGA")):
        raise LetThrough(f"the larger groups are not told: {groups}")


@planted(38, "an unfair model: the recall of one group is far below", by="development gate: MLREL-09")
def served_badly(world: World) -> None:
    """Deal out anew, among the flights of one airport, what the model goes by."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        mine = np.flatnonzero(rows["origin"] == "LGA")
        rows.loc[mine, "dep_delay"] = rows.loc[mine, "dep_delay"].sample(frac=1.0, random_state=0).to_numpy()
        return rows

    world.rows(change)
    world.set("charter", "fairness", PROTECTED)
    world("run").refused("gap between groups", "origin")
