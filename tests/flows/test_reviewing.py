"""The review by the calendar tells what comes to its end before it blocks."""

from datetime import timedelta
from pathlib import Path

import pytest

from config.load import load
from config.settings import Settings
from flows import review, schedules
from flows.reviewing import ending, told
from tasks import files


def until(days: int) -> Settings:
    """Let the first statement end in some days, as the settings of a project of its own."""
    path = Path("config/attestations.yaml")
    text, end = path.read_text(), files.now().date() + timedelta(days=days)
    first = text.index("expires: ")
    path.write_text(f"{text[:first]}expires: {end}{text[first + 19 :]}")
    return load()


@pytest.mark.parametrize(
    ("days", "warned"),
    [pytest.param(13, True, id="in thirteen days"), pytest.param(15, False, id="in fifteen days")],
)
def test_a_statement_that_ends_soon_is_told_of(project: Path, days: int, warned: bool) -> None:
    settings = until(days)
    first = settings.attestations.attestations[0].practice
    moved = ending(review.review_project(settings), settings)
    assert (first in {item.id for item in moved}) is warned
    if warned:
        alert = told(moved, settings)
        assert "within 14 days" in alert.about and f"{first}: " in alert.seen and "it ended on" in alert.seen


def test_the_calendar_has_a_weekly_review(settings: Settings) -> None:
    (made,) = (d for d in schedules.make_deployments(settings, every=None) if d.name == schedules.REVIEW)
    assert [schedule.schedule.cron for schedule in made.schedules] == ["0 4 * * 1"]
