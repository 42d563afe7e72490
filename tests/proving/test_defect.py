"""The list of planted defects: whole, each declared once, and told in the documentation as it is declared."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from proving import describe
from proving.defect import OWN, Expected, chosen, defects, planted

ROOT = Path(__file__).parents[2]
EVERY = defects()


def test_the_list_is_whole_and_each_row_is_in_the_quick_form() -> None:
    assert [row.id for row in EVERY if row.id < OWN] == list(range(1, 41))
    assert [row.id for row in EVERY if not any(case.quick for case in row.cases)] == []


def test_each_plant_says_what_it_does() -> None:
    cases = [case for row in EVERY for case in row.cases]
    assert [case.name for case in cases if not (case.plant.__doc__ and case.by)] == []
    assert len({(case.id, case.problem, case.name) for case in cases}) == len(cases)


def test_the_documentation_lists_what_is_declared() -> None:
    text = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
    assert describe.page(text, EVERY) == text, "run `python -m proving.describe`"


def test_a_number_that_is_taken_is_refused() -> None:
    with pytest.raises(ConfigError, match="declared twice"):
        planted(1, "something else", Expected.REFUSED, by="nothing")(lambda world: None)


def test_rows_are_chosen_by_number() -> None:
    assert [row.id for row in chosen([3, 1], EVERY)] == [1, 3]
    assert chosen([], EVERY) == EVERY
    with pytest.raises(ConfigError, match="has the id 99"):
        chosen([99], EVERY)
