"""The review by the calendar: the report written anew, and a word on what will block soon if nobody looks after it."""

from datetime import timedelta

from prefect import flow

from config.load import load
from config.settings import Settings
from flows import review
from flows.auditor import Auditor, at_hand, supervised
from flows.endings import tell_of_flow
from lens_checks.progress import Moved, progress
from lens_checks.review import Review
from tasks import alerts
from tasks.alerts import Alert

SHOWN = 5


@flow(name="Review", persist_result=False, on_failure=[tell_of_flow], on_crashed=[tell_of_flow])
def review_by_calendar() -> None:
    """Review the project, leave the report as artifacts, and tell who should know of what comes to its end."""
    settings = load()
    found = review.report(settings)
    review.publish(found)
    if moved := ending(found, settings):
        alerts.raise_alert(told(moved, settings), settings.runtime.notify)


def ending(found: Review, settings: Settings) -> tuple[Moved, ...]:
    """Give the practices that are settled now and will not be some days ahead, if nothing is done until then.

    The same evidence is judged by the clock of that day: statements that end, drills and windows that go stale.
    """
    ahead = timedelta(days=settings.policy.review.warn_days)
    then = supervised(lambda: review.judged(Auditor(settings, subject=at_hand, ahead=ahead)), Review, settings)
    return progress({result.id: result.verdict for result in found.practices}, then).regressed


def told(moved: tuple[Moved, ...], settings: Settings) -> Alert:
    """Say what will be open, and why."""
    why = [f"{item.id}: {item.because}" for item in moved[:SHOWN]]
    more = [f"and {len(moved) - SHOWN} more"] if len(moved) > SHOWN else []
    within = f"{len(moved)} practices will be open within {settings.policy.review.warn_days} days"
    return Alert("review", within, "; ".join((*why, *more)), moved[0].fix or f"lifecycle explain {moved[0].id}")
