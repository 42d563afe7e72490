"""A practice is judged at the end of its phase; each that is judged elsewhere is listed, for that moves what it holds.

What is judged at operation holds no gate while it is unknown: moving a check there takes a lock off a door.
"""

import pytest

from lens_checks import catalogue
from lens_checks.catalogue import CHECKPOINT_OF_PHASE
from lens_checks.check import Check, Checkpoint

SHIPPED = tuple(check for check in catalogue.load().checks.values() if ".ours" not in check.module)
ELSEWHERE = {
    # before the run: the environment is there first
    "MLCOST-10": Checkpoint.FRAMING,
    # where the first rows are, or the first model: framing has no evidence yet
    "MLSEC-01": Checkpoint.DATA,
    "MLSEC-02": Checkpoint.DATA,
    "MLCOST-03": Checkpoint.DEVELOPMENT,
    "MLCOST-06": Checkpoint.DEVELOPMENT,
    "MLSUS-01": Checkpoint.DEVELOPMENT,
    "MLOE-02": Checkpoint.DEVELOPMENT,
    "MLOE-04": Checkpoint.DEVELOPMENT,
    "MLOE-06": Checkpoint.DEVELOPMENT,
    "MLOE-09": Checkpoint.DEVELOPMENT,
    "MLPER-03": Checkpoint.DEVELOPMENT,
    "MLSUS-03": Checkpoint.DEVELOPMENT,
    "MLSUS-06": Checkpoint.DEVELOPMENT,
    # where the release and its lineage are
    "MLCOST-07": Checkpoint.RELEASE,
    "MLCOST-08": Checkpoint.RELEASE,
    "MLOE-05": Checkpoint.RELEASE,
    "MLCOST-20": Checkpoint.RELEASE,
    "MLOE-16": Checkpoint.RELEASE,
    "MLPER-04": Checkpoint.RELEASE,
    "MLREL-01": Checkpoint.RELEASE,
    "MLPER-05": Checkpoint.RELEASE,
    "MLPER-07": Checkpoint.RELEASE,
    "MLREL-02": Checkpoint.RELEASE,
    "MLREL-07": Checkpoint.RELEASE,
    "MLSEC-05": Checkpoint.RELEASE,
    "MLSEC-10": Checkpoint.RELEASE,
    # what only a calendar that is served can show
    "MLSUS-04": Checkpoint.OPERATION,
    # what only a model that serves can show: what it takes and costs
    "MLCOST-01": Checkpoint.OPERATION,
    "MLOE-03": Checkpoint.OPERATION,
    # what only a commit made after the run can hold: the run writes dvc.lock
    "MLOE-11": Checkpoint.OPERATION,
    # what a drill, a rebuilt version or a test run shows, which a first run cannot have
    "MLOE-07": Checkpoint.OPERATION,
    "MLOE-08": Checkpoint.OPERATION,
    "MLCOST-18": Checkpoint.OPERATION,
    "MLOE-12": Checkpoint.OPERATION,
    "MLOE-13": Checkpoint.OPERATION,
    "MLREL-04": Checkpoint.OPERATION,
    "MLREL-05": Checkpoint.OPERATION,
    "MLREL-06": Checkpoint.OPERATION,
    "MLREL-10": Checkpoint.OPERATION,
    "MLSEC-03": Checkpoint.OPERATION,
    "MLSEC-04": Checkpoint.OPERATION,
    "MLCOST-11": Checkpoint.OPERATION,
    "MLSEC-06": Checkpoint.OPERATION,
    "MLSEC-07": Checkpoint.OPERATION,
    "MLSEC-08": Checkpoint.OPERATION,
}


@pytest.mark.parametrize("check", SHIPPED, ids=lambda check: check.practice)
def test_it_is_judged_where_its_phase_ends_or_where_it_is_listed(check: Check) -> None:
    assert check.judged_at is ELSEWHERE.get(check.practice, CHECKPOINT_OF_PHASE[check.phase])


def test_what_is_listed_has_a_check_and_needs_to_be_listed() -> None:
    checks = {check.practice: check for check in SHIPPED}
    assert all(CHECKPOINT_OF_PHASE[checks[id].phase] is not at for id, at in ELSEWHERE.items())
