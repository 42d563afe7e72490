"""Small real problems to test the model room with: cancer (binary), wine (multiclass), diabetes (regression)."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets

from config.load import load
from config.settings import Column, ColumnType, Data, ProblemType, Role, Settings, Source
from tasks.files import sha256_file, write_json

ROOT = Path(__file__).parents[2]
LOADERS = {
    ProblemType.BINARY: datasets.load_breast_cancer,
    ProblemType.MULTICLASS: datasets.load_wine,
    ProblemType.REGRESSION: datasets.load_diabetes,
}
PRIMARY = {
    ProblemType.BINARY: ("average_precision", ("brier",), 0.8),
    ProblemType.MULTICLASS: ("accuracy", ("log_loss",), 0.8),
    ProblemType.REGRESSION: ("r2", ("mae",), 0.2),
}


def rows_of(problem: ProblemType) -> pd.DataFrame:
    """Give the rows, shuffled, with a category, gaps, a key and a time added."""
    bunch = LOADERS[problem](as_frame=True)
    frame = bunch.frame.sample(frac=1.0, random_state=0).reset_index(drop=True)
    frame.columns = [str(c).replace(" ", "_").replace("/", "_") for c in frame.columns]
    rng = np.random.default_rng(0)
    first = frame.columns[0]
    frame["size"] = np.where(frame[first] > frame[first].median(), "large", "small")
    frame.loc[rng.choice(len(frame), 5, replace=False), "size"] = None
    frame.loc[rng.choice(len(frame), 5, replace=False), first] = np.nan
    frame["number"] = np.arange(len(frame))
    frame["seen_at"] = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(np.arange(len(frame)) * 7, unit="h")
    return frame


def settings_of(problem: ProblemType, *, trials: int = 4) -> Settings:
    """Give settings for the rows: few trials, thresholds within reach."""
    shipped, frame = load(ROOT / "proving" / "sample"), rows_of(problem)
    kinds = {name: ColumnType.NUMBER for name in frame.columns} | {"size": ColumnType.CATEGORY}
    kinds |= {"number": ColumnType.INTEGER, "seen_at": ColumnType.TIMESTAMP}
    roles = {"target": Role.TARGET, "number": Role.KEY, "seen_at": Role.TIME}
    columns = {n: Column(type=kinds[n], role=roles.get(n, Role.FEATURE), max_missing=0.1) for n in frame.columns}
    if problem is not ProblemType.REGRESSION:
        columns["target"] = Column(type=ColumnType.INTEGER, role=Role.TARGET)
    source = Source(reader="csv", path="rows.csv", licence="CC0-1.0", purpose="tests", owner="tests")
    primary, guarded, floor = PRIMARY[problem]
    kpi = shipped.charter.kpis[0].model_copy(update={"metric": primary, "floor": floor})
    charter: dict[str, object] = {"problem_type": problem, "kpis": (kpi,)}
    if problem is not ProblemType.BINARY:
        charter["rule_baseline"] = type(shipped.charter.rule_baseline)()
    else:
        charter["rule_baseline"] = type(shipped.charter.rule_baseline)(column="mean_radius", threshold=15.0)
    return shipped.model_copy(
        update={
            "charter": shipped.charter.model_copy(update=charter),
            "data": Data(source=source, columns=columns, target="target"),
            "params": shipped.params.model_copy(
                update={
                    "slices": ("size",),
                    "search": shipped.params.search.model_copy(update={"trials": trials, "sample_rows": 200}),
                    "metrics": shipped.params.metrics.model_copy(
                        update={"primary": primary, "guarded": guarded, "resamples": 200}
                    ),
                }
            ),
            "policy": shipped.policy.model_copy(
                update={"thresholds": (type(shipped.policy.thresholds[0])(metric=primary, floor=floor),)}
            ),
        }
    )


def parts_of(problem: ProblemType) -> dict[str, pd.DataFrame]:
    """Part the rows by time into train, tune and promotion."""
    rows = rows_of(problem)
    first, second = int(len(rows) * 0.5), int(len(rows) * 0.75)
    return {"train": rows[:first], "tune": rows[first:second], "promotion": rows[second:]}


def prepare(folder: Path, problem: ProblemType) -> None:
    """Write the parts and split.json as data preparation does."""
    place = folder / "data" / "prepared"
    place.mkdir(parents=True)
    for name, rows in parts_of(problem).items():
        rows.to_parquet(place / f"{name}.parquet", index=False)
    digests = {name: {"sha256": sha256_file(place / f"{name}.parquet")} for name in parts_of(problem)}
    write_json(place / "split.json", {"schema": 1, "parts": digests})
