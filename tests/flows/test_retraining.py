"""A retraining takes in what was watched, counts what is new, and two never run at once."""

import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from config.errors import ConfigError, LifecycleError
from config.settings import Settings, Window
from flows import hand, operating
from flows.retraining import alone, count_new_rows, take_in_until
from tasks import causes, files, landing, watching
from tasks.chain import Entry
from tasks.ledger import Ledger
from tasks.watching import WindowReport

OCTOBER = Window(start=date(2013, 10, 1), end=date(2013, 11, 1))


@pytest.fixture
def landed(settings: Settings) -> Settings:
    """The small project with January to August landed."""
    landing.land(settings.data, window=settings.data.window, destination=Path("data/landed"))
    return settings


def watched(window: Window) -> None:
    """Leave the report of a window."""
    report = WindowReport(
        made=files.now(), window=window, rows=1, version=1, digest="d", baseline_sha256=None, verdict="ok", because="",
        features={}, prediction_psi=None, performance=None, labels_share=None, service=None, alarms=(), action=None,
    )  # fmt: skip
    files.write_json(watching.WINDOWS / f"{watching.name_of(window)}.json", report)


def started(until: str) -> Entry:
    """Make the entry of a retraining that was killed."""
    body = {"outcome": "started", "cause": "drift", "because": "", "until": until}
    return Entry(1, 1, "retraining", "", files.now().isoformat(), body, "", "")


def test_without_a_watched_window_the_next_month_is_taken_in(landed: Settings) -> None:
    assert take_in_until(landed, []) == date(2013, 10, 1)


def test_what_was_watched_is_taken_in(landed: Settings) -> None:
    watched(OCTOBER)
    assert take_in_until(landed, []) == date(2013, 11, 1)


def test_one_that_was_killed_takes_in_what_it_meant_to(landed: Settings) -> None:
    watched(OCTOBER)
    assert take_in_until(landed, [started("2013-10-15")]) == date(2013, 10, 15)


def test_nothing_landed_has_no_day(settings: Settings) -> None:
    assert take_in_until(settings, []) is None


@pytest.mark.parametrize(
    ("until", "rows"),
    [
        pytest.param(date(2013, 9, 1), 0, id="what is landed is not new"),
        pytest.param(date(2013, 10, 1), 1_926, id="a month later"),
        pytest.param(date(2014, 1, 1), 3_972, id="all that there is"),
    ],
)
def test_new_rows_are_counted(landed: Settings, until: date, rows: int) -> None:
    assert count_new_rows(landed, until) == rows


@pytest.mark.parametrize("cause", ["", "  "])
def test_nobody_retrains_without_a_cause(settings: Settings, cause: str) -> None:
    with pytest.raises(ConfigError, match="without a cause"):
        hand.retrain(settings, cause)


def test_two_never_run_at_once(tmp_path: Path) -> None:
    lock = tmp_path / "state" / "run.lock"
    with (
        operating.one_at_a_time(lock),
        pytest.raises(LifecycleError, match="another run is under way"),
        operating.one_at_a_time(lock),
    ):
        pass


def test_one_that_comes_while_another_runs_is_recorded(settings: Settings) -> None:
    with (
        operating.one_at_a_time(operating.LOCK),
        pytest.raises(operating.Busy, match="another run is under way"),
        alone("new rows", settings),
    ):
        pass
    (entry,) = Ledger(Path(settings.runtime.ledger)).entries()
    assert (entry.kind, entry.body["outcome"], entry.body["asked"]) == ("retraining", "overlapped", "new rows")
    assert causes.unfinished([started("2013-10-15"), entry]) is not None, "the other is not yet known to have ended"


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    code = (
        "import sys, time; from pathlib import Path; from flows import operating\n"
        "with operating.one_at_a_time(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(lock)], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(LifecycleError, match=f"process {holder.pid}"), operating.one_at_a_time(lock):
        pass
    holder.kill()
    holder.communicate()
    time.sleep(0.05)
    with operating.one_at_a_time(lock):
        pass
