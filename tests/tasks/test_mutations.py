"""No altered record of a decision opens a gate; tests/chaos tries hundreds more."""

from tests.tasks.mutations import MUTATIONS, is_accepted, prepare, promote_stored
from tests.tasks.release_world import World


def test_no_mutation_is_accepted_and_the_record_as_it_was_is(world: World) -> None:
    records = prepare(world)
    tried = [(place, name) for place in records.paths() for name in MUTATIONS]
    assert [both for both in tried if is_accepted(world, records, *both, seed=0)] == []
    assert promote_stored(world)
