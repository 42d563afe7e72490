"""Windows are months, or spans of days, and the next one follows all that was trained on or watched."""

from datetime import date

import pytest

from config.errors import ConfigError
from config.settings import Window
from tasks import files, watching
from tasks.watching import FeatureDrift, WindowReport

SEPTEMBER = Window(start=date(2013, 9, 1), end=date(2013, 10, 1))


def report(window: Window) -> WindowReport:
    """Make a report."""
    return WindowReport(
        made=files.now(), window=window, rows=1, version=1, digest="d", baseline_sha256=None, verdict="ok", because="",
        features={"x": FeatureDrift(0.1, False), "y": FeatureDrift(None, True)}, prediction_psi=None,
        performance={"dropped": True}, labels_share=None, service=None, alarms=("a",), action=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "window", "name"),
    [
        pytest.param("2013-09", SEPTEMBER, "2013-09", id="a month"),
        pytest.param("2013-12", Window(start=date(2013, 12, 1), end=date(2014, 1, 1)), "2013-12", id="the last month"),
        pytest.param("2013-09-01..2013-10-01", SEPTEMBER, "2013-09", id="a month by its days"),
        pytest.param(
            "2013-09-01..2013-09-15", Window(start=date(2013, 9, 1), end=date(2013, 9, 15)), "2013-09-01_2013-09-15",
            id="a fortnight",
        ),
    ],
)  # fmt: skip
def test_windows_have_names(text: str, window: Window, name: str) -> None:
    assert watching.parse_window(text) == window
    assert watching.name_of(window) == name


@pytest.mark.parametrize("text", ["", "september", "2013-13", "2013-09-15..2013-09-01", "2013-09..2013-10"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="WINDOW"):
        watching.parse_window(text)


def test_a_month_from_its_last_day_ends_with_the_next() -> None:
    assert watching.month_from(date(2013, 1, 31)).end == date(2013, 2, 28)


def test_the_next_window_follows_what_was_watched() -> None:
    assert watching.next_window(SEPTEMBER.start, []) == SEPTEMBER
    assert watching.next_window(SEPTEMBER.start, [report(SEPTEMBER)]).start == SEPTEMBER.end


def test_reports_are_read_back_in_order(tmp_path) -> None:
    later = report(Window(start=date(2013, 10, 1), end=date(2013, 11, 1)))
    for made in (later, report(SEPTEMBER)):
        files.write_json(tmp_path / f"{watching.name_of(made.window)}.json", made)
    first, last = watching.read_windows(tmp_path)
    assert (first.window, last) == (SEPTEMBER, later)
    assert (last.drifted, last.dropped) == (("y",), True)
