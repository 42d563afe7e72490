"""The score is told without colour, and its page says what the rubric says."""

import re

import pytest

from config.settings import Settings
from lens_checks.ml_test_score import Score, score
from lens_checks.ml_test_score_page import PAGE, document, score_table
from lens_checks.rubric import load
from tests.lens_checks.test_ml_test_score import RUBRIC, rated
from tests.lens_checks.test_page import reviewed
from tests.lens_checks.test_render import printed


@pytest.fixture
def found(example: Settings) -> Score:
    return score(rated(example), RUBRIC)


def test_the_page_is_as_it_would_be_written_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run `python -m lens_checks.document`"


def test_every_test_has_its_row_with_all_that_answers_it() -> None:
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in document().splitlines()}
    for test in load():
        assert all(word in rows[test.id] for word in (test.title, *test.practices, test.evidence, test.person))


def test_score_sections_and_the_least_of_them_come_first(found: Score) -> None:
    lines = [line.strip() for line in printed(score_table(found)).splitlines()]
    assert lines[0].endswith("ML Test Score 1")
    assert [line.split(maxsplit=2)[0] for line in lines[2:6]] == ["data", "model", "infrastructure", "monitoring"]
    assert [line.endswith("← the least") for line in lines[2:6]] == [False, False, True, True]


def test_every_test_shows_its_points_and_what_they_rest_on(found: Score) -> None:
    text = printed(score_table(found))
    assert re.search(r"data-2 +│ ½ +│ It is so", text) and "measured: MLSEC-01; stated: MLSEC-03" in text
    assert re.search(r"monitoring-2 +│ 0 +│ It is so", text) and "open: MLSEC-02, MLSEC-04" in text


def test_what_would_raise_it_names_each_remedy_once(found: Score) -> None:
    text = printed(score_table(found))
    assert "What would raise infrastructure and monitoring, the nearest first:" in text
    assert text.count("Mend MLSEC-02.") == 1 and "MLSEC-02: as above" in text


def test_half_points_of_an_example_are_told(found: Score) -> None:
    assert "statements of an example, for which nobody vouches: MLSEC-03" in printed(score_table(found))


def test_the_whole_rubric_fits_a_narrow_terminal(example: Settings) -> None:
    lines = printed(score_table(score(reviewed(example))), 80).splitlines()
    assert max(map(len, lines)) <= 80
