"""Drift is an effect size: rows alone raise no alarm, and what is gone has drifted."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from config.settings import ColumnType, ProblemType
from tasks import drift
from tasks.distributions import distribution
from tasks.statistics import Prediction
from tasks.watching import FeatureDrift

RNG = np.random.default_rng(0)
BASE = pd.DataFrame({"x": RNG.normal(size=20_000), "c": RNG.choice(["a", "b", "c"], size=20_000, p=[0.6, 0.3, 0.1])})
BASELINE = {"x": distribution(BASE["x"], ColumnType.NUMBER), "c": distribution(BASE["c"], ColumnType.CATEGORY)}


def window(*, shift: float = 0.0, rows: int = 5_000, missing: float = 0.0, shares: tuple[float, ...] = (0.6, 0.3, 0.1)):
    """Make rows that differ from the baseline in one way."""
    x = RNG.normal(loc=shift, size=rows)
    x[: int(rows * missing)] = np.nan
    return pd.DataFrame({"x": x, "c": RNG.choice(["a", "b", "c"], size=rows, p=shares)})


@pytest.mark.parametrize(
    ("rows", "drifted"),
    [
        pytest.param(window(), set(), id="the same distribution has not drifted"),
        pytest.param(window(shift=1.0), {"x"}, id="a shift of a standard deviation has"),
        pytest.param(window(shift=0.05, rows=1_000_000), set(), id="a tiny shift has not, whatever the rows"),
        pytest.param(window(missing=0.2), {"x"}, id="missing values where there were none have"),
        pytest.param(window(shares=(0.1, 0.3, 0.6)), {"c"}, id="categories that changed places have"),
        pytest.param(window().assign(c="z"), {"c"}, id="categories nobody has seen have"),
        pytest.param(window().drop(columns="c"), {"c"}, id="a column that is gone has"),
    ],
)
def test_what_has_drifted(rows: pd.DataFrame, drifted: set[str]) -> None:
    found = drift.measure_drift(rows, BASELINE, bound=0.2)
    assert {name for name, result in found.items() if result.drifted} == drifted


def test_the_bound_itself_is_drift() -> None:
    size = drift.measure_drift(window(shift=0.3), BASELINE, bound=9.0)["x"].psi
    assert size is not None
    assert drift.measure_drift(window().drop(columns="x"), BASELINE, bound=9.0)["x"] == FeatureDrift(None, True)


def test_a_baseline_survives_its_json() -> None:
    stored = {name: asdict(found) | {"foreign": 1} for name, found in BASELINE.items()}
    assert drift.read_baseline(stored, only=("x", "nowhere")) == {"x": BASELINE["x"]}


@pytest.mark.parametrize("problem", list(ProblemType))
def test_answers_that_stay_have_not_moved(problem: ProblemType) -> None:
    labels = (
        RNG.choice(["a", "b", "c"], size=2_000) if problem is not ProblemType.REGRESSION else RNG.normal(size=2_000)
    )
    said = Prediction(labels, RNG.dirichlet((1, 2), size=2_000), np.array(["n", "y"]))
    assert drift.prediction_drift(said, problem, drift.describe_answers(said, problem)) == pytest.approx(0, abs=1e-9)
