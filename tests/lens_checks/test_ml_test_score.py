"""The ML Test Score counts what was measured, halves what people say, and is the least of its four sections."""

from dataclasses import replace

import pytest

from config.settings import Settings
from lens_checks.check import Effort, Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.ml_test_score import RestsOn, Score, judge, score
from lens_checks.review import Review
from lens_checks.rubric import RubricTest, Section
from tests.lens_checks.small import result
from tests.lens_checks.test_review import reviewed

MET, NOT_MET, UNKNOWN, NOT_APPLICABLE = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
A, B = "MLSEC-01", "MLSEC-02"


def asked(*practices: str, said: tuple[str, ...] = (), id: str = "data-1") -> RubricTest:
    return RubricTest(id, "It is so", practices, said, "a record", "whether it is so" if said else "")


TABLE = {
    "all of it was measured": (asked(A, B), (result(A), result(B)), 1.0),
    "one is not met": (asked(A, B), (result(A), result(B, measured=NOT_MET)), 0.0),
    "one is unknown": (asked(A, B), (result(A), result(B, measured=UNKNOWN)), 0.0),
    "one broke": (asked(A), (result(A, measured=Outcome.BROKEN),), 0.0),
    "one was never judged": (asked(A, B), (result(A),), 0.0),
    "one is waived": (asked(A), (result(A, measured=NOT_MET, by=By.WAIVED),), 0.0),
    "one does not apply beside one that is met": (asked(A, B), (result(A), result(B, measured=NOT_APPLICABLE)), 1.0),
    "nothing of it applies": (asked(A), (result(A, measured=NOT_APPLICABLE),), 0.0),
    "it is claimed not to apply": (asked(A), (result(A, measured=UNKNOWN, verdict=NOT_APPLICABLE),), 0.0),
    "a person's part is stated": (asked(A, said=(A,)), (result(A, attested=MET),), 0.5),
    "a person's part is not stated": (asked(A, said=(A,)), (result(A, attested=UNKNOWN, verdict=UNKNOWN),), 0.0),
    "what is stated was not measured": (asked(A, said=(A,)), (result(A, measured=UNKNOWN, attested=MET),), 0.0),
    "the statement of another practice is wanting": (
        asked(A, said=(B,)), (result(A), result(B, measured=None, attested=UNKNOWN)), 0.0,
    ),
    "a statement that the test does not ask for is wanting": (
        asked(A), (result(A, attested=UNKNOWN, verdict=UNKNOWN),), 1.0,
    ),
    "nothing is left to state where nothing applies": (
        asked(A, B, said=(B,)), (result(A), result(B, measured=NOT_APPLICABLE, attested=UNKNOWN)), 0.5,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("test", "results", "points"), TABLE.values(), ids=TABLE)
def test_the_points_of_a_test(test: RubricTest, results: tuple[PracticeResult, ...], points: float) -> None:
    found = judge(test, {result.id: result for result in results})
    assert found.points == points
    assert (found.rests_on in (RestsOn.OPEN, RestsOn.NOT_APPLICABLE)) == (points == 0)


def test_what_is_open_says_why_and_what_to_do() -> None:
    (lacking,) = judge(asked(A, B), {A: result(A), B: result(B, measured=NOT_MET)}).lacking
    assert (lacking.practice, lacking.because, lacking.fix) == (B, f"seen for {B}", f"Mend {B}.")


RUBRIC = (
    asked(A, id="data-1"), asked(A, said=("MLSEC-03",), id="data-2"),
    asked(A, id="model-1"), asked(A, id="model-2"),
    asked(A, id="infrastructure-1"), asked(B, "MLSEC-04", id="infrastructure-2"),
    asked("MLSEC-05", id="infrastructure-3"),
    asked(A, id="monitoring-1"), asked(B, id="monitoring-2"),
)  # fmt: skip


def rated(example: Settings) -> Review:
    """Review five practices: two measured and met or not, one stated, one unknown, one that takes much work."""
    results = (
        result(A), result(B, measured=NOT_MET), result("MLSEC-03", attested=MET, by=By.ATTESTED),
        result("MLSEC-04", measured=UNKNOWN), result("MLSEC-05", measured=NOT_MET, effort=Effort.LARGE),
    )  # fmt: skip
    return replace(reviewed(example, *results), example_statements=("MLSEC-03", "MLSEC-09"))


@pytest.fixture
def review_of(example: Settings) -> Review:
    return rated(example)


@pytest.fixture
def found(example: Settings) -> Score:
    return score(rated(example), RUBRIC)


def test_a_section_is_the_sum_of_its_tests(found: Score) -> None:
    assert [section.points for section in found.sections] == [1.5, 2.0, 1.0, 1.0]
    assert [section.at_most for section in found.sections] == [1.5, 2.0, 3.0, 2.0]


def test_the_score_is_the_least_of_the_sections(found: Score) -> None:
    assert found.score == 1.0
    assert found.lowest == (Section.INFRASTRUCTURE, Section.MONITORING)


def test_what_would_raise_the_least_begins_with_the_least_work(found: Score) -> None:
    assert [test.id for test in found.next_steps] == ["monitoring-2", "infrastructure-2", "infrastructure-3"]


def test_statements_of_an_example_are_named_where_points_rest_on_them(found: Score) -> None:
    assert found.example_statements == ("MLSEC-03",)


@pytest.mark.parametrize(
    ("met", "words"),
    [
        pytest.param(0, "a project of research", id="a section without a test"),
        pytest.param(1, "not untested", id="up to one"),
        pytest.param(2, "a first pass", id="up to two"),
        pytest.param(3, "reasonably tested", id="up to three"),
        pytest.param(4, "critical systems", id="above three"),
        pytest.param(7, "an exceptional degree", id="all of it"),
    ],
)
def test_a_score_is_read_as_the_paper_reads_it(met: int, words: str, review_of: Review) -> None:
    rubric = [
        asked(A if number <= met else B, id=f"{section}-{number}") for section in Section for number in range(1, 8)
    ]
    assert words in score(review_of, rubric).reading
