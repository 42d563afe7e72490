"""What `lifecycle review` answers about milestones: kept under a name, compared with one, listed."""

from enum import StrEnum
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from config.settings import Settings
    from lens_checks.review import Review


class FailOn(StrEnum):
    """What a review may be asked to fail on."""

    REGRESSED = "regressed"
    HIGH = "high"
    MEDIUM = "medium"


def one_question(
    *, milestone: str, since: str, milestones: bool, part: bool, form: bool, fail_on: FailOn | None
) -> None:
    """Refuse options that ask for two things at once."""
    asked = sum(map(bool, (milestone, since, milestones)))
    if asked > 1:
        raise typer.BadParameter("--milestone, --since and --milestones are three questions: ask one at a time")
    if asked and part:
        raise typer.BadParameter("a milestone is of the whole lens: leave out the options that choose a part of it")
    if (since or milestones) and form:
        raise typer.BadParameter("--since and --milestones answer with a table or JSON: leave out the other --format")
    if fail_on is FailOn.REGRESSED and not since:
        raise typer.BadParameter("--fail-on regressed goes with --since MILESTONE")


def keep(settings: "Settings", name: str, *, as_json: bool) -> "Review":
    """Keep the review of this moment, say so or answer in JSON, and give the review."""
    from flows import milestones, show

    found, kept = milestones.take(settings, name)
    if as_json:
        show.show(milestones.with_milestone(found, kept), lambda _: (), as_json=True)
    else:
        show.show(kept, milestones.kept_words, as_json=False)
    return found


def compare(settings: "Settings", name: str, fail_on: FailOn | None, *, as_json: bool) -> None:
    """Tell what became of the project since a milestone; exit code 3 where it is what was asked to fail on."""
    from flows import milestones, show
    from lens_checks import progress

    told = milestones.since(settings, name, fail_on=progress.FailOn(fail_on) if fail_on else None)
    show.show(told, milestones.words, as_json=as_json)
    raise typer.Exit(3 if told.failed else 0)


def list_all(settings: "Settings", *, as_json: bool) -> None:
    """List the milestones."""
    from flows import milestones, show

    show.show(milestones.listed(settings), milestones.list_words, as_json=as_json)


def end(found: "Review", fail_on: FailOn | None) -> None:
    """End with 3 where a review shows what it was asked to fail on."""
    from lens_checks import progress

    if fail_on and progress.failing(progress.FailOn(fail_on), found, None):
        raise typer.Exit(3)
