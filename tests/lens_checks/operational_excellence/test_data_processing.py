"""Profile, contract and leakage search of the very rows that are learned from; what experiments leave on record."""

from dataclasses import replace

import pytest

from config.settings import Data
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import data_processing as checks
from tests.lens_checks.delivered import tagged
from tests.lens_checks.metered import SCORES, SEEN, tried
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

NUMBER, TARGET = (GOOD.get(r.Profile).columns[name] for name in ("delay", "late"))
NAN = float("nan")
RULE = GOOD.get(r.Validation).rules[0]


def profiled(**delay: object) -> dict[str, object]:
    """Give a profile in which the feature has some other statistics."""
    return {"columns": {"delay": replace(NUMBER, **delay), "late": TARGET}}


def given_up(**change: object) -> Changes:
    """Let the last trial have been pruned, and its run have logged something else."""
    *others, last = GOOD.get(r.Leaderboard).candidates[:4]
    return {r.Leaderboard: {"candidates": (*others, replace(last, state="pruned"))}} | tried(**change)


def registered(**change: object) -> Changes:
    """Let the version have been registered otherwise."""
    return {r.Registry: {"versions": tuple(replace(v, **change) for v in GOOD.get(r.Registry).versions)}}


VERDICTS = {
    checks.data_was_profiled_audited_and_searched_for_leaks: {
        "audited, profiled, searched and kept as baseline": (MET, {}),
        "rows changed since they were landed are refused": (NOT_MET, {r.Landing: {"sha256_on_disk": "0" * 64}}),
        "a profile of other rows is refused": (NOT_MET, {r.Profile: {"data_sha256": "0" * 64}}),
        "a search of other rows is refused": (NOT_MET, {r.Leakage: {"data_sha256": "0" * 64}}),
        "an audit of other rows is refused": (NOT_MET, {r.Validation: {"data_sha256": "0" * 64}}),
        "a contract that checked nothing is refused": (
            NOT_MET,
            {r.Validation: {"evaluated": 0, "expected": 0, "rules": ()}},
        ),
        "no rule was to be evaluated": (NOT_MET, {r.Validation: {"evaluated": 0, "expected": 0}}),
        "rules that left no trace are refused": (NOT_MET, {r.Validation: {"rules": ()}}),
        "a rule that failed is refused, whatever the sum says": (
            NOT_MET,
            {r.Validation: {"rules": (replace(RULE, success=False),)}},
        ),
        "nothing set aside needs no file": (MET, {r.Validation: {"quarantined": 0, "quarantine_file": None}}),
        "just enough rows": (MET, {r.Validation: {"rows": 100}}),
        "as much set aside as may be": (MET, {r.Validation: {"quarantine_share": 0.01}}),
        "a rule that was not evaluated is refused": (NOT_MET, {r.Validation: {"expected": 2}}),
        "a rule that raised is refused": (NOT_MET, {r.Validation: {"exceptions": ("range raised",)}}),
        "a broken contract is refused": (NOT_MET, {r.Validation: {"success": False}}),
        "a share that is not a number is over the limit": (NOT_MET, {r.Validation: {"quarantine_share": float("nan")}}),
        "rows set aside must be found in quarantine": (NOT_MET, {r.Validation: {"quarantine_file": None}}),
        "too few rows are refused": (NOT_MET, {r.Validation: {"rows": 5}}),
        "a feature without statistics is refused": (NOT_MET, {r.Profile: {"columns": {}}}),
        "a feature without a mean is refused": (NOT_MET, {r.Profile: profiled(mean=None)}),
        "a feature without a spread is refused": (NOT_MET, {r.Profile: profiled(std=None)}),
        "a whole number without a mean is refused": (NOT_MET, {r.Profile: profiled(type="integer", mean=None)}),
        "a category has no mean": (MET, {r.Profile: profiled(type="category", mean=None, std=None)}),
        "a feature that was not profiled is refused": (NOT_MET, {r.Profile: {"columns": {"late": TARGET}}}),
        "a target that was not profiled is refused": (NOT_MET, {r.Profile: {"columns": {"delay": NUMBER}}}),
        "columns that nobody declared are those of the profile": (MET, {Data: {"columns": {}}}),
        "declared columns are features, whatever the profile calls them": (MET, {r.Profile: profiled(role="ignored")}),
        "no feature at all is refused": (NOT_MET, {Data: {"columns": {}}, r.Profile: {"columns": {"late": TARGET}}}),
        "a search that did not pass is refused": (NOT_MET, {r.Leakage: {"passed": False}}),
        "a search for nothing finds nothing": (NOT_MET, {r.Leakage: {"checks": ()}}),
        "a copy of the target is a leak": (
            NOT_MET,
            {
                r.Leakage: {
                    "findings": (r.Leak(check="copy", columns=("delay",), share=1.0, sentence="a copy", allowed=None),)
                }
            },
        ),
        "a leak that is allowed by name and reason passes": (
            MET,
            {
                r.Leakage: {
                    "findings": (
                        r.Leak(check="copy", columns=("delay",), share=1.0, sentence="a copy", allowed="known"),
                    )
                }
            },
        ),
        "monitoring needs a baseline of every feature": (NOT_MET, {r.Baseline: {"columns": {}}}),
        "without an audit nothing can be told": (UNKNOWN, {r.Validation: None}),
    },
    checks.experiments_are_logged_and_versioned: {
        "each run tells all, the version is registered with its card, and the pipeline is in one commit": (MET, {}),
        "a trial without parameters is refused": (NOT_MET, tried(params={})),
        "a trial without its score is refused": (NOT_MET, tried(metrics={"cpu_seconds": 5.0})),
        "a score that is no number is refused": (NOT_MET, tried(metrics=SCORES | {"tune_average_precision": NAN})),
        "a trial that names no data is refused": (NOT_MET, tried(datasets={})),
        "a trial on other rows is refused": (NOT_MET, tried(datasets=SEEN | {"tune": "0" * 36})),
        "a digest of two letters names nothing": (NOT_MET, tried(datasets=SEEN | {"tune": "22"})),
        "a trial from no commit is refused": (NOT_MET, tried(tags={})),
        "a trial that left no run is refused": (NOT_MET, tried(run_id="another")),
        "a trial that was given up needs no score": (MET, given_up(metrics={"cpu_seconds": 1.0})),
        "and tells what it took": (NOT_MET, given_up(metrics={})),
        "a winner without a metric is refused": (NOT_MET, {r.Tracking: {"winner": {"metrics": {}}}}),
        "another winner than was reported is refused": (NOT_MET, {r.Tracking: {"winner": {"run_id": "another"}}}),
        "no trial at all is refused": (NOT_MET, {r.Leaderboard: {"candidates": ()}}),
        "a version of other bytes is refused": (NOT_MET, tagged(digest="0" * 64)),
        "a release of another version is refused": (NOT_MET, {r.Release: {"version": 7}}),
        "a release without a card is refused": (NOT_MET, {r.Release: {"files": ()}}),
        "a training that is not registered yet cannot be told": (UNKNOWN, {r.Registry: {"aliases": {}}}),
        "a newer training is not the version at hand": (UNKNOWN, registered(run_id="older")),
        "a pipeline that was never committed cannot be told": (UNKNOWN, {r.CommittedPipeline: {"commit": None}}),
        "one that ran since its commit cannot be told": (UNKNOWN, {r.CommittedPipeline: {"differing": ("dvc.lock",)}}),
        "code that lies in another commit is refused": (NOT_MET, {r.CommittedPipeline: {"strange": ("tasks/x.py",)}}),
        "a fault is told though the commit is not there": (
            NOT_MET,
            {r.CommittedPipeline: {"commit": None}} | tried(params={}),
        ),
        "without a repository nothing can be told": (UNKNOWN, {r.CommittedPipeline: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("sentence", "words"),
    [("delay is no more than a day", "delay is no more than a day"), ("", "range")],
)
def test_a_broken_rule_is_told_by_its_sentence_or_its_name(sentence: str, words: str) -> None:
    broken = {r.Validation: {"rules": (replace(RULE, success=False, sentence=sentence),)}}
    told = because(checks.data_was_profiled_audited_and_searched_for_leaks, broken)
    assert told == f"the contract is broken: {words}"
