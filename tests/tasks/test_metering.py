"""Phases tell what they took; what takes too long or too much rings, and what is usual does not."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import Charter, Metering, ProblemType
from tasks import alerts, files, metering, runlog
from tasks.metering import Line, Meter
from tests.tasks.problems import settings_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = Metering(duration_factor=3.0, slack_seconds=30.0, least_runs=2, budget_share=0.5)
LINE = Line("r", None, "", "Training", "hand", NOW, NOW, 10.0, 3600.0, 1.0, 1, 1, 0, "done", skipped=False)


def charter(monthly: float | None = 1.0, price: float = 0.1) -> Charter:
    """Give a charter that grants a sum a month at a price of the hour."""
    known = settings_of(ProblemType.BINARY).charter
    budget = known.budget.model_copy(update={"monthly": monthly, "cpu_hour_price": price})
    return known.model_copy(update={"budget": budget})


@pytest.mark.parametrize(
    ("seconds", "earlier", "rings"),
    [
        pytest.param(61.0, [LINE] * 2, True, id="three times what is usual, and half a minute on top"),
        pytest.param(60.0, [LINE] * 2, False, id="as long as may be"),
        pytest.param(900.0, [LINE], False, id="one run makes no usual duration"),
        pytest.param(900.0, [LINE, replace(LINE, skipped=True)], False, id="one that was skipped makes none"),
        pytest.param(900.0, [LINE, replace(LINE, outcome="stopped")], False, id="nor one that was stopped"),
        pytest.param(900.0, [LINE, replace(LINE, phase="Framing")], False, id="nor another phase"),
    ],
)
def test_a_phase_that_takes_too_long_rings(seconds: float, earlier: list[Line], rings: bool) -> None:
    assert bool(metering.unusual(replace(LINE, seconds=seconds), earlier, RULES)) is rings


@pytest.mark.parametrize(
    ("lines", "monthly", "rings"),
    [
        pytest.param([LINE] * 5, 1.0, True, id="half of what is granted"),
        pytest.param([LINE] * 4, 1.0, False, id="less than that"),
        pytest.param([replace(LINE, end=NOW - timedelta(days=40))] * 9, 1.0, False, id="what was spent a month ago"),
        pytest.param([LINE] * 99, None, False, id="no budget knows too much"),
    ],
)
def test_a_month_that_costs_too_much_rings(lines: list[Line], monthly: float | None, rings: bool) -> None:
    assert bool(metering.overspent(lines, charter(monthly), RULES, now=NOW)) is rings


def test_the_budget_is_told_of_once_by_the_phase_that_goes_past_it() -> None:
    told = [metering.alarms(LINE, [LINE] * n, charter=charter(), rules=replace_rules(9)) for n in (3, 4, 5)]
    assert [[about for about, _ in each] for each in told] == [[], ["the budget of this month"], []]


def replace_rules(least: int) -> Metering:
    """Give the rules with no usual duration yet."""
    return RULES.model_copy(update={"least_runs": least})


def test_alarms_are_tried_before_they_are_needed() -> None:
    both = {"raised": True, "quiet": True}
    assert metering.try_alarms(charter(), RULES) == {"duration": both, "budget": both}


def test_without_a_budget_its_alarm_cannot_be_tried() -> None:
    assert set(metering.try_alarms(charter(None), RULES)) == {"duration"}


@pytest.fixture
def meter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Meter:
    monkeypatch.chdir(tmp_path)
    return Meter("drift", charter(), RULES, days=90)


def worked(meter: Meter) -> Line:
    """Meter some work of this process and of one that it starts."""
    began = meter.begin()
    Path("out").write_bytes(b"x" * 100_000)
    subprocess.run([sys.executable, "-c", "print(open('out').read(9))"], check=True, capture_output=True)
    return meter.end(began, "Training", flow_run_id="f", outcome="done", skipped=False, inputs="i")


def test_a_phase_tells_what_it_took(meter: Meter) -> None:
    line = worked(meter)
    assert 0 < line.seconds < 60 and line.cpu_seconds > 0 and line.peak_rss_mib > 1 and line.start < line.end
    assert (line.written_bytes or 0) >= 100_000 and (line.read_bytes or 0) > 0
    assert (line.phase, line.cause, line.flow_run_id, line.inputs, line.left) == ("Training", "drift", "f", "i", 0)


def test_a_process_that_is_left_behind_is_counted(meter: Meter) -> None:
    began = meter.begin()
    with subprocess.Popen(["sleep", "60"]) as left:
        line = meter.end(began, "Training", flow_run_id=None, outcome="done", skipped=False, inputs="")
        left.kill()
    assert line.left == 1


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system does not tell who waits")
def test_waiting_for_a_processor_that_another_has_is_told_apart(meter: Meter) -> None:
    began, own = meter.begin(), os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(own)})
    try:
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
            until = time.monotonic() + 60.0
            while metering.Reading.take().waited - began.waited < 0.05 and time.monotonic() < until:
                sum(range(100_000))
            line = meter.end(began, "Training", flow_run_id=None, outcome="done", skipped=False, inputs="")
            other.kill()
    finally:
        os.sched_setaffinity(0, own)
    assert 0.05 <= line.waited_seconds < line.seconds


def test_lines_are_kept_and_read_again(meter: Meter) -> None:
    made = [worked(meter), worked(meter)]
    assert metering.read() == made


def test_lines_beyond_their_time_are_dropped(meter: Meter) -> None:
    old = replace(LINE, start=NOW - timedelta(days=900), end=NOW - timedelta(days=900))
    files.write_json(metering.METERING, {"lines": [old]})
    assert metering.read() == [old]
    worked(meter)
    assert len(metering.read()) == 1


def test_a_book_that_cannot_be_read_is_begun_anew(meter: Meter) -> None:
    metering.METERING.parent.mkdir()
    metering.METERING.write_text('{"lines": [{"phase": 1}]}')
    worked(meter)
    assert [line.phase for line in metering.read()] == ["Training"]


def test_somebody_is_told_of_an_alarm(meter: Meter) -> None:
    meter.rules = RULES.model_copy(update={"duration_factor": 1.0001, "slack_seconds": 0.0})
    files.write_json(metering.METERING, {"lines": [replace(LINE, end=files.now(), seconds=0.0001)] * 2})
    worked(meter)
    (alert,) = alerts.read_alerts()
    assert alert["kind"] == "alarm" and "is usual" in alert["seen"]


def test_a_log_numbers_its_lines_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    log = runlog.RunLog(tmp_path / "logs" / "r.jsonl")
    log.write("begun", "", "caused by hand")
    log.write("said", "Training", "x" * 9999, trial=3)
    lines = [json.loads(line) for line in log.path.read_text().splitlines()]
    assert [line["n"] for line in lines] == [1, 2] and lines[1]["trial"] == 3
    assert len(lines[1]["text"]) == runlog.LONGEST and log.path.stat().st_mode & 0o077 == 0


def test_a_line_that_cannot_be_written_leaves_a_gap(tmp_path: Path) -> None:
    log = runlog.RunLog(tmp_path / "logs" / "r.jsonl")
    log.path.mkdir(parents=True)
    log.write("begun", "", "lost")
    log.path.rmdir()
    log.write("said", "", "kept")
    assert json.loads(log.path.read_text())["n"] == 2
