"""The terminal shows the grid, what is open, and what people said; the same without colour."""

from dataclasses import replace
from datetime import date

import pytest

from config.settings import Settings
from lens_checks.catalogue import load
from lens_checks.check import Outcome, Phase
from lens_checks.overview import grid, review_table
from lens_checks.selection import select
from lens_checks.statements import Ending
from tests.lens_checks.small import result
from tests.lens_checks.test_page import reviewed
from tests.lens_checks.test_render import printed


@pytest.mark.parametrize("width", [80, 120])
def test_the_grid_counts_each_cell_and_its_margins(width: int) -> None:
    results = (
        result("MLSEC-01"),
        result("MLSEC-02", measured=Outcome.NOT_MET),
        replace(result("MLSEC-03"), phase=Phase.MONITORING),
    )
    text = printed(grid(results), width).split("\n")
    assert text[0].split() == ["pillar", "data", "monitor", "all"]
    assert text[2].split() == ["security", "✓1", "✗1", "✓1", "✓2", "✗1"]
    assert text[3].split() == ["all", "✓1", "✗1", "✓1", "✓2", "✗1"]


def test_the_whole_lens_fits_a_narrow_terminal(example: Settings) -> None:
    lines = printed(grid(reviewed(example).practices), 80).split("\n")
    assert lines[0].split() == ["pillar", "goal", "framing", "data", "model", "deploy", "monitor", "all"]
    assert max(map(len, lines)) <= 80
    assert sum("?" in line for line in lines) == 7


def test_what_is_open_comes_in_the_order_of_the_plan(example: Settings) -> None:
    found = reviewed(example)
    required = [item.id for item in found.plan if item.required]
    text = printed(review_table(found))
    assert f"open: {len(required)} of 105 practices" in text
    places = [text.index(f"\n {id} ") for id in required]
    assert places == sorted(places)


def test_every_practice_is_listed_where_that_is_asked_for(example: Settings) -> None:
    text = printed(review_table(reviewed(example), every=True))
    assert all(id in text for id in load().practices)


def test_verdicts_and_what_they_rest_on_are_told_apart(example: Settings) -> None:
    text = printed(review_table(reviewed(example)))
    assert "✓ met 0 (0 measured, 0 attested) · – not applicable 0 (0 derived, 0 claimed)" in text
    assert "✗ not met 0 · ? unknown 105 · ! broken 0 · ~ waived 0" in text
    assert "Coverage 0%: 0 of 105 could be judged" in text
    assert "35 unanswered" in text


def test_a_choice_of_verdicts_has_no_score(example: Settings) -> None:
    chosen = replace(reviewed(example), selection=select(verdict=["unknown"]))
    text = printed(review_table(chosen))
    assert "verdict unknown" in text and "Coverage" not in text


def test_statements_that_do_not_count_or_end_soon_or_are_an_example_are_named(example: Settings) -> None:
    ending = Ending("attestation", "MLOE-01", "Ann", date(2026, 3, 20))
    found = replace(reviewed(example), ending_statements=(ending,), example_statements=("MLSUS-02",))
    text = printed(review_table(found))
    assert "waiver of MLSEC-06 does not count: it ended on 2026-01-01" in text
    assert "attestation of MLOE-01 by Ann ends on 2026-03-20" in text
    assert "“Example:”" in text and "MLSUS-02" in text.split("“Example:”")[1]
