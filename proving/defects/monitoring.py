"""Planted in what comes in while the model serves: chance, size, too little of it, and retrainings without a cause."""

import numpy as np
import pandas as pd

from proving.commands import LetThrough
from proving.defect import Expected, Stage, planted
from proving.defects.data import LANDED_UNTIL, TIME
from proving.world import World

WINDOW = "2013-09"
MILLION = 1_000_000


def september(rows: pd.DataFrame) -> np.ndarray:
    """Mark the rows of the first window after training."""
    begin, end = pd.Timestamp(LANDED_UNTIL, tz="UTC"), pd.Timestamp("2013-10-01", tz="UTC")
    return np.asarray((rows[TIME] >= begin) & (rows[TIME] < end))


@planted(31, "one drift point in one feature", by="retraining", at=Stage.CHAMPION)
def one_feature_drifts(world: World) -> None:
    """Let one feature of the window move a long way."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[september(rows), "wind_speed"] = (rows["wind_speed"] + 20.0).clip(upper=100.0)
        return rows

    world.rows(change)
    report = world("monitor", WINDOW, "--json").ok().answer()
    if not report["features"]["wind_speed"]["drifted"] or report["verdict"] != "ok":
        raise LetThrough(f"the window is told as {report['verdict']}: {report['alarms']}")
    asked = world("retrain", "--cause", "schedule").ok().unmoved().new("retraining")
    if [body["outcome"] for body in asked] != ["not worth it"]:
        raise LetThrough(f"the calendar asked, and it came to {asked}")


@planted(32, "a million rows, a tiny shift", by="monitoring", at=Stage.CHAMPION)
def tiny_shift(world: World) -> None:
    """Move every number of a million rows by a fiftieth of its spread; their truth is still to come."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        landed = rows[rows[TIME] < pd.Timestamp(LANDED_UNTIL, tz="UTC")]
        many = landed.sample(MILLION, replace=True, random_state=0)
        for name in ("dep_delay", "temp", "humid", "distance"):
            bounds = landed[name].min(), landed[name].max()
            many[name] = (many[name] + landed[name].std() / 50).clip(*bounds)
        many[TIME] = pd.Timestamp(LANDED_UNTIL, tz="UTC") + pd.to_timedelta(np.arange(MILLION) % 600, unit="h")
        many["late"] = None
        return pd.concat([landed, many])

    world.rows(change)
    report = world("monitor", WINDOW, "--json").ok().answer()
    if report["rows"] < MILLION or report["verdict"] != "ok" or report["alarms"]:
        raise LetThrough(f"{report['rows']} rows are told as {report['verdict']}: {report['alarms']}")


@planted(33, "forty rows in the window", Expected.UNKNOWN, by="monitoring", at=Stage.CHAMPION)
def forty_rows(world: World) -> None:
    """Let nearly nothing come in."""
    world.rows(lambda rows: pd.concat([rows[~september(rows)], rows[september(rows)].head(40)]))
    report = world("monitor", WINDOW, "--json").ok().answer()
    if report["verdict"] != "unknown" or report["rows"] != 40:
        raise LetThrough(f"{report['rows']} rows are told as {report['verdict']}")


@planted(40, "a retraining with no cause", by="retraining", at=Stage.FRESH)
def causeless(world: World) -> None:
    """Ask for a retraining, and give no cause."""
    world("retrain", "--cause", " ").misconfigured("without a cause")
