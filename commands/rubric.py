"""What `lifecycle review --ml-test-score` answers, and which options it does not go with."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from config.settings import Settings

SCORE = "--ml-test-score"


def alone(*, form: bool, part: bool, milestone: bool, fail_on: bool, every: bool) -> None:
    """Refuse options that ask for something else than the score of the whole project as it stands."""
    refused = {
        f"{SCORE} is a table or JSON: leave out --format html and --format aws": form,
        f"{SCORE} is of the whole lens: leave out the options that choose a part of it": part,
        f"{SCORE} is of this moment: leave out --milestone, --since and --milestones": milestone,
        f"{SCORE} refuses nothing: --fail-on goes with the review itself": fail_on,
        f"{SCORE} lists all its tests: leave out --all": every,
    }
    if words := [said for said, asked in refused.items() if asked]:
        raise typer.BadParameter(words[0])


def answer(settings: "Settings", *, as_json: bool) -> None:
    """Answer with the score."""
    from flows import rubric, show

    show.show(rubric.score(settings), rubric.words, as_json=as_json)
