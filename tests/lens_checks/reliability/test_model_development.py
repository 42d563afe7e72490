"""Features in both places, validation that represents, and bias."""

import math
from dataclasses import replace

import pytest

from config.settings import Charter, Data, Params, Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.reliability import model_development as checks
from tests.lens_checks.delivered import LONG_AGO, approved, drilled, entries, ran_with, served, tagged, written_by_hand
from tests.lens_checks.made import PARTS
from tests.lens_checks.protecting import protecting
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

SHIFT = {"effects": {"delay": {"tune": 0.1, "promotion": 0.9}}}
PEOPLE = {"personal_data_found": (r.PersonalData(column="delay", pattern="email", share=0.5),)}


def origin(**figures: float | None) -> dict[str, object]:
    """Give the slices with one airport of these figures."""
    return {"slices": {"origin": {"JFK": r.Slice(rows=140, **figures)}}}


def figure(**change: float | None) -> Changes:
    """Let a side of the primary figure be otherwise."""
    told = replace(GOOD.get(r.Evaluation).metrics["average_precision"], **change)
    return {r.Evaluation: {"metrics": {"average_precision": told}}}


def spans(**changed: tuple[str | None, str | None]) -> dict[type, object]:
    """Give parts of other spans of time."""
    parts = GOOD.get(r.Parts).parts
    told = {name: replace(parts[name], start=start, end=end) for name, (start, end) in changed.items()}
    told = {n: replace(p, start=f"{p.start}"[:10], end=f"{p.end}"[:10]) if n not in told else told[n]
            for n, p in parts.items()}  # fmt: skip
    return {r.Parts: {"parts": told}}


def searched(*names: str) -> dict[type, object]:
    """Give a leakage search of these names alone."""
    return {r.Leakage: {"checks": names}}


def required(**least: int) -> dict[type, object]:
    """Ask for segments, of which every part has twenty rows at JFK, train and tune more."""
    counts = {"origin": {"JFK": {"train": 90, "tune": 30, "promotion": 20}}}
    return {r.Parts: {"segments": counts}, Params: {"split": {"required": {"origin": least}}}}


UNSLICED: Changes = {Params: {"slices": ()}, r.Evaluation: {"slices": {}}}
VERDICTS = {
    checks.training_and_serving_share_their_features: {
        "golden rows are answered alike": (MET, {}),
        "skew between server and training is refused": (NOT_MET, {r.Release: {"golden": {"max_difference": 0.01}}}),
        "no golden row shows nothing": (NOT_MET, {r.Release: {"golden": {"rows": 0}}}),
        "one golden row": (MET, {r.Release: {"golden": {"rows": 1}}}),
        "golden rows that did not match are refused": (NOT_MET, {r.Release: {"golden": {"matched": False}}}),
        "a difference that is not known is refused": (NOT_MET, {r.Release: {"golden": {"max_difference": None}}}),
        "other bytes than those trained are refused": (NOT_MET, {r.Release: {"digest": "0" * 64}}),
        "registered bytes that were trained before are refused": (NOT_MET, {r.Training: {"model_digest": "0" * 64}}),
        "another feature schema than registered is refused": (
            NOT_MET,
            {r.Training: {"feature_schema_sha256": "0" * 64}},
        ),
        "bytes that are registered nowhere are refused": (NOT_MET, {r.Registry: {"versions": ()}}),
        "a server that did not start shows nothing": (NOT_MET, {r.Release: {"server": {"started": False}}}),
        "a server that failed shows nothing": (NOT_MET, {r.Release: {"server": {"errors": 1}}}),
    },
    checks.validation_represents_what_will_be_seen: {
        "parts alike, disjoint, covered": (MET, {}),
        "a shift between the parts is refused": (NOT_MET, {r.Parts: SHIFT}),
        "a shift that is allowed with a reason passes": (
            MET,
            {r.Parts: SHIFT, Data: {"shift_allowances": {"delay": "it follows the season"}}},
        ),
        "a shift that could not be told is refused": (
            NOT_MET,
            {r.Parts: {"effects": {"delay": {"tune": None, "promotion": 0.1}}}},
        ),
        "parts that nobody compared are refused": (NOT_MET, {r.Parts: {"effects": {}}}),
        "rows on both sides of the split are refused": (NOT_MET, {r.Parts: {"overlap_rows": 3}}),
        "evaluation on training rows is refused": (NOT_MET, {r.Evaluation: {"promotion_sha256": PARTS["train"]}}),
        "an overfitted model is refused": (NOT_MET, {r.Evaluation: {"overfit_gap": 0.5}}),
        "a gap that is not known is refused": (NOT_MET, {r.Evaluation: {"overfit_gap": None}}),
        "a figure that is not there is refused": (NOT_MET, {r.Evaluation: {"metrics": {}}}),
        "a figure that is no number is refused, segments or not": (
            NOT_MET,
            {**figure(value=math.nan), Params: {"slices": ()}},
        ),
        "a figure without a low end is refused": (NOT_MET, figure(low=None)),
        "a figure without a high end is refused": (NOT_MET, figure(high=None)),
        "a segmentation that was asked for must be covered": (NOT_MET, {r.Evaluation: {"slices": {}}}),
        "a segment evidently below its floor is refused": (
            NOT_MET,
            {r.Evaluation: origin(primary=0.4, low=0.3, high=0.5)},
        ),
        "segments too small to be told do not cover": (NOT_MET, {r.Evaluation: origin(primary=None)}),
        "parts that follow one another in time": (MET, spans(tune=("2013-07-01", "2013-07-31"))),
        "a part that begins before the one before it ends": (NOT_MET, spans(tune=("2013-06-01", "2013-07-31"))),
        "a part that begins when the one before it ends": (
            NOT_MET,
            spans(train=("2013-01-01", "2013-07-01"), tune=("2013-07-01", "2013-07-31")),
        ),
        "a part without a time": (NOT_MET, spans(tune=(None, None))),
        "rows that were parted by entity need no time": (
            MET,
            {**spans(tune=(None, None)), Params: {"split": {"strategy": "group"}}},
        ),
        "nobody searched for rows from the future": (NOT_MET, searched("same rows")),
        "nobody searched for rows in two parts": (NOT_MET, searched("future rows")),
        "nobody searched for entities in two parts": (
            NOT_MET,
            {**searched("same rows"), Params: {"split": {"strategy": "group"}}},
        ),
        "an edge case with its rows in every part": (MET, required(JFK=20)),
        "an edge case is missing in a part": (NOT_MET, required(JFK=21)),
        "an edge case that nobody counted": (NOT_MET, required(LGA=1)),
        "truth is spelt alike": (MET, required(jfk=20)),
        "nobody logged how the score varies": (UNKNOWN, {r.Training: {"cross_validation": None}}),
        "the spread of another metric": (UNKNOWN, {r.Training: {"cross_validation": {"metric": "brier"}}}),
        "a mean that could not be told": (UNKNOWN, {r.Training: {"cross_validation": {"mean": None}}}),
        "a spread that could not be told": (UNKNOWN, {r.Training: {"cross_validation": {"std": None}}}),
        "without segments the classes are looked at": (MET, {Params: {"slices": ()}}),
        "a part without one case is refused": (
            NOT_MET,
            {
                Params: {"slices": ()},
                r.Parts: {"parts": {n: r.Part(rows=9, sha256=s, positives=0) for n, s in PARTS.items()}},
            },
        ),
    },
    checks.bias_is_measured_where_people_are_concerned: {
        "flights are not people": (DERIVED, {}),
        "people told apart and nobody protected is refused": (NOT_MET, {r.Profile: PEOPLE}),
        "what told people apart was dropped": (DERIVED, {r.Profile: PEOPLE, r.Baseline: {"columns": {}}}),
        "no reason is no reason": (NOT_MET, {Charter: {"fairness": {"reason": ""}}}),
        "groups alike before training and after it": (MET, protecting()),
        "groups alike within a stratum as well": (MET, protecting(within="dept", disparity=0.1)),
        "figures as wide as may be": (MET, protecting(imbalance=0.98, label_gap=0.2, gap=0.1)),
        "one group served far worse is refused": (NOT_MET, protecting(gap=0.3)),
        "a group that hardly occurs before training is refused": (NOT_MET, protecting(imbalance=0.99)),
        "outcomes far apart before training are refused": (NOT_MET, protecting(label_gap=0.21)),
        "outcomes far apart within a stratum are refused": (NOT_MET, protecting(within="dept", disparity=0.11)),
        "bias of other rows is refused": (NOT_MET, protecting(rows="0" * 64)),
        "bias that was not measured before training cannot be told": (
            UNKNOWN,
            protecting() | {r.BiasBefore: {"attributes": {}}},
        ),
        "without the record nothing is known": (UNKNOWN, {r.BiasBefore: None}),
        "a stratum that was asked for and not measured": (UNKNOWN, protecting(asked="dept")),
        "a disparity that could not be told": (UNKNOWN, protecting(within="dept")),
        "an imbalance that could not be told": (UNKNOWN, protecting(imbalance=None)),
        "a gap of answers that could not be told": (UNKNOWN, protecting(gap=None)),
        "a group of five people among the answers": (UNKNOWN, protecting(small=True)),
        "a group of five people among the rows to train on": (UNKNOWN, protecting(rare=True)),
    },
}

PAUSED = tuple(r.Deployment(name=n, flow=n, paused=n == "retraining", schedules=("cron",), concurrency_limit=1) for n in
               ("monitoring", "retraining"))  # fmt: skip
BY_PERSON = {Policy: {"approval": "person"}}
VERDICTS |= {
    checks.a_change_is_followed_from_commit_to_endpoint_and_back: {
        "every link is there by its id": (MET, {}),
        "a run that the orchestrator did not make is refused": (NOT_MET, tagged(flow_run_id="ad-hoc")),
        "changes that are in no commit are refused": (NOT_MET, tagged(dirty="true")),
        "a version without a commit cannot be followed": (UNKNOWN, tagged(commit="")),
        "an orchestrator that cannot be asked tells nothing": (UNKNOWN, {r.KnownRuns: None}),
        "tests that nobody ran tell nothing": (UNKNOWN, {r.TestRuns: {"runs": {}}}),
        "red tests are refused": (NOT_MET, ran_with(passed=False, failed=2)),
        "a version that no decision let in is unknown": (UNKNOWN, entries(2, version=7)),
        "a decision on other bytes is refused": (NOT_MET, entries(2, model_digest="0" * 64)),
        "a decision on other data is refused": (NOT_MET, entries(2, data_version="other")),
        "data that neither side names is refused": (
            NOT_MET,
            {**tagged(data_revision=""), **entries(2, data_version="")},
        ),
        "a deployment of other bytes is refused": (NOT_MET, entries(3, digest="0" * 64)),
        "a deployment by a refused decision is refused": (NOT_MET, entries(2, outcome="refused")),
        "a deployment without a decision is refused": (NOT_MET, entries(3, decision=None)),
        "a ledger that does not hold shows no deployment": (NOT_MET, {r.Ledger: {"breaks": ("cut",)}}),
        "nobody may retrain by hand is refused": (NOT_MET, {Policy: {"retraining": {"causes": ("drift",)}}}),
        "no retraining by drift is refused": (NOT_MET, {Policy: {"retraining": {"causes": ("hand",)}}}),
        "a retraining that is paused is not in force": (UNKNOWN, {r.Orchestration: {"deployments": PAUSED}}),
        "a retraining that nothing runs is unknown": (UNKNOWN, {r.Orchestration: {"deployments": ()}}),
        "a person asked for and none there is refused": (NOT_MET, BY_PERSON),
        "a person's word for it is enough": (MET, BY_PERSON | approved(2)),
        "a person's word for something else is refused": (NOT_MET, BY_PERSON | approved(1)),
        "without a drill nothing is known": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a drill that is too old is refused": (NOT_MET, drilled("rollback", made=LONG_AGO)),
        "what is wrong is told, whatever is missing": (
            NOT_MET,
            drilled("rollback", passed=False) | {r.TestRuns: {"runs": {}}},
        ),
        "a drill written by hand is refused": (NOT_MET, written_by_hand("rollback")),
        "a drill on a twin, though another version served before, is refused": (NOT_MET, served(2, "rollback")),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "no row in two, origin covered", id="segments"),
        pytest.param(UNSLICED, "no row in two, classes covered", id="no segments"),
    ],
)
def test_what_is_covered_is_told(changes: Changes, words: str) -> None:
    assert words in because(checks.validation_represents_what_will_be_seen, changes)
