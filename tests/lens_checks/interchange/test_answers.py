"""A review's answers are requests that the WA Tool takes: chosen what is met, set aside with reasons, within limits."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from config.settings import NotApplicable
from lens_checks import catalogue
from lens_checks.check import Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.interchange import answers
from lens_checks.interchange.answers import Asked, Body
from lens_checks.interchange.reading import accept
from lens_checks.interchange.risk import rate
from tests.lens_checks.interchange.made_lens import sample
from tests.lens_checks.small import result

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
QUESTION = Asked("MLSEC03", {"MLSEC03_BP01": "MLSEC-03", "MLSEC03_BP02": "MLSEC-04"}, "MLSEC03_no")
CLAIM = NotApplicable(
    practice="MLSEC-03", reason="BUSINESS_PRIORITIES", note="Nothing of this is planned here.", owner="Ann",
    expires=date(2026, 6, 1),
)  # fmt: skip


def answered(first: PracticeResult, second: PracticeResult) -> answers.Answers:
    return answers.answer([QUESTION], [first, second], [CLAIM], lens="ML", project="flights", made=NOW)


def body(first: PracticeResult, second: PracticeResult) -> Body:
    (found,) = answered(first, second).answers
    return found


def one(outcome: Outcome, id: str = "MLSEC-03", **more: Any) -> PracticeResult:
    return result(id, measured=outcome, **more)


def two(outcome: Outcome, **more: Any) -> PracticeResult:
    return one(outcome, "MLSEC-04", **more)


@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [
        pytest.param(Outcome.MET, Outcome.MET, ["MLSEC03_BP01", "MLSEC03_BP02"], id="both are met"),
        pytest.param(Outcome.MET, Outcome.UNKNOWN, ["MLSEC03_BP01"], id="one is, one is not known"),
        pytest.param(Outcome.NOT_MET, Outcome.NOT_MET, ["MLSEC03_no"], id="neither is: none of these"),
        pytest.param(Outcome.NOT_MET, Outcome.UNKNOWN, ["MLSEC03_no"], id="one is not, one is not known"),
        pytest.param(Outcome.BROKEN, Outcome.MET, ["MLSEC03_BP02"], id="what is broken is not chosen"),
    ],
)
def test_what_is_chosen(first: Outcome, second: Outcome, chosen: list[str]) -> None:
    assert body(one(first), two(second))["SelectedChoices"] == chosen


def test_a_question_of_which_nothing_is_known_is_left_alone() -> None:
    found = answered(one(Outcome.UNKNOWN), two(Outcome.UNKNOWN))
    assert (found.answers, found.unanswered) == ((), ("MLSEC03",))


def test_each_choice_says_why() -> None:
    updates = body(one(Outcome.MET), two(Outcome.NOT_MET))["ChoiceUpdates"]
    assert updates["MLSEC03_BP01"] == {"Status": "SELECTED", "Notes": "MLSEC-03 met (measured): seen for MLSEC-03"}
    assert updates["MLSEC03_BP02"]["Status"] == "UNSELECTED"


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        pytest.param(one(Outcome.NOT_APPLICABLE, by=By.DERIVED), "OUT_OF_SCOPE", id="derived from evidence"),
        pytest.param(one(Outcome.NOT_APPLICABLE, by=By.ATTESTED), "OTHER", id="a claim that is not found"),
    ],
)
def test_what_does_not_apply_has_a_reason(found: PracticeResult, reason: str) -> None:
    assert body(found, two(Outcome.MET))["ChoiceUpdates"]["MLSEC03_BP01"]["Reason"] == reason


def test_a_claim_keeps_its_reason() -> None:
    from dataclasses import replace

    claimed = replace(one(Outcome.NOT_APPLICABLE, by=By.ATTESTED), because=f"Ann claims: {CLAIM.note}")
    assert body(claimed, two(Outcome.MET))["ChoiceUpdates"]["MLSEC03_BP01"]["Reason"] == "BUSINESS_PRIORITIES"


def test_a_question_that_does_not_apply_is_set_aside_whole() -> None:
    found = body(one(Outcome.NOT_APPLICABLE, by=By.DERIVED), two(Outcome.NOT_APPLICABLE, by=By.DERIVED))
    assert (found["IsApplicable"], found["Reason"], found["SelectedChoices"]) == (False, "OUT_OF_SCOPE", [])


def test_a_waived_practice_is_not_chosen_and_says_so() -> None:
    update = body(one(Outcome.NOT_MET, by=By.WAIVED), two(Outcome.MET))["ChoiceUpdates"]["MLSEC03_BP01"]
    assert update["Status"] == "UNSELECTED" and update["Notes"].startswith("MLSEC-03 waived")


def test_notes_keep_to_the_limits() -> None:
    from dataclasses import replace

    long = replace(one(Outcome.NOT_MET), because="word " * 1000)
    found = body(long, two(Outcome.MET))
    assert len(found["Notes"]) <= 2084
    assert len(found["ChoiceUpdates"]["MLSEC03_BP01"]["Notes"]) <= 250


def test_our_questions_are_those_of_awss_file_choice_for_choice() -> None:
    lens = accept(sample("aws-machine-learning-lens")).lens
    ours = {asked.id: ([*asked.practice_of], asked.none) for asked in answers.of_ours(catalogue.shipped())}
    assert ours == {
        question.id: ([c.id for c in question.practices], next(c.id for c in question.choices if c.is_none))
        for question in lens.questions
    }


def test_every_answer_can_be_given_to_awss_lens() -> None:
    questions = {question.id: question for question in accept(sample("aws-machine-learning-lens")).lens.questions}
    known = catalogue.shipped()
    outcomes = [Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE]
    found = [result(id, measured=outcomes[place % 4]) for place, id in enumerate(known.practices)]
    told = answers.answer(answers.of_ours(known), found, [], lens="ML", project="flights", made=NOW)
    assert len(told.answers) + len(told.unanswered) == 35
    for given in told.answers:
        aside = [id for id, update in given["ChoiceUpdates"].items() if update["Status"] == "NOT_APPLICABLE"]
        rate(questions[given["QuestionId"]], given["SelectedChoices"], aside)
