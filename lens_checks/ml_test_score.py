"""The ML Test Score of a project: the rubric of Breck et al. (2017), answered from the verdicts of a review."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lens_checks.check import Effort, Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.review import Review
from lens_checks.rubric import NONE, RubricTest, Section, load

SCHEMA = 1
EFFORTS = tuple(Effort)
# Up to which score which reading of the paper holds, in our words.
READINGS = (
    (0.0, "a project of research rather than a system for production: one section has no test at all"),
    (1.0, "not untested, but serious holes in its reliability are to be expected"),
    (2.0, "a first pass at what production needs is done; more has to follow"),
    (3.0, "reasonably tested; more of it could run by itself"),
    (5.0, "tested and monitored by itself to a degree that critical systems ask for"),
    (7.0, "tested and monitored by itself to an exceptional degree"),
)


class RestsOn(StrEnum):
    """What the points of a test rest on."""

    MEASURED = "measured"
    STATED = "measured and stated"
    OPEN = "open"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Lacking:
    """A practice that keeps a test from its points, and what to do about it."""

    practice: str
    because: str
    fix: str


@dataclass(frozen=True)
class TestResult:
    """The points of a test (0, 0.5 or 1) and what they rest on."""

    __test__ = False  # pytest: not a class of tests

    id: str
    title: str
    points: float
    at_most: float
    rests_on: RestsOn
    practices: tuple[str, ...]
    statements: tuple[str, ...]
    person: str
    lacking: tuple[Lacking, ...]


@dataclass(frozen=True)
class SectionResult:
    """The sum of a section's points, and its tests."""

    section: Section
    points: float
    at_most: float
    tests: tuple[TestResult, ...]


@dataclass(frozen=True, kw_only=True)
class Score:
    """The score of a project: the least of the four sections, which of them are lowest, what would raise those."""

    schema: int
    made: datetime
    project: str
    score: float
    reading: str
    lowest: tuple[Section, ...]
    sections: tuple[SectionResult, ...]
    next_steps: tuple[TestResult, ...]
    example_statements: tuple[str, ...]


def score(review: Review, rubric: Iterable[RubricTest] | None = None) -> Score:
    """Score a review of the whole lens."""
    results = {result.id: result for result in review.practices}
    judged = [(test.section, judge(test, results)) for test in rubric or load()]
    sections = tuple(_summed(at, [found for section, found in judged if section is at]) for at in Section)
    stated = {id for section in sections for test in section.tests for id in test.statements if test.points}
    least = min(section.points for section in sections)
    lowest = tuple(section for section in sections if section.points == least)
    return Score(
        schema=SCHEMA,
        made=review.made,
        project=review.project,
        score=least,
        reading=next(words for upto, words in READINGS if least <= upto),
        lowest=tuple(section.section for section in lowest),
        sections=sections,
        next_steps=tuple(sorted(_raisable(lowest), key=lambda test: _work(test, results))),
        example_statements=tuple(id for id in review.example_statements if id in stated),
    )


def judge(test: RubricTest, results: Mapping[str, PracticeResult]) -> TestResult:
    """Give a test its points: 1 where all of it was measured, 0.5 where a part is a person's word, 0 where any is open.

    What is waived is open: a waiver accepts that a test is not done. What does not apply earns nothing by itself,
    for the rubric counts the tests that are done; beside something that was measured it takes nothing away.
    """
    lacking = tuple(_lacking(test, results))
    measured = [results[id].measured for id in test.practices if id in results]
    if lacking:
        points, rests_on = NONE, RestsOn.OPEN
    elif Outcome.MET not in measured:
        points, rests_on = NONE, RestsOn.NOT_APPLICABLE
    else:
        points, rests_on = test.at_most, RestsOn.STATED if test.statements else RestsOn.MEASURED
    return TestResult(
        test.id, test.title, points, test.at_most, rests_on, test.practices, test.statements, test.person, lacking
    )


def _lacking(test: RubricTest, results: Mapping[str, PracticeResult]) -> Iterator[Lacking]:
    for id in dict.fromkeys((*test.practices, *test.statements)):
        if (result := results.get(id)) is None:
            yield Lacking(id, "it was not judged", f"lifecycle explain {id}")
        elif result.by is By.WAIVED or not (_measured(id, test, result) and _stated(id, test, result)):
            yield Lacking(id, result.because, result.fix or f"lifecycle explain {id}")


def _measured(id: str, test: RubricTest, result: PracticeResult) -> bool:
    return id not in test.practices or result.measured in (Outcome.MET, Outcome.NOT_APPLICABLE)


def _stated(id: str, test: RubricTest, result: PracticeResult) -> bool:
    derived = result.measured is Outcome.NOT_APPLICABLE  # nothing is left for a person to say
    return id not in test.statements or derived or result.attested is Outcome.MET


def _summed(section: Section, tests: list[TestResult]) -> SectionResult:
    points, at_most = sum(test.points for test in tests), sum(test.at_most for test in tests)
    return SectionResult(section, points, at_most, tuple(tests))


def _raisable(sections: Iterable[SectionResult]) -> Iterator[TestResult]:
    return (test for section in sections for test in section.tests if test.lacking)


def _work(test: TestResult, results: Mapping[str, PracticeResult]) -> tuple[int, int]:
    """Order by the effort that the greatest of the open practices takes, then by how many they are."""
    efforts = [EFFORTS.index(results[gap.practice].effort) for gap in test.lacking if gap.practice in results]
    return max(efforts, default=len(EFFORTS)), len(test.lacking)
