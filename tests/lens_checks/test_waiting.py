"""What may wait is listed twice, by the policy and by us; what was seen counts whatever is listed."""

import pytest

from config.settings import Settings
from lens_checks import catalogue
from lens_checks.check import Outcome, Verdict, met, not_applicable, not_met
from lens_checks.gates import CHECKPOINTS, GateName
from lens_checks.waiting import MAY_WAIT, waits
from tests.lens_checks.small import catalogue_of, practice

SLOW, QUICK, WITHOUT = "MLOE-15", "MLREL-03", "MLSEC-99"
UNKNOWN, BROKEN = Verdict(Outcome.UNKNOWN, "not there"), Verdict(Outcome.BROKEN, "it raised")
LENS = catalogue_of(
    practice(SLOW), practice(QUICK), practice(WITHOUT), checks={SLOW: met("seen"), QUICK: met("seen")}
)  # fmt: skip
# The practices whose evidence may come later: depth of evaluation, depth of monitoring, serving and release.
DEPTH_OF_EVALUATION = (
    "MLOE-02 MLOE-09 MLREL-09 MLPER-08 MLPER-09 MLPER-13 MLCOST-12 MLSUS-01 MLSUS-07 MLSUS-08"
)  # fmt: skip
DEPTH_OF_MONITORING = (
    "MLOE-03 MLOE-15 MLPER-14 MLPER-15 MLPER-16 MLPER-17 MLPER-18 MLCOST-27 MLCOST-28 MLCOST-29 MLSUS-15 MLSUS-16 "
    "MLSEC-13"
)
SERVING_AND_RELEASE = (
    "MLOE-13 MLOE-14 MLOE-16 MLSEC-11 MLSEC-12 MLREL-01 MLREL-07 MLREL-10 MLREL-11 MLREL-12 MLREL-13 MLPER-05 MLPER-11 "
    "MLPER-12 MLCOST-24 MLCOST-25 MLCOST-26 MLSUS-11 MLSUS-12 MLSUS-13"
)
# Of no such group, and still without a check: each that gets one leaves this list.
OWED = "MLCOST-08"


@pytest.mark.parametrize(
    ("id", "measured", "listed", "expected"),
    [
        pytest.param(SLOW, UNKNOWN, (SLOW,), True, id="listed, and nothing was seen of it"),
        pytest.param(WITHOUT, UNKNOWN, (WITHOUT,), True, id="listed, and nothing judges it"),
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
    assert waits(id, measured, listed=frozenset(listed), catalogue=LENS) is expected


def test_only_practices_whose_evidence_may_come_later_may_wait() -> None:
    assert set((DEPTH_OF_EVALUATION + " " + DEPTH_OF_MONITORING).split()) >= MAY_WAIT


def test_the_shipped_policy_lists_these_groups_and_what_is_owed(example: Settings) -> None:
    groups = f"{DEPTH_OF_EVALUATION} {DEPTH_OF_MONITORING} {SERVING_AND_RELEASE}"
    assert set(example.policy.not_yet_required) - set(groups.split()) == set(OWED.split())


def test_what_is_owed_has_no_check() -> None:
    assert set(OWED.split()) <= set(catalogue.shipped().unjudged)


def test_none_that_may_wait_is_asked_for_before_a_model_serves() -> None:
    lens = catalogue.load()
    early = {point for gate in GateName if gate is not GateName.CHAMPION for point in CHECKPOINTS[gate]}
    assert not [id for id in MAY_WAIT if lens.checkpoint_of(lens.practices[id]) in early]
