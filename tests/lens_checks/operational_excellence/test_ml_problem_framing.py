"""Roles, levers, and fairness throughout."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import ml_problem_framing as checks
from lens_checks.runner import ask
from tests.lens_checks.delivered import entry_of, tagged
from tests.lens_checks.living import decay
from tests.lens_checks.made import NOW, entry
from tests.lens_checks.metered import LED, feedback, led
from tests.lens_checks.protecting import protecting
from tests.lens_checks.proven import metric, rebuilt, seen, witness
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

PEOPLE = {"personal_data_found": (r.PersonalData(column="delay", pattern="email", share=0.5),)}

DUMMY, LINEAR, SMALLER, CHOSEN, RULE = GOOD.get(r.Leaderboard).candidates


def tried(*candidates: r.Candidate) -> dict[type, object]:
    """Give a leaderboard of these candidates."""
    return {r.Leaderboard: {"candidates": candidates}}


INPUTS = rebuilt().inputs
NAN, VERSION = float("nan"), GOOD.get(r.Registry).versions[0]
LATER = (replace(VERSION, version=2, aliases=()), VERSION)


def aimed(name: str, target: r.Target | None) -> dict[type, Any]:
    """Let a target be another, or none."""
    others = {each: known for each, known in GOOD.get(r.Workload).target.items() if each != name}
    return {r.Workload: {"target": others if target is None else others | {name: target}}}


REASON = ({"because": "too low"},)


def finding(**change: Any) -> r.Finding:
    """Make the word that refusal 90 left."""
    whole: dict[str, Any] = {"source": "evaluation", "to": "data preparation", "run_id": "run", "because": ("too low",)}
    return r.Finding(made=NOW, decision=90, **whole | change)


def refused_since(left: tuple[r.Finding, ...], number: int = 90, blocking: object = REASON) -> dict[type, Any]:
    """Let an evaluation have been refused, and have left these findings."""
    refusal = entry(number, "decision", gate="development", outcome="refused", blocking=blocking)
    entries = (*GOOD.get(r.Ledger).entries, refusal)
    return {r.Findings: {"all": left}, r.Ledger: {"entries": entries}}


def no_drift(drill: r.Drill | None = None, *, without: str = "") -> dict[type, Any]:
    """Let no retraining have come of drift; a drill may have come out otherwise, or be lacking."""
    known = {name: made for name, made in GOOD.get(r.Drills).drills.items() if name != without}
    kept = tuple(e for e in GOOD.get(r.Ledger).entries if e.kind != "retraining" and (drill is None or e.number != 70))
    witnessed = () if drill is None else (entry_of(drill),)
    drills = known if drill is None else known | {"decay": drill}
    return {r.Drills: {"drills": drills}, r.Ledger: {"entries": (*kept, *witnessed)}}


def approved(by: str, decision: int | None = 2) -> dict[type, object]:
    """Let somebody approve a decision of the good project, all of which mo had run."""
    given = entry(80, "approval", decision=decision, approver=by)
    return {r.Ledger: {"entries": (*GOOD.get(r.Ledger).entries, given)}}


def let_go(by: str, compared_by: str | None) -> dict[type, object]:
    """Let somebody let a champion go that somebody's comparison could not score."""
    given = entry(80, "approval", replaces=1, approver=by, compared_by=compared_by)
    return {r.Ledger: {"entries": (*GOOD.get(r.Ledger).entries, given)}}


def again(**change: Any) -> dict[type, object]:
    """Give the version's reproduction with something changed, and the ledger's entry of it."""
    made = rebuilt(**change)
    entries = tuple(e for e in GOOD.get(r.Ledger).entries if e.kind != "reproduction")
    return {r.Reproductions: {"of": {1: made}}, r.Ledger: {"entries": (*entries, witness(made))}}


def told_otherwise(version: int = 1, **change: Any) -> dict[type, object]:
    """Let the ledger tell of a reproduction otherwise than its report does."""
    entries = tuple(e for e in GOOD.get(r.Ledger).entries if e.kind != "reproduction")
    return {r.Ledger: {"entries": (*entries, witness(rebuilt(version, **change)))}}


def climbing(made: dict[int, r.Reproduction]) -> dict[type, object]:
    """Let version 2 be the candidate beside the champion, with these reproductions, all of them in the ledger."""
    (first,) = GOOD.get(r.Registry).versions
    entries = tuple(e for e in GOOD.get(r.Ledger).entries if e.kind != "reproduction")
    witnesses = (replace(witness(one), number=one.entry) for one in made.values())
    return {
        r.Registry: {"versions": (first, replace(first, version=2)), "aliases": {"candidate": 2, "champion": 1}},
        r.Reproductions: {"of": made},
        r.Ledger: {"entries": (*entries, *witnesses)},
    }


def without(name: str) -> dict[str, r.SeenInput]:
    """Give what a version was rebuilt from, but for one of them."""
    return {known: one for known, one in INPUTS.items() if known != name}


VERDICTS = {
    checks.every_stage_has_one_owner_and_a_separate_approver: {
        "an approver who made nothing approves": (MET, {}),
        "the author may not approve, however the name is spelled": (NOT_MET, {Charter: {"owners": {"approver": "mo"}}}),
        "the operator may not approve": (NOT_MET, {Charter: {"owners": {"approver": " OLA "}}}),
        "who prepared the data may not approve": (NOT_MET, {Charter: {"owners": {"approver": "Dan"}}}),
        "the owner of the model may not approve what another trained": (
            NOT_MET,
            {
                Charter: {"owners": {"approver": "Mo"}},
                r.Tracking: {"winner": {"tags": {"mlflow.user": "ci"}}},
                r.Authorship: {"authors": ("Eve",)},
            },
        ),
        "who trained may not approve": (NOT_MET, {r.Tracking: {"winner": {"tags": {"mlflow.user": "ada"}}}}),
        "a run that names no user cannot be told": (UNKNOWN, {r.Tracking: {"winner": {"tags": {}}}}),
        "who wrote the commit may not approve": (NOT_MET, {r.Authorship: {"authors": ("Ada", "a@example.org")}}),
        "where git knows no author, the user is held against": (MET, {r.Authorship: {"authors": ()}}),
        "two who are accountable are none": (NOT_MET, {Charter: {"owners": {"data": "Dan, Eve"}}}),
        "two who approve are none": (NOT_MET, {Charter: {"owners": {"approver": "Ada & Bob"}}}),
        "what another ran was approved": (MET, approved("Ada")),
        "who ran it approved it": (NOT_MET, approved("MO")),
        "an approval of nothing": (NOT_MET, approved("Ada", decision=99)),
        "an approval that names no decision": (NOT_MET, approved("Ada", decision=None)),
        "a champion was let go by who did not compare": (MET, let_go("Ada", "mo")),
        "a champion was let go by who compared": (NOT_MET, let_go("Ada", " ada")),
        "a champion was let go, and nobody knows who compared": (NOT_MET, let_go("Ada", None)),
    },
    checks.every_release_can_be_traced_and_rebuilt: {
        "all is named, and it came out again": (MET, {}),
        "no commit is named": (NOT_MET, tagged(commit="")),
        "no data revision is named": (NOT_MET, tagged(data_revision="")),
        "no parameters are named": (NOT_MET, tagged(params_sha256="")),
        "no lock is named": (NOT_MET, tagged(lock_sha256="")),
        "no flow run is named": (NOT_MET, tagged(flow_run_id="")),
        "no schema of the features is named": (NOT_MET, tagged(feature_schema_sha256="")),
        "the commit does not hold what ran": (NOT_MET, tagged(dirty="true")),
        "whether the commit holds what ran is not known": (NOT_MET, tagged(dirty="")),
        "nobody rebuilt it yet": (UNKNOWN, {r.Reproductions: {"of": {}}}),
        "what is not named is told also where nobody rebuilt it": (
            NOT_MET,
            {**tagged(commit=""), r.Reproductions: {"of": {}}},
        ),
        "the champion was rebuilt, and the candidate not yet": (MET, climbing({1: rebuilt()})),
        "the candidate did not come out again, and the champion did": (
            NOT_MET,
            climbing({1: rebuilt(), 2: rebuilt(2, entry=61, passed=False)}),
        ),
        "a first candidate was rebuilt": (MET, {r.Registry: {"aliases": {"candidate": 1}}}),
        "another version was rebuilt": (UNKNOWN, {r.Reproductions: {"of": {7: rebuilt(7)}}}),
        "it came out within tolerance": (MET, again(exact=False)),
        "it did not come out again": (NOT_MET, again(passed=False)),
        "a metric that lies off": (NOT_MET, again(metrics={"average_precision": metric(0.80)})),
        "a metric that is said to lie off": (NOT_MET, again(metrics={"average_precision": metric(within=False)})),
        "a metric that could not be told": (NOT_MET, again(metrics={"average_precision": metric(None)})),
        "a metric that is not a number": (NOT_MET, again(metrics={"average_precision": metric(float("nan"))})),
        "no metric was compared": (NOT_MET, again(metrics={})),
        "it was rebuilt from other data": (NOT_MET, again(inputs=INPUTS | {"data": seen("a", "b")})),
        "other data that is called the same": (
            NOT_MET,
            again(inputs=INPUTS | {"data": replace(seen("a", "b"), same=True)}),
        ),
        "the same data that is called another": (
            NOT_MET,
            again(inputs=INPUTS | {"data": replace(seen("a"), same=False)}),
        ),
        "the commit it was rebuilt from is not told": (NOT_MET, again(inputs=without("commit"))),
        "the data it was rebuilt from are not told": (NOT_MET, again(inputs=without("data"))),
        "the lock it was rebuilt from is not told": (NOT_MET, again(inputs=without("lock"))),
        "the parameters it was rebuilt from are not told": (NOT_MET, again(inputs=without("parameters"))),
        "a metric of which nothing was expected": (
            NOT_MET,
            again(metrics={"average_precision": replace(metric(), expected=None)}),
        ),
        "the parts of the data are others": (NOT_MET, again(parts={"train": seen("a", "b")})),
        "a machine of another kind rebuilt it": (MET, again(inputs=INPUTS | {"machine": seen("arm", "x86")})),
        "a record that says more than the ledger": (NOT_MET, {r.Reproductions: {"of": {1: rebuilt(exact=False)}}}),
        "the ledger says that it did not come out": (NOT_MET, told_otherwise(passed=False)),
        "the ledger tells another digest": (NOT_MET, told_otherwise(digest={"expected": "0", "seen": "0"})),
        "the ledger tells of another version": (NOT_MET, told_otherwise(7)),
        "a reproduction that the ledger does not know": (NOT_MET, again(entry=1)),
        "a reproduction in a broken ledger": (NOT_MET, {r.Ledger: {"breaks": ("entry 2 was edited",)}}),
        "no alias names a version": (UNKNOWN, {r.Registry: {"aliases": {}}}),
    },
    checks.planned_levers_were_tried_from_a_baseline_upward: {
        "every lever was tried after a baseline": (MET, {}),
        "a planned lever that was never tried is missed": (NOT_MET, {Charter: {"improvement_levers": ("stacking",)}}),
        "no plan is no plan": (NOT_MET, {Charter: {"improvement_levers": ()}}),
        "a baseline that was tried last came too late": (NOT_MET, tried(CHOSEN, LINEAR, replace(DUMMY, trial=5))),
        "a baseline of the same number came no earlier": (NOT_MET, tried(CHOSEN, LINEAR, replace(DUMMY, trial=3))),
        "rivals are no baseline": (NOT_MET, tried(CHOSEN, LINEAR, SMALLER)),
        "a smaller one of the same family is no baseline": (
            NOT_MET,
            tried(CHOSEN, LINEAR, replace(SMALLER, baseline=True), replace(DUMMY, baseline=False)),
        ),
        "a model that is no trial is refused": (NOT_MET, {r.Training: {"best_trial": 99}}),
        "an empty leaderboard has no baseline": (NOT_MET, {r.Leaderboard: {"candidates": ()}}),
        "a dummy does not beat the rule": (NOT_MET, {r.Training: {"best_trial": 0, "family": "dummy", "params": {}}}),
        "an uplift under the declared margin is too little": (
            NOT_MET,
            {r.Evaluation: {"uplift": r.Interval(value=0.04)}},
        ),
        "an infinite uplift is none": (NOT_MET, {r.Evaluation: {"uplift": r.Interval(value=float("inf"))}}),
    },
    checks.fairness_and_explanation_accompany_the_model: {
        "no protected attribute, with a reason, and attributions": (MET, {}),
        "no attribute and no reason is refused": (NOT_MET, {Charter: {"fairness": {"reason": " "}}}),
        "without attributions nothing was reviewed": (NOT_MET, {r.Explanation: {"importances": {}}}),
        "an attribution that is not a number was not reviewed": (
            NOT_MET,
            {r.Explanation: {"importances": {"delay": float("nan")}}},
        ),
        "a gap as wide as may be": (MET, protecting(gap=0.1)),
        "a column of people that the model reads contradicts the reason": (NOT_MET, {r.Profile: PEOPLE}),
        "a column of people that is dropped leaves the reason to those who attest": (
            MET,
            {r.Profile: PEOPLE, r.Baseline: {"columns": {}}},
        ),
        "a gap above the bound is unfair": (NOT_MET, protecting(gap=0.3)),
        "rows that were unfair before training": (NOT_MET, protecting(label_gap=0.3)),
        "a group of five people cannot be told": (UNKNOWN, protecting(gap=None)),
        "fair answers alone do not show fair rows": (
            UNKNOWN,
            protecting() | {r.BiasBefore: {"attributes": {}}},
        ),
    },
    checks.findings_flow_back_to_earlier_phases: {
        "evaluation leads back to the data, drift to a retraining, and rejections have reasons": (MET, {}),
        "the way back was never practised": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a drill that failed is refused": (NOT_MET, led(passed=False)),
        "a drill of long ago is refused": (NOT_MET, led(made=NOW - timedelta(days=90))),
        "a drill that the ledger tells otherwise is refused": (NOT_MET, led(feedback(passed=False))),
        "a drill that refused nothing is refused": (NOT_MET, led(about=LED | {"refused": []})),
        "one that reached nobody is refused": (NOT_MET, led(about=LED | {"reached": []})),
        "one that was never closed is refused": (NOT_MET, led(about=LED | {"closed": False})),
        "an evaluation refused since that left no word is refused": (NOT_MET, refused_since(())),
        "word without a reason is refused": (NOT_MET, refused_since((finding(because=()),))),
        "word with a reason counts": (MET, refused_since((finding(),))),
        "what was refused before the way was practised needs none": (MET, refused_since((), number=8)),
        "without a drift that retrained the drill of decay counts": (MET, no_drift()),
        "without it nothing can be told": (UNKNOWN, no_drift(without="decay")),
        "a drill of decay that raised no alarm is refused": (NOT_MET, no_drift(decay(about={}))),
        "a drill of decay that failed is refused": (NOT_MET, no_drift(decay(passed=False))),
        "a trial rejected without a reason is refused": (
            NOT_MET,
            {r.Tracking: {"trials": tuple(replace(run, tags={}) for run in GOOD.get(r.Tracking).trials)}},
        ),
        "a decision refused without a reason is refused": (NOT_MET, refused_since((finding(),), blocking=())),
        "where nothing was rejected it cannot be told": (UNKNOWN, tried(CHOSEN, RULE)),
        "a training that nobody logged": (UNKNOWN, {r.Tracking: None}),
    },
    checks.the_workload_is_profiled: {
        "measured by the run, aimed at with reasons": (MET, {}),
        "a profile of another version is refused": (NOT_MET, {r.Workload: {"version": 7}}),
        "a profile of other bytes is refused": (NOT_MET, {r.Workload: {"digest": "0" * 64}}),
        "a profile older than its version is refused": (NOT_MET, {r.Workload: {"made": NOW - timedelta(days=1)}}),
        "a size that was not measured is refused": (NOT_MET, {r.Workload: {"current": {"artifact_mib": NAN}}}),
        "a load that was not measured is refused": (NOT_MET, {r.Workload: {"current": {"throughput": None}}}),
        "a latency that the release tells otherwise is refused": (NOT_MET, {r.Workload: {"current": {"p95_ms": 1.0}}}),
        "half a MiB is a size": (MET, {r.Workload: {"current": {"artifact_mib": 0.5}}}),
        "less than nothing is none": (NOT_MET, {r.Workload: {"current": {"artifact_mib": -0.5}}}),
        "a median that the release tells otherwise is refused": (NOT_MET, {r.Workload: {"current": {"p50_ms": 1.0}}}),
        "memory that the release tells otherwise is refused": (NOT_MET, {r.Workload: {"current": {"memory_mib": 1.0}}}),
        "a later model that tells its interval": (MET, {r.Registry: {"versions": LATER}}),
        "an interval that is no figure is refused": (
            NOT_MET,
            {r.Workload: {"current": {"retrain_days": NAN}}, r.Registry: {"versions": LATER}},
        ),
        "the first model has no interval": (MET, {r.Workload: {"current": {"retrain_days": None}}}),
        "a later one that tells none cannot be told": (
            UNKNOWN,
            {
                r.Workload: {"current": {"retrain_days": None}},
                r.Registry: {"versions": LATER},
            },
        ),
        "a target without a reason is refused": (NOT_MET, aimed("memory_mib", r.Target(figure=1.0, reason=" "))),
        "a target that nobody stated cannot be told": (UNKNOWN, aimed("retrain_days", None)),
        "nothing was profiled": (UNKNOWN, {r.Workload: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("stage", "owner"),
    [
        ("framing", "Bea"), ("data preparation", "Dan"), ("training", "Mo"), ("evaluation", "Mo"), ("promotion", "Ada"),
        ("deployment", "Ola"), ("monitoring", "Ola"), ("retraining", "Ola"),
    ],
)  # fmt: skip
def test_each_stage_is_told_with_its_owner(stage: str, owner: str) -> None:
    told = ask(checks.every_stage_has_one_owner_and_a_separate_approver, GOOD).because
    assert f"{stage}: {owner}" in told and "the commit is by Mo" in told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "byte for byte", id="the same bytes"),
        pytest.param(again(exact=False), "within tolerance", id="the same figures"),
    ],
)
def test_how_exactly_a_version_came_out_again_is_told(changes: Changes, words: str) -> None:
    assert words in ask(checks.every_release_can_be_traced_and_rebuilt, GOOD.but(changes)).because


def test_a_leaderboard_without_a_baseline_is_told_from_one_that_came_too_late() -> None:
    check = checks.planned_levers_were_tried_from_a_baseline_upward
    assert because(check, tried(CHOSEN, LINEAR, SMALLER)).startswith("the leaderboard holds no finished baseline")
    assert because(check, tried(CHOSEN, replace(DUMMY, trial=5))).endswith("before any baseline was tried")


@pytest.mark.parametrize(
    ("current", "words"),
    [
        ({}, "artifact_mib 1 of 500, p50_ms 5 of 500, p95_ms 9 of 500, throughput 150 of 500, memory_mib 300 of 500, "
             "retrain_days 30 of 500"),
        ({"retrain_days": None}, "retrain_days none of 500"),
        ({"p95_ms": NAN}, "not measured: p95_ms"),
    ],
)  # fmt: skip
def test_each_figure_of_the_workload_is_told(current: dict[str, float | None], words: str) -> None:
    assert because(checks.the_workload_is_profiled, {r.Workload: {"current": current}}).endswith(words)
