"""Planted in the rows: what breaks the contract, leaks, moves between the parts, or is labelled wrongly."""

import numpy as np
import pandas as pd

from proving.commands import LetThrough
from proving.defect import Stage, planted, variant
from proving.world import World

TIME, TARGET = "time_hour", "late"
LANDED_UNTIL = "2013-09-01"
NAMES = [TIME, "flight_date", "flight", "sched_dep_time", "month"]  # of a row, rather than what it is about


def part(rows: pd.DataFrame, begin: float, end: float = 1.0) -> np.ndarray:
    """Mark the rows of a span of the landed window, told in shares of its rows: promotion is the last 0.15."""
    landed = rows[TIME] < pd.Timestamp(LANDED_UNTIL, tz="UTC")
    place = rows[TIME].rank(method="first") / landed.sum()
    return np.asarray(landed & (place > begin) & (place <= end))


def copied(rows: pd.DataFrame, into: np.ndarray, *, of: np.ndarray) -> pd.DataFrame:
    """Let rows be about what earlier ones are about, in another order; keys and times stay."""
    source = rows[of].sample(int(into.sum()), random_state=0)
    for name in (name for name in rows.columns if name not in NAMES):
        rows.loc[into, name] = source[name].to_numpy()
    return rows


@planted(9, "evaluation data equal to training data", by="data gate: leakage")
def rows_of_training_reordered(world: World) -> None:
    """Let the promotion rows be train rows in another order."""
    world.rows(lambda rows: copied(rows, part(rows, 0.85), of=part(rows, 0.0, 0.6)))
    world("run").refused("earlier part")


@planted(13, "data breaks the contract", by="data gate: data contract")
def contract_broken(world: World) -> None:
    """Break range, set, missing values and keys in a few rows each."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[100:109, "dep_delay"] = 99_999.0
        rows.loc[200:209, "origin"] = "XXX"
        rows.loc[300:309, "distance"] = np.nan
        return pd.concat([rows, rows.iloc[400:410]])

    world.rows(change)
    world("run").refused("failed:")
    if (world.root / "reports" / "training").exists():
        raise LetThrough("a model was trained on it")
    aside = [pd.read_parquet(path)["rule"].nunique() for path in (world.root / "data" / "quarantine").glob("*.parquet")]
    if not aside or aside[0] < 4:
        raise LetThrough(f"rows of {aside} broken rules lie in quarantine, four were broken")


@variant(13, "a column is missing", by="data gate: data contract")
def column_missing(world: World) -> None:
    """Take a column away."""
    world.rows(lambda rows: rows.drop(columns="distance"))
    world("run").refused("failed:")


@variant(13, "a column is too many", by="data gate: data contract")
def column_added(world: World) -> None:
    """Add a column that nobody declared."""
    world.rows(lambda rows: rows.assign(tail=1.0))
    world("run").refused("failed:")


@variant(13, "another type", by="data gate: data contract")
def column_of_another_type(world: World) -> None:
    """Write numbers as words."""
    world.rows(lambda rows: rows.assign(dep_delay=rows["dep_delay"].map("about {:.0f}".format)))
    world("run").refused("failed:")


@planted(14, "missing values rise where training had none", by="data gate: split")
def values_go_missing(world: World) -> None:
    """Lose values of the newest rows alone, fewer than the contract allows."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        rows["temp"] = rows["temp"].fillna(60.0)
        newest = np.flatnonzero(part(rows, 0.85))
        rows.loc[newest[:: 1 + len(newest) // int(0.048 * len(newest))], "temp"] = np.nan
        return rows

    world.rows(change)
    world("run").refused("of temp, the train part none")


@planted(16, "exact duplicates on both sides of the split", by="data gate: leakage")
def some_rows_twice(world: World) -> None:
    """Let three of a hundred promotion rows lie in train too."""
    world.rows(lambda rows: copied(rows, part(rows, 0.995), of=part(rows, 0.0, 0.6)))
    world("run").refused("earlier part")


@planted(17, "one entity on both sides; future rows in training", by="data gate: leakage")
def entities_and_future(world: World) -> None:
    """Part rows that have a time and an entity by neither."""
    world.set("data", "columns.carrier.role", "group")
    world.change("params", lambda params: params.update(split={"strategy": "fingerprint", "seed": 0}))
    ended = world("run")
    ended.refused("several parts")
    ended.refused("newer than the start")


@planted(18, "a feature that is made of the target, or not known at prediction time", by="data gate: leakage")
def telling_features(world: World) -> None:
    """Offer the delay at arrival, which the target is made of, as a feature; let another follow the time in the air."""
    world.change("data", lambda data: data["columns"]["arr_delay"].update(role="feature", known_at_prediction=True))
    world.rows(lambda rows: rows.assign(distance=rows["air_time"] * 7.0))
    ended = world("run")
    ended.refused("arr_delay alone predicts late")
    ended.refused("distance follows air_time")


@planted(39, "labels flipped in a fifth of one segment of new data", by="data gate: leakage")
def labels_flipped(world: World) -> None:
    """Turn every fifth label of the newest rows from Newark."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        mine = np.flatnonzero(part(rows, 0.85) & (rows["origin"] == "EWR").to_numpy())
        rows.loc[mine[::5], TARGET] = ~rows.loc[mine[::5], TARGET].astype(bool)
        return rows

    world.rows(change)
    world("run").refused("look flipped")


@planted(2, "every tuning candidate worse than a constant predictor", by="development gate: no dummy")
def nothing_to_learn(world: World) -> None:
    """Deal the labels out anew, so that no feature tells of them."""
    world.rows(lambda rows: rows.assign(late=rows[TARGET].sample(frac=1.0, random_state=1).to_numpy()))
    world("run").refused("no candidate of the search was better than a constant")


@variant(18, "of a number", by="data gate: leakage", problem="diabetes")
@variant(18, "of several classes", by="data gate: leakage", problem="wine")
def made_of_the_target(world: World) -> None:
    """Offer a simple function of the target as a feature."""
    world.rows(lambda rows: rows.assign(made=rows["target"] * 3.0 + 1.0))
    world("run").refused("made alone predicts target")


@variant(9, "of a number", by="development gate: MLREL-08", at=Stage.EVALUATED, problem="diabetes")
@variant(9, "of several classes", by="champion gate: comparison", at=Stage.EVALUATED, problem="wine")
def rows_come_again(world: World) -> None:
    """Let rows come again under another patient, and part them by patient."""
    patient = {"role": "group", "type": "integer", "sensitivity": "internal"}
    world.rows(
        lambda rows: pd.concat([rows, rows.sample(frac=1.0, random_state=0)]).assign(patient=range(2 * len(rows)))
    )
    world.set("data", "columns.patient", patient)
    world.set("params", "split.strategy", "group")
    world("run").refused()
