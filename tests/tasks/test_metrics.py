"""Tests of tasks/metrics.py."""

import numpy as np
import pytest
from sklearn import metrics as theirs

from config.errors import ConfigError
from config.settings import ProblemType
from tasks.metrics import BINARY, METRICS, Metric, looped, metric
from tasks.statistics import Prediction

BIN, MULTI, REG = ProblemType.BINARY, ProblemType.MULTICLASS, ProblemType.REGRESSION
RNG = np.random.default_rng(0)
ROWS = 400


def case(problem: ProblemType, *, ties: bool = False) -> tuple[np.ndarray, Prediction]:
    """Make a truth and a prediction that is better than chance."""
    rng = np.random.default_rng(1)
    if problem is REG:
        y = rng.normal(size=ROWS)
        return y, Prediction(y + rng.normal(size=ROWS))
    classes = np.array([0, 1]) if problem is BIN else np.array(["a", "b", "c"], dtype=object)
    y = classes[rng.integers(0, len(classes), ROWS)]
    raw = rng.random((ROWS, len(classes))) + (y[:, None] == classes[None, :])
    probabilities = raw / raw.sum(axis=1, keepdims=True)
    if ties and problem is BIN:
        case = np.round(probabilities[:, 1], 1)
        probabilities = np.column_stack([1 - case, case])
    return y, Prediction(classes[probabilities.argmax(axis=1)], probabilities, classes)


def macro(score):  # type: ignore[no-untyped-def]
    return lambda y, p, w: np.mean(
        [score(y == c, p.probabilities[:, k], sample_weight=w) for k, c in enumerate(p.classes)]
    )


SKLEARN = {
    (BIN, "average_precision"): lambda y, p, w: theirs.average_precision_score(y, p.positive, sample_weight=w),
    (BIN, "roc_auc"): lambda y, p, w: theirs.roc_auc_score(y, p.positive, sample_weight=w),
    (BIN, "brier"): lambda y, p, w: theirs.brier_score_loss(y, p.positive, sample_weight=w),
    (BIN, "log_loss"): lambda y, p, w: theirs.log_loss(y, p.probabilities, sample_weight=w),
    (BIN, "accuracy"): lambda y, p, w: theirs.accuracy_score(y, p.labels, sample_weight=w),
    (BIN, "balanced_accuracy"): lambda y, p, w: theirs.balanced_accuracy_score(y, p.labels, sample_weight=w),
    (BIN, "f1"): lambda y, p, w: theirs.f1_score(y, p.labels, sample_weight=w),
    (BIN, "precision"): lambda y, p, w: theirs.precision_score(y, p.labels, sample_weight=w),
    (BIN, "recall"): lambda y, p, w: theirs.recall_score(y, p.labels, sample_weight=w),
    (MULTI, "average_precision"): macro(theirs.average_precision_score),
    (MULTI, "roc_auc"): macro(theirs.roc_auc_score),
    (MULTI, "brier"): lambda y, p, w: theirs.brier_score_loss(y, p.probabilities, sample_weight=w, labels=p.classes),
    (MULTI, "log_loss"): lambda y, p, w: theirs.log_loss(y, p.probabilities, sample_weight=w, labels=p.classes),
    (MULTI, "accuracy"): lambda y, p, w: theirs.accuracy_score(y, p.labels, sample_weight=w),
    (MULTI, "balanced_accuracy"): lambda y, p, w: theirs.balanced_accuracy_score(y, p.labels, sample_weight=w),
    (MULTI, "f1"): lambda y, p, w: theirs.f1_score(y, p.labels, sample_weight=w, average="macro"),
    (REG, "r2"): lambda y, p, w: theirs.r2_score(y, p.labels, sample_weight=w),
    (REG, "rmse"): lambda y, p, w: theirs.root_mean_squared_error(y, p.labels, sample_weight=w),
    (REG, "mae"): lambda y, p, w: theirs.mean_absolute_error(y, p.labels, sample_weight=w),
}


def test_every_metric_is_held_against_scikit_learn() -> None:
    assert {(problem, m.name) for m in METRICS.values() for problem in m.problems} == set(SKLEARN)


@pytest.mark.parametrize(("problem", "name"), SKLEARN, ids=lambda value: str(value))
@pytest.mark.parametrize("ties", [False, True], ids=["distinct scores", "tied scores"])
def test_a_metric_is_scikit_learns_for_any_weights(problem: ProblemType, name: str, ties: bool) -> None:
    y, prediction = case(problem, ties=ties)
    weights = RNG.integers(0, 4, size=(5, ROWS)).astype(float)
    ours = metric(name, problem).statistic(y, prediction)(weights)
    assert ours == pytest.approx([SKLEARN[problem, name](y, prediction, w) for w in weights], abs=1e-9)


@pytest.mark.parametrize("one", METRICS.values(), ids=lambda one: one.name)
def test_the_truth_is_better_than_a_shuffled_answer(one: Metric) -> None:
    problem = sorted(one.problems)[0]
    y, said = case(problem)
    if problem is REG:
        right = Prediction(y)
    else:
        certain = (y[:, None] == np.asarray(said.classes)[None, :]).astype(float)
        right = Prediction(y, certain, said.classes)
    assert one.gain(one.score(y, right), over=one.score(np.roll(y, 7), right)) > 0


@pytest.mark.parametrize("name", ["average_precision", "roc_auc", "recall"])
def test_with_one_class_a_metric_is_not_a_number(name: str) -> None:
    _, prediction = case(BIN)
    assert np.isnan(metric(name, BIN).score(np.zeros(ROWS, dtype=int), prediction))


@pytest.mark.parametrize(
    ("name", "problem", "words"),
    [
        pytest.param("auc", BIN, "no metric of tasks/metrics.py", id="a name that nobody defined"),
        pytest.param("r2", BIN, "not defined for a binary", id="a metric of another problem"),
    ],
)
def test_a_wrong_name_lists_the_alternatives(name: str, problem: ProblemType, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        metric(name, problem)
    assert "average_precision" in caught.value.expected and "rmse" not in caught.value.expected


def test_a_metric_of_scikit_learn_is_one_line() -> None:
    jaccard = Metric(
        "jaccard", True, BINARY, looped(lambda y, said, w: theirs.jaccard_score(y, said.labels, sample_weight=w))
    )
    y, prediction = case(BIN)
    assert jaccard.score(y, prediction) == pytest.approx(theirs.jaccard_score(y, prediction.labels))
