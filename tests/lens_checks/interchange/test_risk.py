"""A question's risk is what its rules say: for AWS's machine-learning lens, over all selections of all questions."""

import pytest

from lens_checks.interchange.document import Question
from lens_checks.interchange.finding import LensError
from lens_checks.interchange.reading import accept
from lens_checks.interchange.risk import QuestionRisk, Table, rate, selections
from tests.lens_checks.interchange.made_lens import ALL_OR_HIGH, asked, sample

NONE, MEDIUM, HIGH = QuestionRisk.NONE, QuestionRisk.MEDIUM, QuestionRisk.HIGH
QUESTIONS = {question.id: question for question in accept(sample("aws-machine-learning-lens")).lens.questions}

# What the file computes: question, number of practices, no risk when all (&) or any (|) of these are chosen, else.
COMPUTED = """
MLOPS01 3 01&02&03 high | MLOPS02 6 01&04 high | MLOPS03 2 01&02 high | MLOPS04 2 01 high | MLOPS05 1 01 high
MLOPS06 2 01&02 high | MLSEC01 1 01 high | MLSEC02 1 01 high | MLSEC03 5 01&02&03 high | MLSEC04 3 01&02 high
MLSEC05 1 01 high | MLSEC06 2 01&02 high | MLREL01 2 01 high | MLREL02 3 02&03 high | MLREL03 4 01&02&03 high
MLREL04 2 01&02 high | MLREL05 2 01&02 high | MLPERF01 1 01 high | MLPERF02 2 01 high | MLPERF03 1 01 medium
MLPERF04 6 03&04 high | MLPERF05 2 01/02 medium | MLPERF06 6 01&04&05 high | MLCOST01 2 01&02 high | MLCOST02 2 01 high
MLCOST03 4 01/02/03 medium | MLCOST04 14 06&13&14 high | MLCOST05 3 02&03 high | MLCOST06 4 02&03 high
MLSUS01 1 01 high | MLSUS02 2 01/02 high | MLSUS03 3 01/02/03 high | MLSUS04 4 01/02 high | MLSUS05 4 01/02/03 high
MLSUS06 2 01/02 high
"""
ROWS = [row.split() for row in COMPUTED.replace("\n", "|").split("|") if row.strip()]


def test_the_table_has_all_questions_and_practices() -> None:
    assert [row[0] for row in ROWS] == list(QUESTIONS)
    assert sum(int(row[1]) for row in ROWS) == 105


@pytest.mark.parametrize(("id", "practices", "rule", "otherwise"), ROWS, ids=[row[0] for row in ROWS])
def test_every_selection_has_the_risk_of_the_table(id: str, practices: str, rule: str, otherwise: str) -> None:
    question = QUESTIONS[id]
    wanted = [f"{id}_BP{number}" for number in rule.replace("/", "&").split("&")]
    enough = any if "/" in rule else all
    every = list(selections(question))
    assert len(every) == 2 ** int(practices) + 1  # and None of these, alone
    for chosen in every:
        risk = NONE if enough(one in chosen for one in wanted) else QuestionRisk(otherwise)
        assert rate(question, chosen) is (risk if chosen else QuestionRisk.UNANSWERED), chosen


@pytest.mark.parametrize("id", ["MLOPS02", "MLPERF05", "MLCOST03"])
def test_a_table_and_single_answers_agree(id: str) -> None:
    question = QUESTIONS[id]
    high, some = Table(question).at_least(HIGH), Table(question).at_least(MEDIUM)
    for chosen in selections(question):
        if chosen:
            number = sum(1 << place for place, choice in enumerate(question.choices) if choice.id in chosen)
            assert (bool(high >> number & 1), bool(some >> number & 1)) == (
                rate(question, chosen) is HIGH,
                rate(question, chosen) in (HIGH, MEDIUM),
            )


@pytest.mark.parametrize(
    ("chosen", "aside", "risk"),
    [
        pytest.param("aaa bbb", "", NONE, id="the first rule that is true"),
        pytest.param("aaa", "", MEDIUM, id="the second"),
        pytest.param("bbb", "", HIGH, id="the default"),
        pytest.param("q_no", "", HIGH, id="none of these"),
        pytest.param("", "", QuestionRisk.UNANSWERED, id="nothing is no answer"),
        pytest.param("aaa", "bbb", NONE, id="what does not apply counts as chosen"),
        pytest.param("", "aaa bbb", QuestionRisk.NOT_APPLICABLE, id="nothing applies"),
        pytest.param("", "bbb", HIGH, id="one is set aside, the other not chosen"),
    ],
)
def test_the_risk_of_an_answer(chosen: str, aside: str, risk: QuestionRisk) -> None:
    assert rate(asked("aaa bbb q_no", *ALL_OR_HIGH), chosen.split(), aside.split()) is risk


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        pytest.param(["aaa", "q_no"], "q_no of Q01 is chosen beside others", id="none of these, and one"),
        pytest.param(["zzz"], "Q01 has no choice zzz", id="a choice of another question"),
    ],
)
def test_an_answer_that_nobody_can_give_is_refused(chosen: list[str], words: str) -> None:
    with pytest.raises(LensError, match=words):
        rate(asked("aaa bbb q_no", *ALL_OR_HIGH), chosen)


def test_where_no_rule_is_true_the_risk_is_high() -> None:
    made = asked("aaa bbb", *ALL_OR_HIGH)
    assert rate(Question(made.id, made.title, "", made.choices, made.rules[:1], ""), ["bbb"]) is HIGH


@pytest.mark.parametrize(
    ("rules", "helps", "harms"),
    [
        pytest.param(ALL_OR_HIGH, ["aaa"], [], id="what lifts from high"),
        pytest.param((("aaa && !bbb", "NO_RISK"), ("default", "HIGH_RISK")), ["aaa"], ["bbb"], id="what leads in"),
        pytest.param((("default", "NO_RISK"),), [], [], id="nothing moves"),
        pytest.param((("aaa || bbb", "NO_RISK"), ("default", "HIGH_RISK")), ["aaa", "bbb"], [], id="any will do"),
    ],
)
def test_what_a_choice_moves(rules: tuple[tuple[str, str], ...], helps: list[str], harms: list[str]) -> None:
    table = Table(asked("aaa bbb", *rules))
    assert [id for id in ("aaa", "bbb") if table.helps(id, HIGH)] == helps
    assert [id for id in ("aaa", "bbb") if table.harms(id, HIGH)] == harms
