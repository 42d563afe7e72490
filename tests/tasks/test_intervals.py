"""Tests of tasks/intervals.py."""

import numpy as np
import pandas as pd
import pytest

from config.settings import ProblemType
from tasks.intervals import (
    MANY,
    POISSON,
    Units,
    distributions,
    draws,
    expanded,
    interval,
    on_rows,
    stratified,
    units,
    value_of,
)
from tasks.metrics import METRICS, looped, metric
from tasks.statistics import Prediction, weighted_mean
from tests.tasks.problems import rows_of, settings_of
from tests.tasks.test_metrics import case

DATA = settings_of(ProblemType.REGRESSION).data


@pytest.mark.parametrize(
    ("rows", "columns", "name"),
    [
        pytest.param(400, ["seen_at"], "day", id="rows of many days are resampled by day"),
        pytest.param(20, ["seen_at"], "row", id="a few days are too few to resample"),
        pytest.param(400, ["bmi"], "row", id="without a time, each row by itself"),
    ],
)
def test_what_hangs_together_is_resampled_together(rows: int, columns: list[str], name: str) -> None:
    assert units(rows_of(ProblemType.REGRESSION)[columns].head(rows), DATA).name == name


def drawn_of(of: Units, resamples: int, size: int = 64) -> np.ndarray:
    return np.concatenate(list(draws(of, resamples=resamples, seed=0, size=size)), axis=1)


def test_as_many_units_are_drawn_as_there_are() -> None:
    drawn = drawn_of(Units("day", np.array([0, 0, 1, 2, 2, 2])), 50, size=7)
    assert drawn.shape == (3, 50)
    assert (drawn.sum(axis=0) == 3).all() and drawn.max() > 1


def test_by_class_every_resample_has_as_many_of_each() -> None:
    classes = np.array([0, 1, 0, 0, 1, 0, 0])
    of = stratified(Units("row", np.arange(7)), classes)
    drawn = drawn_of(of, 50)[of.by_stratum]
    assert (drawn[classes == 1].sum(axis=0) == 2).all() and (drawn[classes == 0].sum(axis=0) == 5).all()
    assert (np.unique(drawn[1]) == [0, 1, 2]).all()


def test_days_are_not_torn_apart_by_class() -> None:
    of = Units("day", np.array([0, 0, 1, 1]))
    assert stratified(of, np.array([0, 1, 0, 1])) is of


def test_of_many_units_each_comes_by_a_law_of_its_own_and_the_sum_is_kept() -> None:
    drawn = drawn_of(Units("row", np.arange(MANY)), 20)
    assert drawn.dtype == np.float32
    assert drawn.sum(axis=0, dtype=float) == pytest.approx(np.full(20, MANY), rel=1e-6)
    assert np.var(drawn, axis=0) == pytest.approx(np.ones(20), rel=0.06)


def test_the_law_of_many_units_is_poissons() -> None:
    assert len(POISSON) == 1 << 16
    assert (POISSON.mean(), POISSON.var()) == pytest.approx((1.0, 1.0), abs=2e-3)


CASES = [(problem, name) for name, one in METRICS.items() for problem in sorted(one.problems)]


@pytest.mark.parametrize(("problem", "name"), CASES, ids=lambda value: str(value))
@pytest.mark.parametrize("by", ["row", "day"])
def test_sums_by_unit_give_what_weights_of_rows_would(problem: ProblemType, name: str, by: str) -> None:
    y, said = case(problem)
    codes = np.arange(len(y)) if by == "row" else np.random.default_rng(0).permutation(np.arange(len(y)) // 10)
    of = Units(by, codes) if problem is ProblemType.REGRESSION else stratified(Units(by, codes), y)
    index = np.flatnonzero(np.arange(len(y)) % 3 > 0)
    one = metric(name, problem)
    whole, part = one.statistic(y, said), on_rows(one.statistic(y[index], said.take(index)), index)
    seen = distributions({"whole": whole, "part": part}, of, resamples=40, seed=0)
    rows = drawn_of(of, 40)[of.by_stratum].T
    assert seen["whole"] == pytest.approx(whole(rows), rel=1e-9)
    assert seen["part"] == pytest.approx(part(rows), rel=1e-9)


def test_a_metric_that_wants_weights_gets_them() -> None:
    y, said = case(ProblemType.BINARY)
    of = Units("day", np.arange(len(y)) // 10)
    slow = looped(lambda y, said, w: float(np.average(y == said.labels, weights=w)))(y, said)
    fast = metric("accuracy", ProblemType.BINARY).statistic(y, said)
    told = distributions({"slow": slow, "fast": fast, "part": on_rows(lambda w: w.sum(axis=1), np.arange(25))}, of,
                         resamples=30, seed=0)  # fmt: skip
    assert told["slow"] == pytest.approx(told["fast"])
    assert set(told["part"] % 5) == {0.0}  # two whole days and a half


@pytest.mark.parametrize("name", ["average_precision", "roc_auc"])
def test_merging_levels_moves_no_value_and_hardly_an_interval(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    y = (rng.random(4000) < 0.1).astype(int)
    p = np.clip(0.2 + 0.2 * y + rng.normal(0, 0.15, 4000), 0.0, 1.0)
    said = Prediction(y, np.column_stack([1 - p, p]), np.array([0, 1]))
    of, seen = Units("row", np.arange(4000)), []
    for levels in (10_000, 256):
        monkeypatch.setattr("tasks.ranking.LEVELS", levels)
        one = metric(name, ProblemType.BINARY).statistic(y, said)
        values = distributions({"one": one}, of, resamples=500, seed=0)["one"]
        seen.append((value_of(one, 4000), values))
    (exact, fine), (again, merged) = seen
    assert exact == again
    assert merged.mean() == pytest.approx(fine.mean(), abs=0.02 * fine.std())
    assert merged.std() == pytest.approx(fine.std(), rel=0.02)
    assert np.corrcoef(fine, merged)[0, 1] > 0.999


def test_a_score_that_is_no_number_has_no_rank() -> None:
    y = np.array([0, 1, 0, 1])
    p = np.array([0.1, 0.9, np.nan, 0.8])
    said = Prediction(y, np.column_stack([1 - p, p]), np.array([0, 1]))
    assert np.isnan(metric("average_precision", ProblemType.BINARY).score(y, said))


@pytest.mark.parametrize(
    ("units", "tail"),
    [
        pytest.param(20, 0.0159, id="twenty days: the tail of t, and a spread too small"),
        pytest.param(1_000_000, 0.025, id="a million: as it is"),
        pytest.param(1, 0.0, id="one tells nothing"),
    ],
)
def test_few_units_widen_an_interval(units: int, tail: float) -> None:
    assert expanded(0.025, units) == pytest.approx(tail, abs=1e-4)
    values = np.linspace(-1, 1, 10_001)
    wide, usual = (interval(0.0, values, confidence=0.95, units=u) for u in (units, None))
    assert wide.low == pytest.approx(-1 + 2 * tail, abs=1e-3)
    assert wide.low <= usual.low and wide.high >= usual.high  # type: ignore[operator]


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng, covered = np.random.default_rng(0), 0
    for seed in range(200):
        sample = rng.normal(size=200)
        values = distributions({"mean": weighted_mean(sample)}, Units("row", np.arange(200)), resamples=300, seed=seed)
        told = interval(float(sample.mean()), values["mean"], confidence=0.9)
        covered += told.low <= 0 <= told.high  # type: ignore[operator]
    assert 165 <= covered <= 195


def test_statistics_share_their_resamples() -> None:
    values = np.random.default_rng(0).normal(size=300)
    pair = {"a": weighted_mean(values), "b": weighted_mean(values + 1)}
    drawn = distributions(pair, Units("row", np.arange(300)), resamples=100, seed=0)
    assert drawn["b"] - drawn["a"] == pytest.approx(np.ones(100))


def test_a_statistic_of_some_rows_takes_their_weights() -> None:
    some = on_rows(weighted_mean(np.array([1.0, 3.0])), np.array([0, 2]))
    assert some(np.array([[1.0, 9.0, 1.0], [0.0, 9.0, 2.0]])) == pytest.approx([2.0, 3.0])


@pytest.mark.parametrize(
    ("value", "values", "told"),
    [
        pytest.param(float("nan"), [1.0, 1.0], (None, None, None), id="no value, no interval"),
        pytest.param(1.0, [np.nan, 1.0], (1.0, None, None), id="too many resamples without a value"),
        pytest.param(1.0, [1.0, 1.0], (1.0, 1.0, 1.0), id="no spread"),
    ],
)
def test_what_is_not_defined_has_no_bounds(value: float, values: list[float], told: tuple[float | None, ...]) -> None:
    seen = interval(value, np.array(values), confidence=0.95)
    assert (seen.value, seen.low, seen.high) == told


def test_missing_groups_are_a_unit_too() -> None:
    frame = pd.DataFrame({"seen_at": [None, *pd.date_range("2024-01-01", periods=30, tz="UTC")]})
    assert units(frame, DATA).count == 31
