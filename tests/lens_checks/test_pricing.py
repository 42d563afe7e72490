"""Implementations are compared by the best trial of each, baselines and what is no trial apart."""

from dataclasses import replace

import pytest

from config.settings import Charter, Policy
from lens_checks import pricing
from lens_checks.evidence import records as r
from tests.lens_checks.world import GOOD

BOARD, TRAINING = GOOD.get(r.Leaderboard), GOOD.get(r.Training)
CHOSEN = BOARD.chosen(TRAINING)
assert CHOSEN is not None
UNKNOWN_COST = "the model is no finished trial, or the CPU seconds of a trial are not known"


def candidate(trial: int, family: str, value: float, **change: object) -> r.Candidate:
    return replace(CHOSEN, trial=trial, family=family, value=value, **change)


def compared(*others: r.Candidate) -> list[str]:
    board = replace(BOARD, candidates=(CHOSEN, *others))
    return pricing.of_implementations(GOOD.get(Charter), GOOD.get(Policy), TRAINING, board)


@pytest.mark.parametrize(
    ("direction", "values", "best"),
    [
        pytest.param("maximize", (0.0, 0.5), 0.5, id="the greatest"),
        pytest.param("maximize", (0.0, -0.5), 0.0, id="nothing, beside what is less"),
        pytest.param("minimize", (0.0, 0.5), 0.0, id="the least"),
        pytest.param("minimize", (0.0, -0.5), -0.5, id="less than nothing"),
    ],
)
def test_the_best_of_a_family(direction: str, values: tuple[float, ...], best: float) -> None:
    for order in (values, values[::-1]):
        tried = tuple(candidate(number, "linear", value) for number, value in enumerate(order))
        board = replace(BOARD, direction=direction, candidates=tried)
        assert pricing.best_of_each(board)["linear"].value == best


def test_baselines_and_what_is_no_trial_are_no_implementations() -> None:
    others = (candidate(0, "linear", 0.5), candidate(-1, "rule", 0.5), candidate(4, "dummy", 0.5, baseline=True))
    board = replace(BOARD, candidates=(CHOSEN, *others))
    assert set(pricing.best_of_each(board)) == {"boosting", "linear"}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        pytest.param(candidate(0, "linear", 0.5, cpu_seconds=0.5), [], id="the first trial of another family"),
        pytest.param(candidate(0, "linear", 0.5, cpu_seconds=None), [UNKNOWN_COST], id="whose cost is not known"),
        pytest.param(candidate(0, "linear", 0.5, cpu_seconds=-0.5), [UNKNOWN_COST], id="whose cost is below nothing"),
        pytest.param(
            candidate(0, "dummy", 0.5, cpu_seconds=None, baseline=True),
            ["only boosting was tried: there is nothing to compare it with"],
            id="a baseline, whatever it costs",
        ),
        pytest.param(
            candidate(-1, "rule", 0.5, cpu_seconds=None),
            ["only boosting was tried: there is nothing to compare it with"],
            id="a rule that was not fitted",
        ),
    ],
)
def test_another_implementation_is_one_that_was_tried(other: r.Candidate, told: list[str]) -> None:
    assert compared(other) == told
