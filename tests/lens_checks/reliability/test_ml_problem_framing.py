"""A stable API before the model; one model or several."""

from datetime import timedelta
from typing import Any

import pytest

from config.settings import Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.reliability import ml_problem_framing as checks
from tests.lens_checks.composed import several, undeclared
from tests.lens_checks.doored import CURRENT, RELEASED, kept, promises
from tests.lens_checks.made import NOW
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome


def api(**change: Any) -> Changes:
    """Let the trial of the API have come out otherwise."""
    return {r.Release: {"contract": promises(**change)}}


def signature(**change: Any) -> Changes:
    """Let the columns be otherwise somewhere."""
    return api(signature=r.ApiSignature(**{"columns": 1, "model": (), "server": (), **change}))


LONGEST = timedelta(days=GOOD.get(Policy).recovery.drill_days)
GONE = ("GET /ping is gone",)
SAME: Changes = api(current=kept("1.0.0", RELEASED)) | {r.ApiDocuments: {"current": RELEASED}}
MAJOR = api(changes=GONE, current=kept("2.0.0", CURRENT))
VERDICTS = {
    checks.consumers_talk_to_a_stable_api: {
        "both versions are kept": (MET, {}),
        "nothing has changed since the release": (MET, SAME),
        "what was taken away is a major version": (MET, MAJOR),
        "what was taken away without one is refused": (NOT_MET, api(changes=GONE)),
        "a major version before the released one is no later one": (
            NOT_MET,
            api(changes=GONE, released=kept("2.0.0", RELEASED)),
        ),
        "a version that is no number is no major one": (NOT_MET, api(changes=GONE, current=kept("new", CURRENT))),
        "a broken promise of this version is refused": (
            NOT_MET,
            api(current=kept("1.1.0", CURRENT, broken=("GET /ping: answered 500",))),
        ),
        "a broken promise of the one before is refused": (
            NOT_MET,
            api(released=kept("1.0.0", RELEASED, broken=("GET /ping: answered 404",))),
        ),
        "a version that nobody asked is refused": (NOT_MET, api(released=kept("1.0.0", RELEASED, calls=0))),
        "one call is one": (MET, api(released=kept("1.0.0", RELEASED, calls=1))),
        "a contract that was changed since is refused": (NOT_MET, {r.ApiDocuments: {"current": "f" * 64}}),
        "a released contract that was changed since is refused": (NOT_MET, {r.ApiDocuments: {"released": "f" * 64}}),
        "a signature of another type is refused": (NOT_MET, signature(model=("delay",))),
        "a server that takes other columns is refused": (NOT_MET, signature(server=("delay",))),
        "a contract without a column is refused": (NOT_MET, signature(columns=0)),
        "a model without a signature cannot be told": (UNKNOWN, signature(model=None)),
        "a server that tells of no columns cannot be told": (UNKNOWN, signature(server=None)),
        "without a trial nothing is known": (UNKNOWN, {r.Release: {"contract": None}}),
        "without a contract nothing is known": (UNKNOWN, {r.ApiDocuments: None}),
    },
    checks.one_failure_stays_local: {
        "one model cannot be split further": (DERIVED, {}),
        "several, each with its purpose, and none hangs on another": (MET, several()),
        "a second model that nobody declared": (NOT_MET, undeclared()),
        "a second model that only the trials name": (NOT_MET, several(others=(), declared=())),
        "a second model that only the charter names": (NOT_MET, several(others=()) | {r.ComponentTrials: {"of": {}}}),
        "several of which this one is not declared": (NOT_MET, several(declared=("cancellations",))),
        "two models that do the same": (NOT_MET, several(purpose="tells before departure  about Flights.")),
        "code that reaches into another": (NOT_MET, several(found=("flows/a.py: rooms.cancellations.inside",))),
        "code that reaches into another, though nothing was tried": (
            NOT_MET,
            several(found=("flows/a.py: rooms.cancellations.inside",), trial={"asked": 0}),
        ),
        "others that failed while one was down": (NOT_MET, several(trial={"failed": 1})),
        "a trial that is no day old": (MET, several(made=NOW - timedelta(hours=1))),
        "a trial as old as may be": (MET, several(made=NOW - LONGEST)),
        "a trial of long ago": (NOT_MET, several(made=NOW - LONGEST - timedelta(hours=1))),
        "a trial that is yet to come": (NOT_MET, several(made=NOW + timedelta(hours=1))),
        "a trial without a date": (NOT_MET, several(made=None)),
        "twenty requests are a trial": (MET, several(trial={"asked": 20})),
        "nineteen are none": (UNKNOWN, several(trial={"asked": 19})),
        "without trials nothing is known": (UNKNOWN, several() | {r.ComponentTrials: {"of": {}}}),
        "without a scan nothing is known": (UNKNOWN, several(files=0)),
        "a released model that is registered nowhere cannot be told": (UNKNOWN, {r.Registry: {"versions": ()}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "none breaking", id="something was added"),
        pytest.param(MAJOR, "a major version, 1 breaking", id="something was taken away"),
        pytest.param(SAME, "none at all", id="nothing changed"),
    ],
)
def test_what_changed_since_the_release_is_told(changes: Changes, words: str) -> None:
    assert f"changes since then: {words}; " in because(checks.consumers_talk_to_a_stable_api, changes)
