"""Tests of tasks/evaluation.py, calibration.py, slices.py, robustness.py and explanation.py on made-up answers."""

import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from config.settings import ProblemType, Settings
from tasks import evaluation
from tasks.calibration import calibration, calibration_error, curve
from tasks.estimators import family
from tasks.evaluation import Answers, Measured
from tasks.explanation import explain
from tasks.intervals import units
from tasks.metrics import METRICS, Metric, metric
from tasks.robustness import lose_by_noise
from tasks.statistics import Prediction, weighted_mean
from tasks.training import examples
from tests.tasks.problems import rows_of, settings_of

BIN = ProblemType.BINARY
Fitted = tuple[Pipeline, pd.DataFrame, np.ndarray]
ROWS = rows_of(BIN)
Y = (ROWS["target"] == 1).to_numpy().astype(int)


def said(probability: np.ndarray) -> Prediction:
    return Prediction(
        (probability > 0.5).astype(int), np.column_stack([1 - probability, probability]), np.array([0, 1])
    )


GOOD = np.clip(0.5 + (Y - 0.5) * 0.6 + np.random.default_rng(0).normal(0, 0.3, len(Y)), 0, 1)
RULE = np.clip(0.5 + (Y - 0.5) * 0.2 + np.random.default_rng(1).normal(0, 0.3, len(Y)), 0, 1)


def measured(model: np.ndarray, settings: Settings | None = None) -> Measured:
    settings = settings or settings_of(BIN)
    by = {"model": said(model), "rule": said(RULE), "dummy": said(np.full(len(Y), Y.mean()))}
    rows = examples(ROWS, "0" * 64, settings)
    return evaluation.measure(Answers(ROWS, rows, by, units(ROWS, settings.data), 0.1), settings=settings)


def test_uplift_is_over_the_rule_and_paired() -> None:
    told = measured(GOOD)
    model, rule = told.by["model"]["average_precision"], told.by["rule"]["average_precision"]
    assert model.value is not None and rule.value is not None
    assert told.uplift.value == pytest.approx(model.value - rule.value)
    assert told.uplift.low is not None and told.uplift.low > 0
    assert told.resampled_by == "day"


def test_a_model_like_the_rule_has_no_uplift() -> None:
    assert measured(RULE).uplift.value == 0.0


def test_slices_too_small_are_shown_and_not_told() -> None:
    slices = measured(GOOD).slices["size"]
    assert {name: one.rows for name, one in slices.items()} == ROWS["size"].fillna("missing").value_counts().to_dict()
    assert slices["missing"].primary is None and slices["large"].primary is not None


def test_a_metric_that_does_not_vary_with_the_model_has_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    constant = Metric("brier", False, METRICS["brier"].problems, lambda y, p: weighted_mean(np.full(len(y), 0.05)))
    monkeypatch.setitem(METRICS, "brier", constant)
    figure = measured(GOOD).by["model"]["brier"]
    assert figure.value is None and "does not depend on the model" in figure.reason


def test_a_metric_alike_for_model_rule_and_dummy_has_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """It differs for shuffled answers, and not with who gave them: the first three are asked before any is shuffled."""
    asked = itertools.count()
    alike = Metric(
        "brier", False, METRICS["brier"].problems,
        lambda y, _: weighted_mean(np.full(len(y), 0.05 if next(asked) < 3 else 0.06)),
    )  # fmt: skip
    monkeypatch.setitem(METRICS, "brier", alike)
    figure = measured(GOOD).by["model"]["brier"]
    assert figure.value is None and "for model, rule and dummy alike" in figure.reason


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_metric_that_is_no_finite_number_says_so(value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Metric("brier", False, METRICS["brier"].problems, lambda y, _: weighted_mean(np.full(len(y), value)))
    monkeypatch.setitem(METRICS, "brier", endless)
    figure = measured(GOOD).by["model"]["brier"]
    assert figure.value is None and "not a finite number" in figure.reason


def test_the_uplift_over_the_dummy_is_told_too() -> None:
    told = measured(GOOD)
    assert told.over_dummy.low is not None and told.uplift.value is not None
    assert told.over_dummy.low > told.uplift.value
    assert measured(np.full(len(Y), Y.mean())).over_dummy.value == 0.0


@pytest.mark.parametrize(
    ("train", "tune", "name", "gap"),
    [
        pytest.param(0.9, 0.8, "roc_auc", 0.1, id="better on train: a gap"),
        pytest.param(0.1, 0.2, "brier", 0.1, id="a smaller error on train: a gap too"),
        pytest.param(None, 0.2, "brier", None, id="never measured: not told"),
    ],
)
def test_the_gap_is_positive_where_train_is_better(
    train: float | None, tune: float, name: str, gap: float | None
) -> None:
    scores = {f"tune_{name}": tune} | ({} if train is None else {f"train_{name}": train})
    told = evaluation.overfit_gap({"metrics": scores}, metric(name, BIN))
    assert told == (None if gap is None else pytest.approx(gap))


def test_probabilities_that_keep_their_word_are_calibrated() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    y = (rng.random(20_000) < p).astype(int)
    bins = calibration(y, said(p), problem=BIN)
    assert calibration_error(bins) < 0.02 and bins["rows"].sum() == 20_000
    assert calibration_error(calibration(y, said(p**3), problem=BIN)) > 0.1


@pytest.mark.parametrize(
    ("problem", "y", "prediction", "last"),
    [
        pytest.param(BIN, Y, said(GOOD), 1.0, id="binary: all cases are found in the end"),
        pytest.param(
            ProblemType.REGRESSION, np.arange(4.0), Prediction(np.arange(4.0) + 1), 1.0, id="regression: mean error"
        ),
        pytest.param(
            ProblemType.MULTICLASS, np.array(["a", "b"]),
            Prediction(np.array(["a", "a"]), np.array([[0.9, 0.1], [0.6, 0.4]]), np.array(["a", "b"])), 0.5,
            id="multiclass: accuracy",
        ),
    ],
)  # fmt: skip
def test_the_curve_ends_at_all_rows(problem: ProblemType, y: np.ndarray, prediction: Prediction, last: float) -> None:
    told = curve(y, prediction, problem=problem)
    assert (told["share"].iloc[-1], told["value"].iloc[-1]) == pytest.approx((1.0, last))
    assert told["share"].is_monotonic_increasing


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    """A model that reads one column of three."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame({"a": rng.normal(size=2000), "b": rng.normal(size=2000), "c": rng.choice(["x", "y"], 2000)})
    y = (x["a"] + rng.normal(0, 0.1, 2000) > 0).to_numpy().astype(int)
    schema = {"a": "number", "b": "number", "c": "category"}
    return family("linear").build(schema, {"shrinkage": 1.0}, problem=BIN, seed=0).fit(x.astype({"c": "str"}), y), x, y


def test_what_the_model_reads_is_important_and_the_rest_is_not(
    fitted: Fitted,
) -> None:
    told = explain(*fitted, metric=metric("roc_auc", BIN), problem=BIN, seed=0)
    values = {name: one.value or 0.0 for name, one in told.importances.items()}
    assert values["a"] > 0.3 and abs(values["b"]) < 0.02 and abs(values["c"]) < 0.02
    assert set(told.coefficients) == {"a", "b", "c_x", "c_y"}


def test_noise_costs_something_and_repeats(fitted: Fitted) -> None:
    schema = {"a": "number", "b": "number", "c": "category"}
    first, second = (
        lose_by_noise(*fitted, metric=metric("roc_auc", BIN), problem=BIN, schema=schema, seed=0) for _ in range(2)
    )
    assert first == second
    assert first.drop is not None and 0 < first.drop < 0.05
