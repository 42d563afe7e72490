"""The leaderboard tells which trial the model is made of, which are ahead of it, and which were cheaper."""

from dataclasses import replace

import pytest

from lens_checks.evidence import records as r
from tests.lens_checks.world import GOOD

BOARD = GOOD.get(r.Leaderboard)
DUMMY, LINEAR, SMALLER, CHOSEN, RULE = BOARD.candidates  # 0.25, 0.8, 0.84, 0.85, and the rule, which is no trial
TRAINING = GOOD.get(r.Training)
DOWN = replace(BOARD, direction="minimize")


def numbers(candidates: tuple[r.Candidate, ...]) -> list[int]:
    return [candidate.trial for candidate in candidates]


@pytest.mark.parametrize(
    ("changed", "finished"),
    [
        ({}, True),
        ({"state": "COMPLETE"}, True),
        ({"state": "pruned"}, False),
        ({"value": None}, False),
        ({"value": float("nan")}, False),
    ],
)
def test_a_trial_is_finished_with_a_value(changed: dict[str, object], finished: bool) -> None:
    assert (len(replace(BOARD, candidates=(replace(CHOSEN, **changed),)).finished) == 1) is finished


@pytest.mark.parametrize(
    ("changed", "found"),
    [({}, True), ({"best_trial": 2}, False), ({"family": "linear"}, False), ({"params": {"leaves": 15}}, False)],
)
def test_the_chosen_trial_is_the_one_that_the_model_is_made_of(changed: dict[str, object], found: bool) -> None:
    assert (BOARD.chosen(replace(TRAINING, **changed)) == CHOSEN) is found


@pytest.mark.parametrize(
    ("chosen", "margin", "upward", "downward"),
    [
        pytest.param(SMALLER, 0.0, [3], [0, 1], id="ahead at all"),
        pytest.param(SMALLER, 0.02, [], [0, 1], id="ahead by more than the margin"),
        pytest.param(LINEAR, 0.0, [2, 3], [0], id="two are ahead"),
        pytest.param(CHOSEN, 0.0, [], [0, 1, 2], id="none is ahead"),
        pytest.param(DUMMY, 0.0, [1, 2, 3], [], id="the rule is no trial"),
    ],
)
def test_which_trials_are_ahead(chosen: r.Candidate, margin: float, upward: list[int], downward: list[int]) -> None:
    assert numbers(BOARD.ahead(chosen, margin=margin)) == upward
    assert numbers(DOWN.ahead(chosen, margin=margin)) == downward


@pytest.mark.parametrize(
    ("margin", "cheaper"),
    [pytest.param(0.0, [], id="as good"), pytest.param(0.02, [2], id="nearly as good"), pytest.param(1.0, [0, 1, 2])],
)
def test_which_trials_were_cheaper(margin: float, cheaper: list[int]) -> None:
    assert numbers(BOARD.cheaper(CHOSEN, margin=margin)) == cheaper


def test_a_lower_value_is_as_good_where_less_is_better() -> None:
    assert numbers(DOWN.cheaper(CHOSEN, margin=0.0)) == [0, 1, 2]
    assert numbers(DOWN.cheaper(DUMMY, margin=0.0)) == []


def test_a_trial_whose_cost_is_not_known_may_have_been_cheaper() -> None:
    unknown = replace(SMALLER, value=0.85, cpu_seconds=None)
    board = replace(BOARD, candidates=(unknown, CHOSEN, replace(CHOSEN, trial=4)))
    assert numbers(board.cheaper(CHOSEN, margin=0.0)) == [2]
    assert numbers(board.saving(CHOSEN, margin=0.0, seconds=3.0)) == [2]


@pytest.mark.parametrize(("seconds", "saving"), [(0.9, [2]), (1.0, []), (-1.0, [2])])
def test_which_trials_would_have_saved(seconds: float, saving: list[int]) -> None:
    assert numbers(BOARD.saving(CHOSEN, margin=0.02, seconds=seconds)) == saving


@pytest.mark.parametrize("board", [BOARD, DOWN], ids=["upward", "downward"])
def test_a_value_of_nothing_is_a_value(board: r.Leaderboard) -> None:
    nothing, ahead, behind = (
        replace(CHOSEN, trial=n, value=v, cpu_seconds=1.0) for n, v in enumerate((0.0, 0.5, -0.5))
    )
    both = replace(board, candidates=(nothing, ahead, behind))
    assert numbers(both.ahead(nothing)) == ([1] if board.upward else [2])
    assert numbers(both.cheaper(replace(nothing, cpu_seconds=2.0), margin=0.0)) == ([0, 1] if board.upward else [0, 2])


def test_a_margin_goes_the_other_way_where_less_is_better() -> None:
    worse = replace(SMALLER, value=0.86)
    board = replace(DOWN, candidates=(worse, CHOSEN))
    assert numbers(board.cheaper(CHOSEN, margin=0.02)) == [2]
    assert numbers(board.cheaper(CHOSEN, margin=0.005)) == []


def test_a_choice_that_cost_nothing_saved_all_there_was() -> None:
    free = replace(CHOSEN, cpu_seconds=0.0)
    board = replace(BOARD, candidates=(replace(SMALLER, value=0.9, cpu_seconds=-0.5), free))
    assert numbers(board.saving(free, margin=0.0, seconds=0.4)) == [2]
    assert numbers(board.saving(free, margin=0.0, seconds=0.6)) == []


def test_a_version_is_found_by_its_bytes_and_by_its_alias() -> None:
    first = GOOD.get(r.Registry).versions[0]
    second = replace(first, version=2, tags={"digest": "e" * 64})
    registry = replace(GOOD.get(r.Registry), versions=(first, second), aliases={"champion": 2, "staging": 1})
    assert registry.with_digest("e" * 64) == second
    assert registry.with_digest(first.tags["digest"]) == first
    assert registry.with_digest("f" * 64) is None
    assert (registry.at("champion"), registry.at("staging"), registry.at("previous")) == (second, first, None)
