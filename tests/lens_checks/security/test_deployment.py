"""What is hostile or malformed is refused, noticed, and kept out of the next training."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Runtime
from config.settings.serving import Limits, Probing, Serving
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import deployment as checks
from tests.lens_checks.doored import trial
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

LANDED = GOOD.get(r.Landing).sources[0]


def limited(**change: Any) -> Changes:
    """Let asking too often have come out otherwise."""
    return {r.Release: {"access": trial(limited=replace(trial().limited, **change))}}


def probed(**change: Any) -> Changes:
    """Let probing have come out otherwise."""
    return {r.Release: {"access": trial(probed=replace(trial().probed, **change))}}


def noise(**change: Any) -> Changes:
    """Let the noise have cost something else."""
    return {r.Evaluation: {"robustness": change}}


def malformed(**change: Any) -> Changes:
    """Let bad requests have fared otherwise."""
    return {r.Release: {"server": replace(GOOD.get(r.Release).server, malformed=r.Malformed(**change))}}


def landed(path: str) -> Changes:
    """Let another file have been landed."""
    return {r.Landing: {"sources": (LANDED, replace(LANDED, path=path))}}


def told(**change: Any) -> Changes:
    """Let the server be told something else."""
    return {Runtime: {"serving": Serving(**change)}}


VERDICTS = {
    checks.hostile_inputs_are_refused_noticed_and_kept_out: {
        "refused, noticed and kept out": (MET, {}),
        "noise that costs as much as may be": (MET, noise(drop=0.1)),
        "noise that costs more is refused": (NOT_MET, noise(drop=0.11)),
        "noise that costs no number is refused": (NOT_MET, noise(drop=None)),
        "no noise is no trial": (NOT_MET, noise(noise=0.0)),
        "noise of no number is no trial": (NOT_MET, noise(noise=None)),
        "noise that was tried on another model is refused": (NOT_MET, {r.Evaluation: {"model_digest": "f" * 64}}),
        "a bad request that was answered is refused": (NOT_MET, malformed(sent=5, refused=4)),
        "no bad request is no trial": (NOT_MET, malformed(sent=0, refused=0)),
        "one bad request is one": (MET, malformed(sent=1, refused=1)),
        "asking too often that was not stopped is refused": (NOT_MET, limited(answered=25, refused=0)),
        "a request that got no word is refused": (NOT_MET, limited(answered=20)),
        "one that was stopped too early is refused": (NOT_MET, limited(answered=19, refused=6)),
        "as many as are allowed": (MET, limited(answered=20, refused=5)),
        "the last one alone was stopped": (MET, limited(answered=24, refused=1)),
        "outside loopback without a limit is refused": (NOT_MET, told(host="10.0.0.1")),
        "outside loopback within a limit": (MET, told(host="10.0.0.1", limits=Limits(per_minute=600))),
        "probes that nobody noticed are refused": (NOT_MET, probed(after=1)),
        "probes that were never sent are refused": (NOT_MET, probed(sent=0)),
        "probes that the log does not mark are refused": (NOT_MET, {r.Release: {"access": trial(marked=0)}}),
        "a server that looks for none is refused": (NOT_MET, told(probing=Probing(least=0))),
        "a server that does not tell cannot be judged": (UNKNOWN, probed(after=None)),
        "one that did not tell before them neither": (UNKNOWN, probed(before=None)),
        "rows set aside that go on are refused": (NOT_MET, {r.Parts: {"readmitted_rows": 1}}),
        "rows that nobody counted are unknown": (UNKNOWN, {r.Parts: {"readmitted_rows": None}}),
        "fewer left out than set aside is refused": (NOT_MET, {r.Parts: {"dropped_rows": 0, "landed_rows": 1000}}),
        "more that go on than are left is refused": (NOT_MET, {r.Parts: {"landed_rows": 1000}}),
        "rows that the split left out are told": (
            MET,
            {r.Parts: {"landed_rows": 1004, "left_out": {"gap": 3}}},
        ),
        "parts of other rows are refused": (NOT_MET, {r.Parts: {"data_sha256": "f" * 64}}),
        "an audit of other rows is refused": (NOT_MET, {r.Validation: {"data_sha256": "f" * 64}}),
        "rows set aside that are nowhere are refused": (NOT_MET, {r.Validation: {"quarantine_file": None}}),
        "nothing set aside needs no file": (
            MET,
            {
                r.Validation: {"quarantined": 0, "quarantine_file": None},
                r.Parts: {"landed_rows": 1000, "dropped_rows": 0},
            },
        ),
        "rows set aside that were landed are refused": (NOT_MET, landed("data/quarantine/q.parquet")),
        "requests that were captured and landed are refused": (NOT_MET, landed(".lifecycle/captured/a.parquet")),
        "a name that begins alike is another": (MET, landed("data/quarantined.csv")),
        "without a trial nothing is known": (UNKNOWN, {r.Release: {"access": None}}),
        "without an audit nothing is known": (UNKNOWN, {r.Validation: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
