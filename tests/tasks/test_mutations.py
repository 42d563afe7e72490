"""No altered record of a decision opens a gate; tests/chaos tries hundreds more."""

import pytest

from tests.tasks.mutations import MUTATIONS, Records, is_accepted, prepare, promote_stored
from tests.tasks.release_world import World


@pytest.fixture
def records(world: World) -> Records:
    return prepare(world)


@pytest.mark.parametrize("place", ["ledger", "report", "artifact"])
def test_no_mutation_is_accepted_and_the_record_as_it_was_is(world: World, records: Records, place: str) -> None:
    accepted = [name for name in MUTATIONS for seed in range(2) if is_accepted(world, records, place, name, seed)]
    assert accepted == []
    assert promote_stored(world)
