"""A retraining has a cause, and the answer to asking is the same whoever reads the same records."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from config.settings import Retraining, Window
from tasks.causes import FINISHED, NOT_WORTH_IT, STARTED, Cause, decide_cause
from tasks.chain import Entry
from tasks.watching import FeatureDrift, WindowReport

NOW = datetime(2013, 10, 2, tzinfo=UTC)
POLICY = Retraining(minimum_new_rows=1000, cooldown_hours=24)


def window(*, drifted: int = 0, dropped: bool = False, alarm: bool = True, made: datetime = NOW - timedelta(hours=1)):
    """Make the report of September."""
    features = {f"f{i}": FeatureDrift(0.5, i < drifted) for i in range(5)}
    return WindowReport(
        made=made, window=Window(start=date(2013, 9, 1), end=date(2013, 10, 1)), rows=500, version=1, digest="d",
        baseline_sha256="b", verdict="alarm" if alarm else "ok", because="", features=features, prediction_psi=0.0,
        performance={"dropped": dropped}, labels_share=1.0, service=None, alarms=("seen",) if alarm else (),
        action=None,
    )  # fmt: skip


def moved(agreement: float | None = None, gap: float | None = None) -> WindowReport:
    """Make the report of a window that raised an alarm, with its sides."""
    sides = {"attribution": {"agreement": agreement, "bound": 0.9}, "bias": {"gap": gap, "bound": 0.1}}
    return replace(window(), sides=sides)


def entry(outcome: str, *, ago: timedelta, cause: str = "drift") -> Entry:
    """Make a ledger entry about a retraining."""
    body = {"outcome": outcome, "cause": cause, "because": "because"}
    return Entry(1, 1, "retraining", "", (NOW - ago).isoformat(), body, "", "")


def decide(
    asked: str = "schedule", *, windows=(), entries=(), new_rows: int = 500, policy: Retraining = POLICY
) -> Cause:
    """Ask."""
    return decide_cause(asked, policy=policy, windows=windows, entries=entries, new_rows=new_rows, now=NOW)


LONG, SHORT = timedelta(days=30), timedelta(hours=2)


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        pytest.param(decide(), None, id="nothing speaks for it"),
        pytest.param(decide(windows=[window(drifted=3)]), "drift", id="an alarm of drift"),
        pytest.param(decide(windows=[moved(agreement=0.8)]), "drift", id="an alarm of features that matter otherwise"),
        pytest.param(decide(windows=[moved(agreement=0.9)]), None, id="features that matter as before"),
        pytest.param(decide(windows=[moved(gap=0.2)]), "drift", id="an alarm of groups treated apart"),
        pytest.param(decide(windows=[moved(gap=0.1)]), None, id="groups treated alike"),
        pytest.param(decide(windows=[moved()]), None, id="sides that could not be told"),
        pytest.param(decide(windows=[window(drifted=1, alarm=False)]), None, id="one feature that drifted is no cause"),
        pytest.param(decide(windows=[window(drifted=3, dropped=True)]), "decay", id="decay comes before drift"),
        pytest.param(decide(new_rows=1000), "new-data", id="enough new rows"),
        pytest.param(decide(windows=[window(drifted=3)], new_rows=0), None, id="an alarm without a single new row"),
        pytest.param(decide("hand"), "hand", id="somebody asks"),
        pytest.param(decide("the sensors were replaced"), "hand", id="somebody says why"),
        pytest.param(
            decide("hand", policy=Retraining(causes=("drift",))), None, id="nobody may, where the policy says so"
        ),
        pytest.param(
            decide(windows=[window(drifted=3)], policy=Retraining(causes=("decay",))), None, id="not asked about drift"
        ),
        pytest.param(decide(policy=Retraining(causes=("schedule",))), "schedule", id="the calendar, where it may"),
        pytest.param(
            decide(new_rows=9999, entries=[entry(STARTED, ago=SHORT), entry(FINISHED, ago=SHORT)]), None,
            id="too soon after the last one",
        ),
        pytest.param(
            decide("hand", entries=[entry(STARTED, ago=SHORT), entry(FINISHED, ago=SHORT)]), "hand",
            id="a person need not wait",
        ),
        pytest.param(
            decide(new_rows=9999, entries=[entry(NOT_WORTH_IT, ago=SHORT)]), "new-data",
            id="one that was not worth it starts no cooldown",
        ),
        pytest.param(
            decide(
                windows=[window(drifted=3, made=NOW - 2 * LONG)],
                entries=[entry(STARTED, ago=LONG), entry(FINISHED, ago=LONG)],
            ),
            None, id="an alarm that was answered",
        ),
        pytest.param(
            decide(new_rows=0, entries=[entry(STARTED, ago=SHORT, cause="decay")]), "decay",
            id="one that was killed is taken up again",
        ),
    ],
)  # fmt: skip
def test_the_cause(cause: Cause, kind: str | None) -> None:
    assert cause.kind == kind
    assert cause.because
