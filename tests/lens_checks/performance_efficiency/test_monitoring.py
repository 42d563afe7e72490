"""Drift that is measured and answered, retraining that starts by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.performance_efficiency import monitoring as checks
from tests.lens_checks import living
from tests.lens_checks.made import NOW, START, entry
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

WINDOWS = GOOD.get(r.MonitoringHistory).windows


def last(**changes: object) -> dict[str, object]:
    """Give the history with the last window changed."""
    return {"windows": (WINDOWS[0], replace(WINDOWS[1], **changes))}


GONE = r.FeatureDrift(psi=None, drifted=True)
STILL = r.FeatureDrift(psi=0.1, drifted=False)
STARTED = entry(9, "retraining", NOW, outcome="started", cause="drift")

STRANGE = r.ExplainedRow(answer=0.8, contributions={"hour": 0.5})
FELL = {"average_precision": {"value": 0.7, "dropped": True}, "dropped": True}
SETS = GOOD.get(r.Exploration).compared


def agreeing(share: float) -> Changes:
    """Give a last window in which what matters agrees so much with the promotion."""
    return living.last(sides=living.sides(attribution=r.Attribution(agreement=share, bound=0.9, rows=900)))


def showing(**change: object) -> Changes:
    """Give a drill of decay that showed something else."""
    return living.decayed(about={**living.SHOWN, **change})


def later(days: int) -> Changes:
    """Let so many days have gone by, at the end of which the drill of decay was made once more."""
    now = NOW + timedelta(days=days)
    return {**living.decayed(made=now), r.Clock: {"now": now}}


VERDICTS = {
    checks.drift_is_measured_and_answered: {
        "one window alarmed and was answered, one was quiet": (MET, {}),
        "a monitor that never alarmed has not shown that it can": (
            UNKNOWN,
            {r.MonitoringHistory: {"windows": WINDOWS[1:]}, r.Drills: {"drills": {}}},
        ),
        "but for the drill that shows it": (MET, {r.MonitoringHistory: {"windows": WINDOWS[1:]}}),
        "a drill that failed is refused where nothing else shows it": (
            NOT_MET,
            {r.MonitoringHistory: {"windows": WINDOWS[1:]}, **living.decayed(passed=False)},
        ),
        "and is not asked where windows show it": (MET, living.decayed(passed=False)),
        "forty rows in the window cannot be told": (UNKNOWN, {r.MonitoringHistory: last(verdict="unknown")}),
        "a last window that cannot be told hides behind no other": (
            UNKNOWN,
            {r.MonitoringHistory: {"windows": (*WINDOWS, replace(WINDOWS[1], verdict="unknown"))}},
        ),
        "a window without features cannot be told": (UNKNOWN, {r.MonitoringHistory: last(features={})}),
        "a window without a baseline cannot be told": (UNKNOWN, {r.MonitoringHistory: last(baseline_sha256=None)}),
        "a feature that is gone has drifted without a figure": (
            MET,
            {r.MonitoringHistory: last(features={"hour": GONE, "delay": STILL})},
        ),
        "a figure at the limit has drifted": (
            MET,
            {r.MonitoringHistory: last(features={"delay": r.FeatureDrift(psi=0.2, drifted=True)})},
        ),
        "drift under the limit is no drift": (
            NOT_MET,
            {r.MonitoringHistory: last(features={"delay": r.FeatureDrift(psi=0.19, drifted=True)})},
        ),
        "a monitor that alarms always has not shown that it can be quiet": (
            UNKNOWN,
            {
                r.MonitoringHistory: {"windows": (WINDOWS[0], replace(WINDOWS[0], made=NOW))},
                r.Drills: {"drills": {}},
            },
        ),
        "an alarm that may be answered until this moment": (
            UNKNOWN,
            {r.Ledger: {"entries": ()}, r.Clock: {"now": START + timedelta(days=45)}},
        ),
        "a window of another version says nothing of this one": (UNKNOWN, {r.MonitoringHistory: last(version=7)}),
        "a drift without a figure cannot be told": (
            UNKNOWN,
            {r.MonitoringHistory: last(features={"delay": r.FeatureDrift(psi=None, drifted=False)})},
        ),
        "drift that was overlooked is refused": (
            NOT_MET,
            {r.MonitoringHistory: last(features={"delay": r.FeatureDrift(psi=0.9, drifted=False)})},
        ),
        "an alarm of today may still be answered": (UNKNOWN, {r.Ledger: {"entries": ()}}),
        "an alarm that nobody answered in time is refused": (
            NOT_MET,
            {r.Ledger: {"entries": ()}, r.Clock: {"now": START + timedelta(days=46)}},
        ),
    },
    checks.retraining_starts_by_itself_and_passes_the_same_gates: {
        "a retraining by drift, promoted by a decision": (MET, {}),
        "retraining by hand alone does not start by itself": (NOT_MET, {Policy: {"retraining": {"causes": ("hand",)}}}),
        "nor does retraining by the calendar": (NOT_MET, {Policy: {"retraining": {"causes": ("schedule",)}}}),
        "nor do both together": (NOT_MET, {Policy: {"retraining": {"causes": ("schedule", "hand")}}}),
        "one measured cause is enough": (MET, {Policy: {"retraining": {"causes": ("hand", "decay")}}}),
        "a retraining that names no cause is refused": (
            NOT_MET,
            {r.Ledger: {"entries": (entry(1, "retraining", NOW, outcome="started"),)}},
        ),
        "a promotion to staging by a decision": (
            MET,
            {
                r.Ledger: {
                    "entries": (
                        entry(1, "decision", gate="staging", outcome="passed"),
                        entry(2, "done", alias="staging", decision=1),
                        STARTED,
                    )
                }
            },
        ),
        "a promotion by the decision of another gate is refused": (
            NOT_MET,
            {
                r.Ledger: {
                    "entries": (
                        entry(1, "decision", gate="staging", outcome="passed"),
                        entry(2, "done", alias="champion", decision=1),
                        STARTED,
                    )
                }
            },
        ),
        "a broken ledger is refused also where nothing was promoted": (
            NOT_MET,
            {r.Ledger: {"entries": (STARTED,), "breaks": ("entry 2 was edited",)}},
        ),
        "a retraining without a cause is refused": (
            NOT_MET,
            {r.Ledger: {"entries": (entry(1, "retraining", NOW, outcome="started", cause=""),)}},
        ),
        "a promotion past the gate is refused": (
            NOT_MET,
            {r.Ledger: {"entries": (entry(1, "done", alias="champion", version=1, decision=9),)}},
        ),
        "a broken ledger is refused": (NOT_MET, {r.Ledger: {"breaks": ("entry 2 was edited",)}}),
        "without a registered schedule nothing can be told": (UNKNOWN, {r.Orchestration: {"deployments": ()}}),
        "where nothing was retrained nothing can be told": (UNKNOWN, {r.Ledger: {"entries": ()}}),
    },
    checks.explanations_hold_and_are_watched: {
        "stable, faithful, and what matters has not moved": (MET, {}),
        "no answer was explained by itself": (UNKNOWN, {r.Explanation: {"local": None}}),
        "a feature without importance is refused": (NOT_MET, {r.Explanation: {"importances": {"delay": float("nan")}}}),
        "no feature at all is refused": (NOT_MET, {r.Explanation: {"importances": {}}}),
        "no feature at all is refused where no answer names one either": (
            NOT_MET,
            {r.Explanation: {"importances": {}, "local": {"rows": (r.ExplainedRow(answer=0.8, contributions={}),)}}},
        ),
        "no rows are refused": (NOT_MET, {r.Explanation: {"local": {"rows": ()}}}),
        "a row explained by other features is refused": (NOT_MET, {r.Explanation: {"local": {"rows": (STRANGE,)}}}),
        "as stable as asked for": (MET, {r.Explanation: {"stability": 0.9}}),
        "less stable is refused": (NOT_MET, {r.Explanation: {"stability": 0.89}}),
        "of a stability that nobody told is refused": (NOT_MET, {r.Explanation: {"stability": None}}),
        "as faithful as asked for": (MET, {r.Explanation: {"local": {"fidelity": 0.8}}}),
        "less faithful is refused": (NOT_MET, {r.Explanation: {"local": {"fidelity": 0.79}}}),
        "a window of another version": (UNKNOWN, living.last(version=7)),
        "a champion that is not registered": (UNKNOWN, {r.Registry: {"versions": ()}}),
        "the explanation of a later candidate": (UNKNOWN, {r.Evaluation: {"model_digest": "0" * 64}}),
        "a window without labels": (UNKNOWN, living.last(sides=living.sides(attribution=None))),
        "a window as old as may be": (MET, {r.Clock: {"now": NOW + timedelta(days=45)}}),
        "an older one is refused": (NOT_MET, {r.Clock: {"now": NOW + timedelta(days=46)}}),
        "what matters agrees just enough": (MET, agreeing(0.9)),
        "what matters has moved, and is refused": (NOT_MET, agreeing(0.89)),
        "no schedule": (UNKNOWN, {r.Orchestration: {"deployments": ()}}),
    },
    checks.loss_of_quality_is_seen_and_answered: {
        "labels came in, and a drill showed decay": (MET, {}),
        "a window of another version": (UNKNOWN, living.last(version=7)),
        "a KPI that nobody measured": (UNKNOWN, living.last(performance=None)),
        "half of the labels": (MET, living.last(labels_share=0.5)),
        "fewer labels": (UNKNOWN, living.last(labels_share=0.49)),
        "a window as old as may be": (MET, later(45)),
        "an older one is refused": (NOT_MET, later(46)),
        "a fall without an alarm is refused": (NOT_MET, living.last(performance=FELL)),
        "a fall with an alarm": (MET, living.last(performance=FELL, alarms=("it fell",))),
        "no drill": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a drill that failed is refused": (NOT_MET, living.decayed(passed=False)),
        "a drill of long ago is refused": (NOT_MET, living.decayed(made=NOW - timedelta(days=36))),
        "a drill that the ledger tells otherwise is refused": (NOT_MET, living.decayed(living.decay(passed=False))),
        "an alarm on sound rows is refused": (NOT_MET, showing(clean={"alarmed": True, "cause": "drift"})),
        "no alarm on decayed rows is refused": (NOT_MET, showing(decayed={"alarmed": False, "cause": "decay"})),
        "an alarm that leads to nothing is refused": (NOT_MET, showing(decayed={"alarmed": True, "cause": None})),
        "no alarm on rows that drifted is refused": (NOT_MET, showing(drifted={"alarmed": False, "cause": "drift"})),
        "rows that drifted may decay too": (MET, showing(drifted={"alarmed": True, "cause": "decay"})),
        "a drill without rows that drifted is refused": (NOT_MET, showing(drifted=None)),
    },
    checks.new_data_and_features_are_explored: {
        "two sets on the same rows, no new column": (MET, {}),
        "no exploration": (UNKNOWN, {r.Exploration: None}),
        "the review is due now": (MET, {r.Exploration: {"next_review": NOW}}),
        "a review that is overdue is refused": (NOT_MET, {r.Exploration: {"next_review": NOW - timedelta(seconds=1)}}),
        "an exploration of a year ago": (MET, {r.Exploration: {"made": NOW - timedelta(days=365)}}),
        "an older one is refused": (NOT_MET, {r.Exploration: {"made": NOW - timedelta(days=366)}}),
        "other rows": (UNKNOWN, {r.Exploration: {"tune_sha256": "0" * 64}}),
        "another metric": (UNKNOWN, {r.Exploration: {"metric": "brier"}}),
        "one set alone is refused": (NOT_MET, {r.Exploration: {"compared": SETS[:1]}}),
        "the same set twice is refused": (NOT_MET, {r.Exploration: {"compared": (SETS[0], SETS[0])}}),
        "a set without a score is refused": (
            NOT_MET,
            {r.Exploration: {"compared": (SETS[0], replace(SETS[1], value=None))}},
        ),
        "sets without the one in use are refused": (NOT_MET, {r.Training: {"features": ("delay", "hour")}}),
        "nobody looked for new columns": (UNKNOWN, {r.Exploration: {"new_columns": None}}),
        "new columns were found": (MET, {r.Exploration: {"new_columns": ("gate",)}}),
    },
    checks.people_look_at_a_sample_of_answers: {
        "a hundred looked at, ninety agreed with": (MET, {}),
        "no review": (UNKNOWN, {r.HumanReview: None}),
        "answers of another version": (UNKNOWN, {r.HumanReview: {"version": 7}}),
        "a review as old as may be": (MET, {r.HumanReview: {"made": NOW - timedelta(days=100)}}),
        "an older review is refused": (NOT_MET, {r.HumanReview: {"made": NOW - timedelta(days=101)}}),
        "no uncertain answer is refused": (NOT_MET, {r.HumanReview: {"queued": {"random": 100}}}),
        "no random answer is refused": (NOT_MET, {r.HumanReview: {"queued": {"low confidence": 100, "random": 0}}}),
        "one of each is enough of a kind": (MET, {r.HumanReview: {"queued": {"low confidence": 99, "random": 1}}}),
        "just enough": (MET, {r.HumanReview: {"reviewed": 50, "agreed": 40}}),
        "too few are refused": (NOT_MET, {r.HumanReview: {"reviewed": 49, "agreed": 49}}),
        "more looked at than queued is refused": (NOT_MET, {r.HumanReview: {"reviewed": 101}}),
        "too little agreement is refused": (NOT_MET, {r.HumanReview: {"agreed": 79}}),
        "more agreed with than looked at is refused": (NOT_MET, {r.HumanReview: {"agreed": 101}}),
        "labels without a version": (UNKNOWN, {r.HumanReview: {"labels_sha256": None}}),
        "labels that nothing learned from": (UNKNOWN, {r.HumanReview: {"used_in": None}}),
        "labels used by an entry that is no retraining": (UNKNOWN, {r.HumanReview: {"used_in": 2}}),
        "labels used by a ledger that does not hold": (UNKNOWN, {r.Ledger: {"breaks": ("entry 4 was edited",)}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
