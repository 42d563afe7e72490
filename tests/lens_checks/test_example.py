"""What the flights' configuration says of practices: which may wait, and who vouches for which."""

from pathlib import Path

import pytest

from config.load import load
from config.settings import Settings
from lens_checks import catalogue
from lens_checks.catalogue import Mode
from lens_checks.check import Outcome
from lens_checks.waiting import MAY_WAIT
from tests.lens_checks.world import outcome

LENS = catalogue.load()
OWN = {id for id, check in LENS.checks.items() if ".ours" in check.module}


@pytest.fixture(scope="module")
def flights() -> Settings:
    return load(Path("proving/sample"))


def test_the_policy_lets_wait_just_what_only_time_can_show(flights: Settings) -> None:
    assert set(flights.policy.not_yet_required) - OWN == MAY_WAIT


def test_every_statement_is_of_a_practice_that_needs_one(flights: Settings) -> None:
    stated = [said.practice for said in flights.attestations.attestations]
    assert len(stated) == len(set(stated))
    assert all(LENS.practices[id].mode is not Mode.AUTO for id in stated)


def test_every_practice_that_needs_a_statement_has_one(flights: Settings) -> None:
    needing = {p.id for p in LENS.practices.values() if p.mode is not Mode.AUTO} - OWN
    derived = {id for id in needing & set(LENS.checks) if outcome(LENS.checks[id], {}) is Outcome.NOT_APPLICABLE}
    assert {said.practice for said in flights.attestations.attestations} - OWN == needing - derived


def test_every_statement_says_that_it_is_an_example_and_links_to_where_it_is_explained(flights: Settings) -> None:
    headings = {line[3:].lower() for line in Path("docs/example.md").read_text().splitlines() if line.startswith("## ")}
    for said in flights.attestations.attestations:
        page, _, anchor = said.evidence.partition("#")
        assert said.statement.startswith("Example: ") and page == "docs/example.md" and anchor in headings


def test_the_good_project_leaves_no_check_unsettled() -> None:
    verdicts = {id: outcome(check, {}) for id, check in LENS.checks.items() if id not in OWN}
    assert set(verdicts.values()) <= {Outcome.MET, Outcome.NOT_APPLICABLE}
