"""Tests of tasks/statistics.py: what a model says, over which classes; the metrics are held in test_metrics.py."""

import numpy as np
import pytest

from tasks.statistics import Prediction

CLASSES = np.array(["a", "b", "c"], dtype=object)
NARROW = Prediction(
    np.array(["a", "c"], dtype=object), np.array([[0.7, 0.3], [0.1, 0.9]]), np.array(["a", "c"], dtype=object)
)


def test_a_class_that_a_model_does_not_know_has_no_probability() -> None:
    wide = NARROW.among(CLASSES)
    assert wide.probabilities is not None and wide.probabilities.tolist() == [[0.7, 0.0, 0.3], [0.1, 0.0, 0.9]]
    assert wide.labels is NARROW.labels and np.array_equal(np.asarray(wide.classes), CLASSES)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(NARROW, id="the classes it knows"),
        pytest.param(Prediction(np.array([1.0])), id="no classes at all"),
    ],
)
def test_where_nothing_is_to_add_nothing_changes(said: Prediction) -> None:
    assert said.among(np.array(["a", "c"], dtype=object)) is said


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(Prediction(np.array([1.0, 2.0])), Prediction(np.array([1.0, 2.0])), True, id="the same values"),
        pytest.param(Prediction(np.array([1.0, 2.0])), Prediction(np.array([1.0, 2.1])), False, id="another value"),
        pytest.param(NARROW, NARROW.among(CLASSES), False, id="more classes"),
        pytest.param(
            NARROW, Prediction(NARROW.labels, np.array([[0.6, 0.4], [0.1, 0.9]]), NARROW.classes), False,
            id="the same labels, less sure",
        ),
    ],
)  # fmt: skip
def test_two_models_say_the_same_or_not(one: Prediction, other: Prediction, same: bool) -> None:
    assert one.same_as(other) is same


@pytest.mark.parametrize(
    ("said", "finite"),
    [
        pytest.param(NARROW, True, id="probabilities"),
        pytest.param(Prediction(np.array([1.0, np.nan])), False, id="a value that is no number"),
        pytest.param(Prediction(np.array([1, 0]), np.array([[np.inf, 0.0], [1.0, 0.0]])), False, id="an endless one"),
    ],
)
def test_an_answer_is_a_number_or_not(said: Prediction, finite: bool) -> None:
    assert said.finite is finite
