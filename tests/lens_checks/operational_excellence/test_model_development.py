"""What is promoted was built, tested and deployed by machines."""

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import model_development as checks
from tests.lens_checks.delivered import COMMIT, LONG_AGO, drilled, entries, ran_with, run, tagged, written_by_hand
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.what_is_promoted_was_built_tested_and_deployed_by_machines: {
        "a known run, green tests, source as committed, rollback practised": (MET, {}),
        "a run that the orchestrator did not make is refused": (NOT_MET, tagged(flow_run_id="ad-hoc")),
        "no run at all is refused": (NOT_MET, tagged(flow_run_id="")),
        "an orchestrator that cannot be asked tells nothing": (UNKNOWN, {r.KnownRuns: None}),
        "changes that are in no commit are refused": (NOT_MET, tagged(dirty="true")),
        "no commit is refused": (NOT_MET, tagged(commit="")),
        "a commit that the repository does not have is refused": (NOT_MET, {r.CommittedSource: {"locks": {}}}),
        "a project without git tells nothing": (UNKNOWN, {r.CommittedSource: None}),
        "another lock than was committed is refused": (NOT_MET, tagged(lock_sha256="0" * 64)),
        "a commit without a lock is refused": (NOT_MET, {r.CommittedSource: {"locks": {COMMIT: None}}}),
        "a decision on changes that are in no commit is refused": (NOT_MET, entries(2, dirty=True)),
        "a decision under another lock is refused": (NOT_MET, entries(2, lock_sha256="0" * 64)),
        "a version that no decision let in is unknown": (UNKNOWN, entries(2, version=7)),
        "tests that nobody ran tell nothing": (UNKNOWN, {r.TestRuns: {"runs": {}}}),
        "tests of another commit tell nothing": (UNKNOWN, {r.TestRuns: {"runs": {"other": run()}}}),
        "tests that failed are refused": (NOT_MET, ran_with(passed=False, failed=1)),
        "a test that failed is refused, whatever is said": (NOT_MET, ran_with(failed=1)),
        "no test at all is refused": (NOT_MET, ran_with(tests=0, kinds={})),
        "tests on changes to the commit are refused": (NOT_MET, ran_with(dirty=True)),
        "no test of the data is refused": (NOT_MET, ran_with(kinds={"model": 3, "api": 3})),
        "no test of the model is refused": (NOT_MET, ran_with(kinds={"data": 3, "model": 0, "api": 3})),
        "no test of the API is refused": (NOT_MET, ran_with(kinds={"data": 3, "model": 3})),
        "without a drill nothing is known": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a drill that is too old is refused": (NOT_MET, drilled("rollback", made=LONG_AGO)),
        "a drill that failed is refused": (NOT_MET, drilled("rollback", passed=False)),
        "what is wrong is told, whatever is missing": (
            NOT_MET,
            drilled("rollback", passed=False) | {r.TestRuns: {"runs": {}}},
        ),
        "a drill written by hand is refused": (NOT_MET, written_by_hand("rollback")),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
