"""Who may call the model; access to the data, and what is unusual about it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Runtime
from config.settings.serving import Serving
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import monitoring as checks
from tests.lens_checks.doored import consumer, trial
from tests.lens_checks.made import NOW
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

PLANTED = GOOD.get(r.AccessAudit).unusual[0]


def audit(**change: Any) -> Changes:
    return {r.AccessAudit: change}


def tried(**change: Any) -> Changes:
    """Let the trial of the doors have come out otherwise."""
    return {r.Release: {"access": trial(**change)}}


def told(**change: Any) -> Changes:
    """Let the server be told something else."""
    return {Runtime: {"serving": Serving(**change)}}


def listed(*consumers: r.ListedConsumer) -> Changes:
    """Let others be on the list."""
    return {r.ConsumerList: {"consumers": consumers}}


VERDICTS = {
    checks.only_listed_consumers_reach_the_model: {
        "known consumers alone get an answer, on this machine": (MET, {}),
        "whoever has no key gets one and is refused": (NOT_MET, tried(anonymous=200)),
        "a false key that is answered is refused": (NOT_MET, tried(unknown=200)),
        "a server that fails is not one that refuses": (NOT_MET, tried(anonymous=500)),
        "either way of refusing will do": (MET, tried(anonymous=403, unknown=401)),
        "a known consumer that is kept out is refused": (NOT_MET, tried(known=401)),
        "a log that names nobody is refused": (NOT_MET, tried(logged=None)),
        "a log that names another is refused": (NOT_MET, tried(logged="desk")),
        "a consumer without a name is none": (NOT_MET, tried(consumer="", logged="")),
        "nobody on the list is nobody to look at": (MET, listed()),
        "a key that ends tomorrow counts today": (MET, listed(consumer("shop", 1))),
        "a key past its day is refused": (NOT_MET, listed(consumer("shop", 30), consumer("desk", 0))),
        "a key without an end is refused": (NOT_MET, listed(consumer("shop", None))),
        "no access log is refused": (NOT_MET, told(access_log="")),
        "a name of loopback is loopback": (MET, told(host="localhost")),
        "outside loopback in the clear is refused": (NOT_MET, told(host="10.0.0.1")),
        "outside loopback under its own certificate": (MET, told(host="10.0.0.1", certificate="a.pem")),
        "outside loopback without keys is refused": (
            NOT_MET,
            told(host="10.0.0.1", certificate="a.pem", ask_keys=False),
        ),
        "loopback without keys is this machine's own": (MET, told(ask_keys=False)),
        "that something in front encrypts cannot be tried": (UNKNOWN, told(host="10.0.0.1", encryption="a proxy")),
        "a blank word encrypts nothing": (NOT_MET, told(host="10.0.0.1", encryption=" ")),
        "without a trial nothing is known": (UNKNOWN, {r.Release: {"access": None}}),
    },
    checks.unusual_access_to_data_raises_an_alert: {
        "a planted access raised an alert": (MET, {}),
        "no audit": (UNKNOWN, {r.AccessAudit: None}),
        "one access of one person": (MET, audit(entries=1, people=1)),
        "an empty log": (UNKNOWN, audit(entries=0)),
        "a log of nobody": (UNKNOWN, audit(people=0)),
        "nothing was planted": (UNKNOWN, audit(unusual=())),
        "what was seen by chance is no proof": (UNKNOWN, audit(unusual=(replace(PLANTED, planted=False),))),
        "an audit as old as may be": (MET, audit(made=NOW - timedelta(days=45))),
        "an older audit is refused": (NOT_MET, audit(made=NOW - timedelta(days=46))),
        "entries that name no class are refused": (NOT_MET, audit(classified=False)),
        "a log kept too short is refused": (NOT_MET, audit(retention_days=364)),
        "a planted access that nobody noticed is refused": (NOT_MET, audit(unusual=(replace(PLANTED, alert=None),))),
        "an alert without words is refused": (NOT_MET, audit(unusual=(replace(PLANTED, alert=" "),))),
        "a real one that nobody noticed is refused": (
            NOT_MET,
            audit(unusual=(PLANTED, replace(PLANTED, planted=False, alert=None))),
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "reached from this machine alone", id="loopback"),
        pytest.param(
            told(host="10.0.0.1", certificate="a.pem"),
            "encrypted on 10.0.0.1 by the server's certificate",
            id="outside loopback",
        ),
    ],
)
def test_where_it_is_reached_is_told(changes: Changes, words: str) -> None:
    assert words in because(checks.only_listed_consumers_reach_the_model, changes)
