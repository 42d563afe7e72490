"""Preprocessing fitted on more rows than train is found; what is honest, or fitted on train alone, is not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.preprocessing import TargetEncoder

from config.settings import Bounds, Column, ColumnType, Data, Role, Split
from tasks import outside
from tasks.overlap import Case
from tasks.splitting import split
from tests.tasks.rows import SOURCE, columns, data, rows

N = 3000
NUMBER = Column(type=ColumnType.NUMBER)
BY_TIME = Split(strategy="time", tune=0.2, promotion=0.2, gap_hours=24)
TRAIN = slice(0, 1776)  # the rows before the first gap


def found_in(frame: pd.DataFrame, declared: Data, params: Split) -> dict[str, list[str]]:
    """Search, and give the columns found by search."""
    case = Case.of(split(frame, declared, params), declared, Bounds())
    searches = (outside.scaled_outside, outside.encoded_outside, outside.imputed_outside)
    found = [finding for search in searches for finding in search(case)]
    assert all(finding.sentence.startswith(finding.columns[0]) and finding.examples for finding in found)
    return {search: [f.columns[0] for f in found if f.check == search] for search in {f.check for f in found}}


def raw() -> pd.DataFrame:
    """Rows with an hour-long wait, holes in it, and a town that tells something of the target."""
    random, frame = np.random.default_rng(4), rows(N)
    town = random.integers(0, 30, N)
    late = random.random(N) < 0.2 + town / 60
    wait = random.gamma(2, 20, N)
    wait[random.random(N) < 0.05] = np.nan
    wait[2000], wait[-1] = 1000, 2000  # else the ends of train would be those of all rows
    return frame.assign(town=town, late=late, wait=wait)


def mean_late(town: pd.Series, frame: pd.DataFrame, rows: slice, *, weight: float = 0.0) -> pd.Series:
    """Give each town its mean target, drawn to the overall mean by a weight."""
    known = frame.iloc[rows].groupby("town")["late"]
    overall = frame["late"].iloc[rows].mean()
    return town.map((known.sum() + weight * overall) / (known.size() + weight)).fillna(overall)


def scale(values: pd.Series, rows: slice) -> pd.Series:
    return (values - values.iloc[rows].mean()) / values.iloc[rows].std()


def squeeze(values: pd.Series, rows: slice) -> pd.Series:
    return (values - values.iloc[rows].min()) / (values.iloc[rows].max() - values.iloc[rows].min())


def robust(values: pd.Series, rows: slice) -> pd.Series:
    low, middle, high = values.iloc[rows].quantile([0.25, 0.5, 0.75])
    return (values - middle) / (high - low)


ALL = slice(None)
MADE = [
    pytest.param("scaled outside", lambda f, r: scale(f["wait"], r), id="standardised"),
    pytest.param("scaled outside", lambda f, r: scale(f["wait"], r).round(4), id="standardised and rounded"),
    pytest.param("scaled outside", lambda f, r: robust(f["wait"], r), id="scaled by quartiles"),
    pytest.param("scaled outside", lambda f, r: squeeze(f["wait"], r), id="brought to 0 and 1"),
    pytest.param("scaled outside", lambda f, r: f["wait"] - f["wait"].iloc[r].mean(), id="centred"),
    pytest.param("encoded outside", lambda f, r: mean_late(f["town"], f, r), id="mean target"),
    pytest.param("encoded outside", lambda f, r: mean_late(f["town"], f, r, weight=20), id="smoothed mean target"),
    pytest.param(
        "encoded outside",
        lambda f, r: TargetEncoder().fit(f[["town"]].iloc[r], f["late"].iloc[r]).transform(f[["town"]])[:, 0],
        id="scikit-learn's target encoder",
    ),
    pytest.param("imputed outside", lambda f, r: f["wait"].fillna(f["wait"].iloc[r].mean()), id="filled by the mean"),
    pytest.param("imputed outside", lambda f, r: f["wait"].fillna(f["wait"].iloc[r].median()), id="by the median"),
    pytest.param(
        "imputed outside",
        lambda f, r: f["wait"].round(1).fillna(f["wait"].round(1).iloc[r].mean()),
        id="tenths, by mean",
    ),
]


@pytest.mark.parametrize(("search", "make"), MADE)
@pytest.mark.parametrize("fitted_on", ["all rows", "train"])
def test_what_was_fitted_on_all_rows_is_found(search: str, make, fitted_on: str) -> None:
    frame = raw()
    frame["made"] = make(frame, ALL if fitted_on == "all rows" else TRAIN)
    declared = data(columns=columns(made=NUMBER))
    assert found_in(frame, declared, BY_TIME) == ({search: ["made"]} if fitted_on == "all rows" else {})


@pytest.mark.parametrize("share", [0.001, 0.01])
def test_a_filled_value_is_found_among_very_many_rows(share: float) -> None:
    random = np.random.default_rng(0)
    wait = pd.Series(random.gamma(2, 20, 120_000)).where(random.random(120_000) > share)
    frame = rows(120_000).assign(made=wait.fillna(wait.mean()))
    assert found_in(frame, data(columns=columns(made=NUMBER)), BY_TIME) == {"imputed outside": ["made"]}


HONEST = {
    "share": lambda random: random.beta(2, 5, N),
    "mostly none or all": lambda random: random.beta(0.05, 0.05, N).round(3),
    "percent": lambda random: random.integers(0, 101, N) / 100,
    "drawn from a standard normal": lambda random: random.normal(size=N),
    "minus one, zero, one": lambda random: np.resize([-1.0, 0.0, 1.0], N),
    "mostly zero": lambda random: np.where(random.random(N) < 0.6, 0, random.gamma(2, 20, N)),
    "counts": lambda random: random.poisson(3, N) * 1.0,
    "a sensor stuck at its default": lambda random: np.where(random.random(N) < 0.1, 20.0, random.normal(25, 5, N)),
    "truth": lambda random: random.integers(0, 2, N) * 1.0,
    "hour on the clock": lambda random: np.sin(random.integers(0, 24, N) * np.pi / 12),
}


@pytest.mark.parametrize("make", HONEST.values(), ids=HONEST)
def test_honest_columns_raise_no_alarm(make) -> None:
    declared = data(columns=columns(made=NUMBER))
    for seed in range(10):
        assert found_in(rows(N).assign(made=make(np.random.default_rng(seed))), declared, BY_TIME) == {}


@pytest.mark.parametrize(
    ("bunch", "alarms"),
    [
        pytest.param(load_breast_cancer(as_frame=True), 0, id="breast cancer"),
        pytest.param(load_wine(as_frame=True), 0, id="wine"),
        pytest.param(load_diabetes(as_frame=True, scaled=False), 0, id="diabetes as measured"),
        pytest.param(load_diabetes(as_frame=True), 10, id="diabetes as scikit-learn ships it, scaled over all rows"),
    ],
)
def test_real_data_raises_an_alarm_only_where_it_was_scaled(bunch, alarms: int) -> None:
    frame = bunch.frame.rename(columns=str)
    kinds = {name: NUMBER for name in frame.columns}
    kinds["target"] = Column(role=Role.TARGET, type=ColumnType.NUMBER)
    declared = Data(source=SOURCE, target="target", columns=kinds)
    found = found_in(frame, declared, Split(strategy="fingerprint", tune=0.2, promotion=0.2))
    assert len(found.get("scaled outside", [])) == alarms == sum(len(names) for names in found.values())
