"""A review counts honestly, rates questions as AWS's file does, and plans what pays first."""

import itertools
from datetime import timedelta

import pytest

from config.settings import Attestation, Risk, Settings
from lens_checks.catalogue import Question, load
from lens_checks.check import Checkpoint, Effort, Outcome
from lens_checks.checkpoint import By
from lens_checks.review import QuestionRisk, Review, compare, count, plan, rate, review
from lens_checks.statements import SOON, Ending, Refused
from tests.lens_checks.small import NOW, catalogue_of, practice, result, said
from tests.lens_checks.test_statements import attestation

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
NOT_APPLICABLE, BROKEN = Outcome.NOT_APPLICABLE, Outcome.BROKEN
RESULTS = (
    result("MLSEC-01"),
    result("MLSEC-02", attested=MET, by=By.ATTESTED),
    result("MLSEC-03", measured=NOT_APPLICABLE, by=By.DERIVED),
    result("MLSEC-04", measured=NOT_MET),
    result("MLSEC-05", measured=NOT_MET, by=By.WAIVED),
    result("MLSEC-06", measured=UNKNOWN, required=False),
    result("MLSEC-07", measured=BROKEN),
    result("MLSEC-08", attested=MET, by=By.ATTESTED),
    result("MLSEC-09", measured=NOT_APPLICABLE, by=By.DERIVED),
    result("MLSEC-10", measured=NOT_APPLICABLE, by=By.DERIVED),
    result("MLSEC-11", measured=MET, attested=UNKNOWN, verdict=UNKNOWN, by=By.ATTESTED),
    result("MLSEC-12", measured=NOT_MET, by=By.DERIVED),
    result("MLSEC-13", measured=NOT_APPLICABLE, by=By.DERIVED),
)


def reviewed(settings: Settings, *results: object) -> Review:
    return review(
        results or RESULTS, project="flights", catalogue=catalogue_of(practice("MLSEC-01")), policy=settings.policy,
        statements=said(refused=(Refused("waiver", "MLSEC-07", "it ended"),)), champion=True, now=NOW,
    )  # fmt: skip


def spoken(settings: Settings, word: Attestation) -> Review:
    """Review one practice, with the word of somebody."""
    return review(
        (result("MLSEC-01"),), project="flights", catalogue=catalogue_of(practice("MLSEC-01")), policy=settings.policy,
        statements=said(attested=word), champion=True, now=NOW,
    )  # fmt: skip


def test_verdicts_are_counted_apart() -> None:
    assert count(RESULTS) == {
        "met": 3, "not_met": 3, "not_applicable": 4, "unknown": 2, "broken": 1, "measured": 1, "attested": 2,
        "derived": 4, "claimed": 0, "waived": 1, "not_yet_required": 1, "total": 13,
    }  # fmt: skip


def test_a_claim_is_not_counted_as_derived_or_stated() -> None:
    counts = count((result(measured=UNKNOWN, verdict=NOT_APPLICABLE, by=By.ATTESTED),))
    assert {kind: counts[kind] for kind in ("claimed", "attested", "derived", "measured")} == {
        "claimed": 1, "attested": 0, "derived": 0, "measured": 0,
    }  # fmt: skip


def test_coverage_stands_beside_the_share_that_is_met(example: Settings) -> None:
    found = reviewed(example)
    assert found.coverage == pytest.approx(10 / 13)
    assert found.met_share == pytest.approx(3 / 6)
    assert found.schema == 1


def test_a_review_of_nothing_has_no_score(example: Settings) -> None:
    found = reviewed(example, result(measured=UNKNOWN))
    assert (found.coverage, found.met_share) == (0.0, None)


def test_the_share_that_is_met_is_of_what_applies(example: Settings) -> None:
    found = reviewed(example, result("MLSEC-01"), result("MLSEC-02", measured=NOT_MET), result("MLSEC-03"))
    assert (found.coverage, found.met_share) == (1.0, pytest.approx(2 / 3))


def test_a_review_of_no_practice_covers_nothing(example: Settings) -> None:
    found = review(
        (), project="flights", catalogue=catalogue_of(practice("MLSEC-01")), policy=example.policy, statements=said(),
        champion=False, now=NOW,
    )  # fmt: skip
    assert (found.coverage, found.met_share) == (0.0, None)


@pytest.mark.parametrize(
    ("days", "told"), [pytest.param(0, True, id="within the time"), pytest.param(1, False, id="later")]
)
def test_a_statement_that_ends_soon_is_told(example: Settings, days: int, told: bool) -> None:
    ends = NOW.date() + SOON + timedelta(days=days)
    found = spoken(example, attestation(practice="MLSEC-01", expires=ends))
    assert found.ending_statements == ((Ending("attestation", "MLSEC-01", "Ada", ends),) if told else ())


def test_an_example_that_nobody_vouches_for_is_told(example: Settings) -> None:
    assert spoken(example, attestation(practice="MLSEC-01")).example_statements == ()
    told = spoken(example, attestation(practice="MLSEC-01", statement="Example: the team has the skills."))
    assert told.example_statements == ("MLSEC-01",)


def test_statements_on_practices_that_are_not_reviewed_are_not_told(example: Settings) -> None:
    soon = attestation(practice="MLSEC-02", statement="Example: the team has the skills.", expires=NOW.date())
    found = spoken(example, soon)
    assert (found.ending_statements, found.example_statements) == ((), ())


def test_the_whole_tells_of_every_question(example: Settings) -> None:
    assert [question.id for question in reviewed(example, result("MLSEC-02")).questions] == ["MLSEC00"]


def test_the_plan_goes_by_risk_then_gates_then_effort(example: Settings) -> None:
    open_ones = (
        result("MLSEC-01", measured=NOT_MET, risk=Risk.MEDIUM, at=Checkpoint.FRAMING),
        result("MLSEC-02", measured=NOT_MET, at=Checkpoint.RELEASE, effort=Effort.SMALL),
        result("MLSEC-03", measured=NOT_MET, at=Checkpoint.DATA, effort=Effort.LARGE),
        result("MLSEC-04", measured=NOT_MET, at=Checkpoint.DATA, effort=Effort.SMALL),
        result("MLSEC-05", measured=NOT_MET, required=False, at=Checkpoint.DATA),
        result("MLSEC-06"),
        result("MLSEC-07", measured=NOT_MET, by=By.WAIVED),
    )
    items = plan(open_ones, example.policy, champion=True)
    assert [item.id for item in items] == ["MLSEC-04", "MLSEC-03", "MLSEC-02", "MLSEC-05", "MLSEC-01"]
    assert items[0].gates == ("data", "staging", "champion")
    assert items[-1].gates == ()


def test_what_weighs_the_same_goes_by_its_id(example: Settings) -> None:
    items = plan(
        (result("MLSEC-02", measured=NOT_MET), result("MLSEC-01", measured=NOT_MET)), example.policy, champion=True
    )
    assert [item.id for item in items] == ["MLSEC-01", "MLSEC-02"]


def test_findings_of_operation_hold_a_gate_only_while_a_model_serves(example: Settings) -> None:
    live = (result("MLSEC-01", measured=NOT_MET, at=Checkpoint.OPERATION),)
    gates = {champion: plan(live, example.policy, champion=champion)[0].gates for champion in (True, False)}
    assert gates == {True: ("champion",), False: ()}


ALL_OF = Question("Q", "-", False, ("A-01", "A-02"), Risk.HIGH)
ANY_OF = Question("Q", "-", True, ("A-01", "A-02"), Risk.MEDIUM)


@pytest.mark.parametrize(
    ("question", "first", "second", "risk"),
    [
        pytest.param(ALL_OF, MET, MET, QuestionRisk.NONE, id="all, and all are met"),
        pytest.param(ALL_OF, MET, NOT_MET, QuestionRisk.HIGH, id="all, and one is not"),
        pytest.param(ALL_OF, MET, UNKNOWN, QuestionRisk.HIGH, id="all, and one is unknown"),
        pytest.param(ALL_OF, MET, BROKEN, QuestionRisk.HIGH, id="all, and one is broken"),
        pytest.param(ALL_OF, MET, NOT_APPLICABLE, QuestionRisk.NONE, id="what does not apply counts as done"),
        pytest.param(ANY_OF, NOT_MET, MET, QuestionRisk.NONE, id="any, and one is met"),
        pytest.param(ANY_OF, NOT_MET, UNKNOWN, QuestionRisk.MEDIUM, id="any, and none is met"),
        pytest.param(ALL_OF, UNKNOWN, UNKNOWN, QuestionRisk.UNANSWERED, id="nothing is known"),
        pytest.param(ALL_OF, NOT_APPLICABLE, NOT_APPLICABLE, QuestionRisk.NOT_APPLICABLE, id="nothing applies"),
    ],
)
def test_the_risk_of_a_question(question: Question, first: Outcome, second: Outcome, risk: QuestionRisk) -> None:
    assert rate(question, (result("A-01", measured=first), result("A-02", measured=second))).risk is risk


def test_a_practice_without_an_answer_leaves_its_question_open() -> None:
    assert rate(ALL_OF, (result("A-01"), result("B-01"))).risk is QuestionRisk.HIGH
    assert rate(ALL_OF, (result("B-01"),)).risk is QuestionRisk.UNANSWERED


def test_questions_agree_with_the_rules_of_the_lens() -> None:
    """Spot rows of AWS's file, every selection: MLOPS02 needs 01 and 04, MLSUS05 any of 01 to 03."""
    questions = {question.id: question for question in load().questions}
    for id, rule in {
        "MLOPS02": lambda done: {"MLOE-04", "MLOE-07"} <= done,
        "MLSUS05": lambda done: bool({"MLSUS-11", "MLSUS-12", "MLSUS-13"} & done),
        "MLPERF06": lambda done: {"MLPER-18", "MLPER-15", "MLPER-16"} <= done,
    }.items():
        practices = [p.id for p in load().practices.values() if p.question == id]
        for chosen in itertools.product((MET, NOT_MET), repeat=len(practices)):
            answers = tuple(result(p, measured=v) for p, v in zip(practices, chosen, strict=True))
            done = {answer.id for answer in answers if answer.verdict is MET}
            assert (rate(questions[id], answers).risk is QuestionRisk.NONE) == rule(done)


def test_two_reviews_are_compared() -> None:
    before = {"A-01": "met", "A-02": "unknown", "A-03": "not_met", "A-04": "met", "A-06": "met"}
    after = {"A-01": "not_met", "A-02": "met", "A-03": "unknown", "A-04": "not_applicable", "A-05": "met"}
    changes = {change.id: change.kind for change in compare(before, after)}
    assert changes == {"A-01": "regressed", "A-02": "fixed", "A-05": "new", "A-06": "regressed"}
