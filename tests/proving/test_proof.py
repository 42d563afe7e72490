"""What a proof tells of cases and control: only the worst case of a defect counts, and no proof without a control."""

from dataclasses import replace

import pytest

from proving.children import BROKEN, CAUGHT, HUNG, LET_THROUGH, NOT_PLANTED, Answer
from proving.defect import Case, Defect, Expected, Stage
from proving.plan import Plan, Step
from proving.proof import NOT_PROMOTED, PROMOTED, result

CASE = Case(1, "one", "data gate: leakage", Stage.FRESH, "flights", quick=True, plant=lambda world: None)
OTHER = replace(CASE, name="other", by="champion gate", case="another way", at=Stage.CHAMPION)
ROW = Defect(1, "a defect", Expected.REFUSED, (CASE, OTHER))
CONTROL = {Step("flights", stage): Answer(CAUGHT, "", 1.0) for stage in (Stage.EVALUATED, Stage.CHAMPION)}


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        (CAUGHT, CAUGHT, CAUGHT),
        (CAUGHT, LET_THROUGH, LET_THROUGH),
        (HUNG, CAUGHT, HUNG),
        (NOT_PLANTED, CAUGHT, NOT_PLANTED),
        (LET_THROUGH, BROKEN, BROKEN),
    ],
)
def test_the_worst_case_counts(one: str, other: str, outcome: str) -> None:
    told = result((ROW,), {CASE: Answer(one, "", 1.0), OTHER: Answer(other, "seen", 2.0)}, CONTROL)
    assert (told.defects[0].outcome, told.holds) == (outcome, outcome == CAUGHT)
    assert told.kill_rate == (outcome == CAUGHT)
    assert told.defects[0].caught_by == ("data gate: leakage; champion gate" if outcome == CAUGHT else None)


def test_what_was_seen_instead_is_told_case_by_case() -> None:
    (row,) = result((ROW,), {CASE: Answer(HUNG, "no end", 1.0), OTHER: Answer(BROKEN, "a crash", 2.0)}, CONTROL).defects
    assert (row.because, row.seconds) == ("no end; another way: a crash", 3.0)


def test_nothing_is_proved_without_a_control() -> None:
    caught = {CASE: Answer(CAUGHT, "", 1.0), OTHER: Answer(CAUGHT, "", 1.0)}
    stopped = CONTROL | {Step("flights", Stage.CHAMPION): Answer(LET_THROUGH, "refused", 1.0)}
    for steps, outcome in ((CONTROL, PROMOTED), (stopped, NOT_PROMOTED), ({}, NOT_PROMOTED)):
        told = result((ROW,), caught, steps)
        assert (told.control.outcome, told.holds) == (outcome, outcome == PROMOTED)
        assert told.control.because == ("refused" if steps is stopped else "")


def test_a_defect_that_was_not_tried_is_not_caught() -> None:
    assert not result((ROW,), {}, CONTROL).holds


def test_where_the_control_stops_nothing_further_on_is_planted(tmp_path) -> None:
    plan = Plan.of((ROW,), tmp_path, quick=True, keep=False)
    fresh, evaluated, *_, champion = plan.ahead
    assert list(plan.ready()) == [fresh]
    plan.take_in(fresh, Answer(CAUGHT, "", 1.0))
    assert list(plan.ready()) == [evaluated, CASE]
    plan.take_in(evaluated, Answer(LET_THROUGH, "refused", 1.0))
    assert (plan.ahead, plan.waiting, plan.answers[OTHER].outcome) == ([], [CASE], NOT_PLANTED)
    assert champion not in plan.control
