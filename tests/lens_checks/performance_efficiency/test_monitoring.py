"""Drift that is measured and answered, retraining that starts by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.performance_efficiency import monitoring as checks
from tests.lens_checks.made import NOW, START, entry
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

WINDOWS = GOOD.get(r.MonitoringHistory).windows


def last(**changes: object) -> dict[str, object]:
    """Give the history with the last window changed."""
    return {"windows": (WINDOWS[0], replace(WINDOWS[1], **changes))}


GONE = r.FeatureDrift(psi=None, drifted=True)
STILL = r.FeatureDrift(psi=0.1, drifted=False)
STARTED = entry(9, "retraining", NOW, outcome="started", cause="drift")

VERDICTS = {
    checks.drift_is_measured_and_answered: {
        "one window alarmed and was answered, one was quiet": (MET, {}),
        "a monitor that never alarmed has not shown that it can": (
            UNKNOWN,
            {r.MonitoringHistory: {"windows": WINDOWS[1:]}},
        ),
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
            {r.MonitoringHistory: {"windows": (WINDOWS[0], replace(WINDOWS[0], made=NOW))}},
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
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
