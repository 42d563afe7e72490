"""Each agreed figure has a rule that is silent at its bound and not beyond, and a test alarm goes all the way."""

import json
import sys
from pathlib import Path

import pytest

from config.settings import Notify, Settings
from tasks import alerts, levels
from tasks.levels import Rule

MOST, LEAST = Rule("p95_ms", 250.0), Rule("disk_free_mib", 200.0, at_least=True)
KPIS = ["p50_ms", "p95_ms", "p99_ms", "error_rate", "per_second", "rss_mib", "busy", "disk_free_mib"]


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        pytest.param(MOST, 250.0, False, id="at most, and it is that"),
        pytest.param(MOST, 250.1, True, id="at most, and it is more"),
        pytest.param(LEAST, 200.0, False, id="at least, and it is that"),
        pytest.param(LEAST, 199.9, True, id="at least, and it is less"),
        pytest.param(MOST, None, False, id="nothing was seen"),
        pytest.param(MOST, float("nan"), True, id="what is no number is never as agreed"),
    ],
)
def test_a_rule(rule: Rule, value: float | None, expected: bool) -> None:
    assert rule.is_broken_by(value) is expected


def test_the_words_of_a_rule_do_not_tell_what_was_seen() -> None:
    assert levels.broken([MOST, LEAST], {"p95_ms": 300.0, "disk_free_mib": 1.0}) == [
        "p95_ms is above the 250 that was agreed",
        "disk_free_mib is below the 200 that was agreed",
    ]


def rehearsed(settings: Settings, folder: Path, *command: str) -> levels.Rehearsal:
    usage = settings.charter.usage
    assert usage is not None
    return levels.rehearse(levels.rules_of(usage, memory_mib=512.0), Notify(command=command), folder=folder)


def test_every_agreed_figure_has_a_rule_that_works(shipped: Settings, tmp_path: Path) -> None:
    rules = rehearsed(shipped, tmp_path).rules
    assert [rule.kpi for rule in rules] == KPIS
    assert all(rule.silent_within and rule.fires_beyond for rule in rules)


def test_the_test_alarm_is_kept_apart_from_alerts_that_are_to_be_answered(shipped: Settings, tmp_path: Path) -> None:
    told = rehearsed(shipped, tmp_path)
    kept = json.loads(Path(told.file).read_text())
    assert told.kept and (kept["kind"], kept["about"]) == ("test", "a rehearsal of the alarms of the scoring server")
    assert alerts.read_alerts(tmp_path) == []


@pytest.mark.parametrize(("code", "answer"), [(0, "exit code 0"), (3, "exit code 3")])
def test_it_is_told_whether_the_alarm_was_taken(code: int, answer: str, shipped: Settings, tmp_path: Path) -> None:
    told = rehearsed(shipped, tmp_path, sys.executable, "-c", f"raise SystemExit({code})")
    assert (told.configured, told.delivered) == (("command",), {"command": answer})
