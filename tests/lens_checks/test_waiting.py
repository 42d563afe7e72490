"""What may wait is listed twice, by the policy and by us; what was seen counts whatever is listed."""

import pytest

from config.settings import Settings
from lens_checks import catalogue
from lens_checks.check import Outcome, Verdict, met, not_applicable, not_met
from lens_checks.gates import CHECKPOINTS, GateName
from lens_checks.waiting import MAY_WAIT, waits

SLOW, QUICK = "MLOE-15", "MLREL-03"
UNKNOWN, BROKEN = Verdict(Outcome.UNKNOWN, "not there"), Verdict(Outcome.BROKEN, "it raised")


@pytest.mark.parametrize(
    ("id", "measured", "listed", "expected"),
    [
        pytest.param(SLOW, UNKNOWN, (SLOW,), True, id="listed, and nothing was seen of it"),
        pytest.param(SLOW, UNKNOWN, (QUICK,), False, id="another is listed"),
        pytest.param(QUICK, UNKNOWN, (QUICK,), False, id="listed, though each run leaves its evidence behind"),
        pytest.param(SLOW, not_met("seen"), (SLOW,), False, id="a finding counts"),
        pytest.param(SLOW, BROKEN, (SLOW,), False, id="what broke counts"),
        pytest.param(SLOW, met("seen"), (SLOW,), False, id="met, it waits no more: its statement is asked for"),
        pytest.param(SLOW, not_applicable("one node"), (SLOW,), False, id="what does not apply waits for nothing"),
        pytest.param(SLOW, None, (SLOW,), False, id="a word can be given today"),
    ],
)
def test_waits(id: str, measured: Verdict | None, listed: tuple[str, ...], expected: bool) -> None:
    assert waits(id, measured, listed=frozenset(listed)) is expected


def test_the_shipped_policy_lists_each_that_may_wait_and_no_other(example: Settings) -> None:
    assert sorted(example.policy.not_yet_required) == sorted(MAY_WAIT)


def test_none_that_may_wait_is_asked_for_before_a_model_serves() -> None:
    lens = catalogue.load()
    early = {point for gate in GateName if gate is not GateName.CHAMPION for point in CHECKPOINTS[gate]}
    assert not [id for id in MAY_WAIT if lens.checkpoint_of(lens.practices[id]) in early]
