"""What is asked of the newest window is asked of what it tells, to the minute that two clocks may differ by."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lens_checks import living
from lens_checks.evidence import records as r
from tests.lens_checks.made import NOW, entry
from tests.lens_checks.world import GOOD

CLOCK, WINDOW = r.Clock(now=NOW), GOOD.get(r.MonitoringHistory).last
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        pytest.param(-5 * MINUTE, "", id="by a clock that goes five minutes ahead"),
        pytest.param(-5 * MINUTE - SECOND, "the list is dated 2026-11-22, in the future", id="by one further ahead"),
        pytest.param(timedelta(days=30), "", id="as old as may be"),
        pytest.param(timedelta(days=30, seconds=1), "the list is 30 days old, 30 are accepted", id="a second older"),
    ],
)
def test_what_is_too_old_or_yet_to_come_is_told(age: timedelta, words: str) -> None:
    assert living.too_old("the list", NOW - age, CLOCK, days=30) == words


@pytest.mark.parametrize(
    ("performance", "value", "fallen"),
    [
        pytest.param(None, None, [], id="the truth has not come in"),
        pytest.param({"brier": {"value": 0.1, "dropped": True}}, 0.1, ["brier"], id="it fell"),
        pytest.param({"brier": {"value": 0.1, "dropped": False}}, 0.1, [], id="it holds"),
        pytest.param({"brier": {"value": "0.1"}, "dropped": True}, None, [], id="a word is no value"),
        pytest.param({"brier": {}}, None, [], id="it was not told"),
    ],
)
def test_what_came_true_is_read_from_the_window(
    performance: dict[str, object] | None, value: float | None, fallen: list[str]
) -> None:
    window = replace(WINDOW, performance=performance)
    assert (living.realised(window, "brier"), list(living.falls(window))) == (value, fallen)


def test_a_retraining_and_a_rollback_answer_a_bad_window() -> None:
    started, idle = (entry(n, "retraining", outcome=outcome) for n, outcome in ((1, "started"), (2, "not worth it")))
    back = entry(3, "rollback", alias="champion", version=1)
    assert living.answers(r.Ledger(entries=(started, idle, back), breaks=())) == (started, back)
