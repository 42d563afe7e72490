"""Writes the review at the end of a run, also one that a gate refused, and keeps it where the run is looked for."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.errors import GateRefused, LifecycleError
from config.load import load
from flows import review
from tasks import files
from tasks.registry import connect
from tasks.reporting import keep_review

TRAINING = Path("reports/training/training.json")


@contextmanager
def reviewed() -> Iterator[None]:
    """Hand the review in when what is done here ends, refused or not; a refusal's own words are never hidden."""
    try:
        yield
    except GateRefused:
        with suppress(LifecycleError):
            hand_in()
        raise
    hand_in()


def hand_in() -> None:
    """Write the review, leave it in the flow run, keep it with the winner's run, and name it on its version."""
    settings = load()
    review.publish(review.report(settings))
    run_id = str(files.read_json(TRAINING)["run_id"])
    keep_review(connect(settings), run_id=run_id, reports=(review.REPORT, review.REPORT_JSON))
