"""The way of the data from its source, and what happens to who changes it."""

from dataclasses import replace

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import data_processing as checks
from tests.lens_checks.delivered import LONG_AGO, drilled, tagged, written_by_hand
from tests.lens_checks.made import ROWS, lineage
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

WHOLE = lineage()

VERDICTS = {
    checks.data_is_traced_and_tampering_is_noticed: {
        "traced to its sources, and tampering was noticed": (MET, {}),
        "other rows on disk than were traced": (NOT_MET, {r.Landing: {"sha256_on_disk": "0" * 64}}),
        "an edge whose reader saw other bytes": (
            NOT_MET,
            {r.Lineage: {"edges": (replace(WHOLE.edges[0], read="0" * 64), *WHOLE.edges[1:])}},
        ),
        "an edge without code": (NOT_MET, {r.Lineage: {"edges": (replace(WHOLE.edges[0], code={}), *WHOLE.edges[1:])}}),
        "a gap between the source and the version": (NOT_MET, {r.Lineage: {"edges": WHOLE.edges[1:]}}),
        "a lineage of a version that nobody registered": (NOT_MET, {r.Lineage: {"version": 9}}),
        "a lineage of other bytes than registered": (NOT_MET, {r.Lineage: {"digest": "0" * 64}}),
        "a version that names other landed rows": (NOT_MET, tagged(landed_sha256="0" * 64)),
        "a version that names no landed rows": (NOT_MET, tagged(landed_sha256="")),
        "no drill yet": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a gap is told also where no drill was made": (
            NOT_MET,
            {r.Drills: {"drills": {}}, r.Lineage: {"edges": WHOLE.edges[1:]}},
        ),
        "tampering that nobody noticed": (NOT_MET, drilled("tamper", passed=False)),
        "a drill of long ago": (NOT_MET, drilled("tamper", made=LONG_AGO)),
        "a drill that the ledger does not know": (NOT_MET, written_by_hand("tamper")),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


def test_the_lineage_begins_with_the_landed_rows() -> None:
    assert next(node for node in WHOLE.nodes if node.kind == "landed").sha256 == ROWS
