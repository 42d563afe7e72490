"""What is promoted was built, tested and deployed by machines, of packages that are known and approved."""

from typing import Any

import pytest

from config.settings import Licences, Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import model_development as checks
from tests.lens_checks.delivered import COMMIT, LONG_AGO, drilled, entries, ran_with, run, tagged, written_by_hand
from tests.lens_checks.guarded import given
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

MIRROR, IMAGE = "https://index.example.org/simple", f"registry.example.org/flights@sha256:{'a' * 64}"


def environment(**change: Any) -> Changes:
    """Let the environment be otherwise."""
    return {r.Environment: change}


def looked_up(**change: Any) -> Changes:
    """Let the look-up of weaknesses have come out otherwise."""
    told = {"source": "advisories", "packages": 9, "found": {}, "trouble": ""}
    return drilled("access", advisories=told | change)


def accepted(*families: str, **allowances: str) -> Changes:
    """Let other licences be accepted."""
    return {Policy: {"licences": Licences(accepted=families, allowances=allowances)}}


LOCKLESS: Changes = {
    **tagged(lock_sha256=""),
    **entries(2, lock_sha256=""),
    r.CommittedSource: {"locks": {COMMIT: ""}},
}

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
        "no lock on either side is refused": (NOT_MET, LOCKLESS),
        "a decision that names no commit is refused": (NOT_MET, entries(2, commit="")),
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
    checks.libraries_come_from_a_pinned_and_approved_source: {
        "pinned, licensed, from an index, looked up": (MET, {}),
        "a pin without a hash is refused": (NOT_MET, environment(unhashed=("gamma",))),
        "a pin by a URL is refused": (NOT_MET, environment(with_urls=("delta",))),
        "an empty lock is refused": (NOT_MET, environment(pins=0)),
        "a package that is not in the lock is refused": (NOT_MET, environment(not_in_lock=("epsilon",))),
        "a package of another version is refused": (NOT_MET, environment(other_version=("gamma 2.9",))),
        "a package from a folder is refused": (NOT_MET, environment(elsewhere=("gamma",))),
        "an index that nobody knows is unknown": (UNKNOWN, environment(indexes=())),
        "an approved index": (MET, given(indexes=(MIRROR,))),
        "an index that nobody approved is refused": (NOT_MET, given(indexes=("https://mirror.example.org",))),
        "a licence that nobody accepted is refused": (NOT_MET, accepted("BSD")),
        "one that is allowed for a reason": (MET, accepted("BSD", pygit2="a tool of development")),
        "one that is allowed for none is refused": (NOT_MET, accepted("BSD", pygit2=" ")),
        "licences that nobody read are unknown": (UNKNOWN, {r.LicenceInventory: {"licences": {}}}),
        "an image without a digest is unknown": (UNKNOWN, {r.Exposure: {"inside_container": True}}),
        "an image by its digest": (MET, {r.Exposure: {"inside_container": True}} | given(image=IMAGE)),
        "a version of another lock is refused": (NOT_MET, tagged(lock_sha256="0" * 64)),
        "a weakness that nobody accepted is refused": (NOT_MET, looked_up(found={"CVE-1": "gamma 3.0"})),
        "one that is accepted for a reason": (
            MET,
            looked_up(found={"CVE-1": "gamma 3.0"}) | given(vulnerabilities={"CVE-1": "not reachable"}),
        ),
        "a look-up that failed is unknown": (UNKNOWN, looked_up(trouble="no source of advisories is configured")),
        "without a look-up nothing is known": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a look-up that is too old is refused": (NOT_MET, drilled("access", made=LONG_AGO)),
        "what is wrong is told, whatever is missing": (
            NOT_MET,
            environment(unhashed=("gamma",)) | {r.Drills: {"drills": {}}},
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "; no image is used; ", id="no image"),
        pytest.param(
            {r.Exposure: {"inside_container": True}} | given(image=IMAGE), f"; image {IMAGE}; ", id="an image"
        ),
        pytest.param(
            environment(not_in_lock=("epsilon",)), "lock says: epsilon", id="a package that is not in the lock"
        ),
        pytest.param(environment(other_version=("gamma 2.9",)), "lock says: gamma 2.9", id="another version"),
    ],
)
def test_where_packages_come_from_is_told(changes: Changes, words: str) -> None:
    assert words in because(checks.libraries_come_from_a_pinned_and_approved_source, changes)
