"""The rubric has the paper's 28 tests, and each is answered by practices of the lens."""

import pytest

from lens_checks import catalogue
from lens_checks.catalogue import Mode
from lens_checks.rubric import RubricTest, Section, load

LENS = catalogue.load()


def test_each_section_has_its_seven_tests_in_order() -> None:
    assert [test.id for test in load()] == [f"{section}-{number}" for section in Section for number in range(1, 8)]


@pytest.mark.parametrize("test", load(), ids=lambda test: test.id)
def test_every_test_is_answered_by_practices_that_code_measures(test: RubricTest) -> None:
    assert test.practices and len(set(test.practices)) == len(test.practices)
    assert all(LENS.practices[id].mode is not Mode.ATTEST for id in test.practices)


@pytest.mark.parametrize("test", load(), ids=lambda test: test.id)
def test_what_only_a_person_can_say_stands_in_a_statement_of_the_lens(test: RubricTest) -> None:
    assert bool(test.statements) == bool(test.person)
    assert all(LENS.practices[id].mode is not Mode.AUTO for id in test.statements)


def test_a_test_with_a_persons_part_earns_half_a_point_at_most() -> None:
    assert {test.at_most for test in load() if test.statements} == {0.5}
    assert {test.at_most for test in load() if not test.statements} == {1.0}
