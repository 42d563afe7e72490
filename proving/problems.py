"""Small problems of other kinds, on real rows that scikit-learn brings along: a number, and one of three classes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proving import configs

ROWS = "proving/sample/rows.parquet"


@dataclass(frozen=True)
class Problem:
    """What is other than with the flights."""

    kind: str
    loader: str
    options: dict[str, Any]
    primary: str
    guarded: str
    baseline: float
    floor: float


PROBLEMS = {
    "diabetes": Problem("regression", "load_diabetes", {"scaled": False}, "r2", "mae", 0.0, 0.2),
    "wine": Problem("multiclass", "load_wine", {}, "balanced_accuracy", "log_loss", 0.34, 0.7),
}


def turn(root: Path, name: str) -> None:
    """Turn the sample's problem in a world into another one."""
    problem = PROBLEMS[name]
    _place_rows(root, problem)
    charter, params, policy = (configs.read(root, file) for file in ("charter", "params", "policy"))
    kpi = {"metric": problem.primary, "baseline": problem.baseline, "floor": problem.floor, "target": 0.9}
    charter |= {
        "problem_type": problem.kind,
        "kpis": [charter["kpis"][0] | kpi],
        "rule_baseline": {"column": "", "threshold": None},
    }
    params |= {"split": {"strategy": "fingerprint", "tune": 0.2, "promotion": 0.2, "seed": 0}, "slices": []}
    params["metrics"] |= {"primary": problem.primary, "guarded": [problem.guarded]}
    policy["thresholds"] = [{"metric": problem.primary, "floor": problem.floor}]
    policy["comparison"] |= {"minimum_rows": 20}
    policy["bounds"] |= {"split_effect": 1.0, "overfit_gap": 0.3, "uplift": 0.0, "leakage_single_feature": 0.995}
    for file, values in (("charter", charter), ("params", params), ("policy", policy)):
        configs.write(root, file, values)
    configs.write(root, "data", _data(configs.read(root, "data")["source"]))


def _place_rows(root: Path, problem: Problem) -> None:
    from sklearn import datasets

    from tasks import tables

    rows = getattr(datasets, problem.loader)(as_frame=True, **problem.options).frame
    rows.columns = [str(name).replace("/", "_") for name in rows.columns]
    tables.write_parquet(rows, root / ROWS)


def _data(source: dict[str, Any]) -> dict[str, Any]:
    """Leave the columns to the first run, which describes them as it finds them."""
    own = {"reader": "parquet", "path": ROWS} | ({"allowed": ["*.parquet"]} if "allowed" in source else {})
    return {
        "source": source | own,
        "target": "target",
        "labels": "system-of-record",
        "minimum_rows": 100,
        "positive": None,
        "quarantine_limit": 0.0,
        "leakage_allowances": {},
        "columns": {},
    }
