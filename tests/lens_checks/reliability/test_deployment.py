"""The endpoint changes by the pipeline alone."""

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.reliability import deployment as checks
from tests.lens_checks.delivered import LONG_AGO, drilled, entries, served, written_by_hand
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.the_endpoint_changes_by_the_pipeline_alone: {
        "what serves is what was deployed last, with its cause": (MET, {}),
        "an alias moved by hand is refused": (NOT_MET, {r.Endpoint: {"version": 2}}),
        "a package registered in its place is refused": (NOT_MET, {r.Endpoint: {"package": "0" * 64}}),
        "a package changed in the store is refused": (NOT_MET, {r.Endpoint: {"on_disk": "0" * 64}}),
        "another model under the same version is refused": (NOT_MET, {r.Endpoint: {"digest": "0" * 64}}),
        "a store that cannot be looked into tells nothing": (UNKNOWN, {r.Endpoint: {"on_disk": None}}),
        "without a champion nothing is known": (UNKNOWN, {r.Endpoint: None}),
        "a champion of no deployment is refused": (NOT_MET, {r.Ledger: {"entries": ()}}),
        "a ledger that does not hold shows no deployment": (NOT_MET, {r.Ledger: {"breaks": ("cut",)}}),
        "a deployment by a refused decision is refused": (NOT_MET, entries(2, outcome="refused")),
        "a deployment without a cause is refused": (NOT_MET, entries(3, cause="")),
        "a deployment that nobody did is refused": (NOT_MET, entries(3, actor=None)),
        "a deployment without a decision is refused": (NOT_MET, entries(3, decision=None)),
        "a decision without a cause is refused": (NOT_MET, entries(2, cause="")),
        "without a drill nothing is known": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a drill that failed is refused": (NOT_MET, drilled("rollback", passed=False)),
        "a drill that is too old is refused": (NOT_MET, drilled("rollback", made=LONG_AGO)),
        "a drill written by hand is refused": (NOT_MET, written_by_hand("rollback")),
        "a drill on a twin, though another version served before, is refused": (NOT_MET, served(2, "rollback")),
        "a drill on the version before is enough": (MET, served(2, "rollback", version=2, planted=False)),
        "a drill that brought back what never served is refused": (
            NOT_MET,
            drilled("rollback", version=7, planted=False),
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
