"""The catalogue of inputs."""

import math
from dataclasses import replace

import pytest

from config.settings import Data
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.reliability import data_processing as checks
from tests.lens_checks.delivered import LONG_AGO, REVISION, TOMORROW, drilled, policy, ran_with, tagged, written_by_hand
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome


def writes(path: str, **change: str) -> Changes:
    """Change what lies where a stage writes."""
    stages = GOOD.get(r.Pipeline).stages
    out = r.StageFile(path=path, **{"recorded": "1", "on_disk": "1"} | change)
    return {r.Pipeline: {"stages": {**stages, "prepare": replace(stages["prepare"], outs=(out,))}}}


SNAPSHOT = GOOD.get(r.Pipeline).snapshots["data/landed"]


def twice() -> dict[str, r.Stage]:
    """Let a second stage write what the first does."""
    stages = GOOD.get(r.Pipeline).stages
    return {**stages, "again": replace(stages["prepare"], name="again")}


def declared(**change: object) -> Changes:
    """Change what the task that reads the source declares."""
    return {r.TaskPolicies: {"tasks": (policy("landing.land", **change),)}}


def kept(*faults: str, remote: str | None = None, revision: str = REVISION) -> Changes:
    """Say what keeps the data of the one version from being had back."""
    return {r.Retrieval: {"remote": remote, "faults": {revision: faults}}}


def beside(**change: object) -> Changes:
    """Let the task that reads the source have another beside it."""
    return {r.TaskPolicies: {"tasks": (policy("landing.land"), policy(**{"wraps": "splitting.split", **change}))}}


FIRST = GOOD.get(r.Registry).versions[0]
BEFORE = replace(FIRST, version=7, aliases=(), tags={})

VERDICTS = {
    checks.data_versions_can_be_had_back: {
        "named, whole in the cache, compared, and tested": (MET, {}),
        "whole in the remote too": (MET, kept(remote="s3://flights")),
        "a version on the ladder that names no data": (NOT_MET, tagged(data_revision="")),
        "a version on no step of the ladder need name none": (MET, {r.Registry: {"versions": (BEFORE, FIRST)}}),
        "data that is gone": (NOT_MET, kept("abc is not in the cache")),
        "data that was changed in the cache": (NOT_MET, kept("abc was changed in the cache", remote="s3://flights")),
        "data that nobody looked for": (UNKNOWN, kept(revision="other.dir")),
        "data compared with nothing, for it is the first": (MET, {r.Difference: {"against": None}}),
        "a difference of other rows": (NOT_MET, {r.Difference: {"data_sha256": "0" * 64}}),
        "nobody ran the tests": (UNKNOWN, {r.TestRuns: {"runs": {}}}),
        "tests of another commit": (UNKNOWN, tagged(commit="other")),
        "data that is gone is told also where nobody ran the tests": (
            NOT_MET,
            {**kept("abc is not in the cache"), r.TestRuns: {"runs": {}}},
        ),
        "a test that failed": (NOT_MET, ran_with(failed=1)),
        "tests that did not pass": (NOT_MET, ran_with(passed=False)),
        "tests of changes that are in no commit": (NOT_MET, ran_with(dirty=True)),
        "no test of data": (NOT_MET, ran_with(kinds={"data": 0, "model": 1, "api": 1})),
        "no alias names a version": (UNKNOWN, {r.Registry: {"aliases": {}}}),
    },
    checks.every_input_is_catalogued: {
        "every column declared, owned, classed and fresh": (MET, {}),
        "data from nowhere has no entry": (NOT_MET, {r.Landing: {"sources": ()}}),
        "a source file without a digest is refused": (
            NOT_MET,
            {r.Landing: {"sources": (r.SourceFile(path="data/flights.csv", sha256=""),)}},
        ),
        "another owner than declared is refused": (NOT_MET, {r.Landing: {"owner": "Eve"}}),
        "a column that nobody declared is refused": (
            NOT_MET,
            {r.Landing: {"columns": {"delay": "double", "late": "bool", "extra": "int"}}},
        ),
        "an entry of other rows is refused": (NOT_MET, {r.Landing: {"sha256_on_disk": "0" * 64}}),
        "a column classed otherwise than declared is refused": (
            NOT_MET,
            {
                r.Profile: {
                    "columns": {
                        "delay": r.ProfiledColumn(
                            type="number", role="feature", sensitivity="personal", missing=0, distinct=1
                        )
                    }
                }
            },
        ),
        "freshness without a window or a newest row cannot be told": (UNKNOWN, {r.Landing: {"window": None}}),
        "an empty catalogue is refused": (NOT_MET, {Data: {"columns": {}}}),
    },
    checks.data_moves_by_a_pipeline_that_recovers: {
        "one writer each, tries again, resumed alike, a failure told": (MET, {}),
        "an output that no stage wrote is refused": (NOT_MET, {r.Pipeline: {"stages": {}}}),
        "an output that was changed by hand is refused": (NOT_MET, writes("data/prepared", on_disk="2")),
        "two stages that write one path are refused": (NOT_MET, {r.Pipeline: {"stages": twice()}}),
        "landed rows without a version are refused": (NOT_MET, {r.Pipeline: {"snapshots": {}}}),
        "landed rows that were changed by hand are refused": (
            NOT_MET,
            {r.Pipeline: {"snapshots": {"data/landed": replace(SNAPSHOT, on_disk="2")}}},
        ),
        "a task that may hang for ever is refused": (NOT_MET, declared(timeout_seconds=None)),
        "a time without an end is no timeout": (NOT_MET, declared(timeout_seconds=math.inf)),
        "no time at all is none": (NOT_MET, declared(timeout_seconds=0.0)),
        "a second is one": (MET, declared(timeout_seconds=1.0)),
        "a source that is asked but once is refused": (NOT_MET, declared(retries=0)),
        "a source that is asked twice": (MET, declared(retries=1)),
        "other sources and stores may find them away too": (
            NOT_MET,
            beside(wraps="sources.read", retries=0, conditional=False),
        ),
        "what versions the data is a store": (
            NOT_MET,
            beside(wraps="versioning.snapshot", retries=0, conditional=False),
        ),
        "a task that tries again whatever was decided is refused": (NOT_MET, declared(conditional=False)),
        "trying once again is trying again": (NOT_MET, declared(retries=1, conditional=False)),
        "a flow that reaches for no source is refused": (
            NOT_MET,
            {r.TaskPolicies: {"tasks": (policy("splitting.split"),)}},
        ),
        "a flow without tasks is refused": (NOT_MET, {r.TaskPolicies: {"tasks": ()}}),
        "without a drill nothing is known": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "what is wrong is told, drill or not": (NOT_MET, declared(retries=0) | {r.Drills: {"drills": {}}}),
        "a drill that failed is refused": (NOT_MET, drilled("resume", passed=False)),
        "a drill that is too old is refused": (NOT_MET, drilled("resume", made=LONG_AGO)),
        "a drill that is still to come is refused": (NOT_MET, drilled("resume", made=TOMORROW)),
        "a drill that resumed to something else is refused": (NOT_MET, drilled("resume", seen="0" * 64)),
        "a drill that says itself that it did is refused": (NOT_MET, drilled("resume", same=False)),
        "a drill of nothing is refused": (NOT_MET, drilled("resume", expected="", seen="")),
        "a failure that nobody was told is refused": (NOT_MET, drilled("resume", notified=False)),
        "a drill written by hand is refused": (NOT_MET, written_by_hand("resume")),
        "a drill of a ledger that does not hold is refused": (NOT_MET, {r.Ledger: {"breaks": ("cut",)}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("check", "changes", "words"),
    [
        pytest.param(checks.data_versions_can_be_had_back, {}, "cache alone: no remote is configured", id="no remote"),
        pytest.param(
            checks.data_versions_can_be_had_back, kept(remote="s3://x"), "cache and from s3://x", id="a remote"
        ),
        pytest.param(
            checks.data_moves_by_a_pipeline_that_recovers, {}, "1 of 2 tasks try again", id="one of two tries again"
        ),
        pytest.param(
            checks.data_moves_by_a_pipeline_that_recovers,
            declared(retries=1),
            "1 of 1 tasks try again",
            id="once again",
        ),
    ],
)
def test_what_was_seen_is_told(check: Check, changes: Changes, words: str) -> None:
    assert words in because(check, changes)
