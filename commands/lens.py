"""The commands that ask the lens and answer it: review, plan, explain, answer, attest, waive."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from commands import milestones, rubric
from commands.milestones import FailOn
from commands.options import (
    Approver,
    AsJson,
    Checkpoint,
    Evidence,
    Owner,
    Phase,
    Pillar,
    Practice,
    Risk,
    Verdict,
    selected,
    settings_in_force,
)

PANEL = "The lens"

app = typer.Typer()


class PlanFormat(StrEnum):
    """The forms of the improvement plan."""

    TABLE = "table"
    JSON = "json"
    GITHUB = "github"


class Format(StrEnum):
    """The forms of a review."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"
    AWS = "aws"


@app.command(rich_help_panel=PANEL)
def review(
    form: Annotated[Format, typer.Option("--format", help="The form of the answer.")] = Format.TABLE,
    pillar: Pillar = None,
    phase: Phase = None,
    checkpoint: Checkpoint = None,
    verdict: Verdict = None,
    risk: Risk = None,
    every: Annotated[bool, typer.Option("--all", help="List every practice, not only what is open.")] = False,
    milestone: Annotated[str, typer.Option(help="Keep the review under this name, once and for good.")] = "",
    since: Annotated[str, typer.Option(help="What is new, fixed and regressed since this milestone.")] = "",
    listed: Annotated[bool, typer.Option("--milestones", help="List the milestones.")] = False,
    fail_on: Annotated[FailOn | None, typer.Option(help="End with 3 if there is such a practice.")] = None,
    test_score: Annotated[bool, typer.Option("--ml-test-score", help="The ML Test Score of the project.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask every practice of the lens, as the project stands; or only those of a pillar, phase, verdict, risk."""
    wanted = selected(pillar=pillar, phase=phase, checkpoint=checkpoint, verdict=verdict, risk=risk)
    other = form in (Format.HTML, Format.AWS)
    if as_json and form is Format.HTML:
        raise typer.BadParameter("--json and --format html are two forms: ask for one")
    milestones.one_question(
        milestone=milestone, since=since, milestones=listed, part=bool(wanted), form=other, fail_on=fail_on
    )
    if test_score:
        rubric.alone(
            form=other, part=bool(wanted), every=every, fail_on=fail_on is not None,
            milestone=bool(milestone or since or listed),
        )  # fmt: skip
    settings, as_json = settings_in_force(), as_json or form is Format.JSON
    if test_score:
        return rubric.answer(settings, as_json=as_json)
    if listed:
        return milestones.list_all(settings, as_json=as_json)
    if since:
        return milestones.compare(settings, since, fail_on, as_json=as_json)
    from flows import review as flow
    from flows import show

    found = (
        milestones.keep(settings, milestone, as_json=as_json) if milestone else flow.review_project(settings, wanted)
    )
    if form is Format.HTML:
        typer.echo(flow.write_html(found))
    elif form is Format.AWS:
        show.print_json(flow.as_aws(found))
    elif not milestone or not as_json:
        show.show(found, partial(show.review, every=every), as_json=as_json)
    return milestones.end(found, fail_on)


@app.command(rich_help_panel=PANEL)
def plan(
    form: Annotated[PlanFormat, typer.Option("--format", help="A table, JSON, or issues.")] = PlanFormat.TABLE,
    to: Annotated[str, typer.Option(help="Where issues go: a folder, or - for lines of JSON.")] = "reports/issues",
    as_json: AsJson = False,
) -> None:
    """Say what to do next: open practices by risk, gates held and effort."""
    settings = settings_in_force()
    from flows import guidance, show

    told = guidance.plan(settings)
    if form is not PlanFormat.GITHUB:
        show.show(told, show.plan, as_json=as_json or form is PlanFormat.JSON)
    elif to == "-":
        typer.echo("\n".join(guidance.issue_lines(told)))
    else:
        typer.echo("\n".join(map(str, guidance.write_issues(told, Path(to)))))


@app.command(rich_help_panel=PANEL)
def explain(practice: Practice, as_json: AsJson = False) -> None:
    """Explain a practice: what it asks, why, what shows it, and how to meet it."""
    settings_in_force()
    from flows import guidance, show

    show.show(guidance.explain(practice), show.explained, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def answer(
    practices: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PRACTICE]...", help="Only these; left out: all that wait for a word."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask, one after the other, what only people can answer; q, Ctrl-C or the end of the input stops it."""
    settings = settings_in_force()
    from flows import answering, show

    show.show(answering.answer(settings, tuple(practices or ())), answering.words, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def attest(
    practice: Practice,
    statement: Annotated[str, typer.Option(help="What is attested, in a sentence.")],
    owner: Owner,
    approver: Approver,
    evidence: Evidence,
    days: Annotated[int, typer.Option(min=1, max=365, help="For how long.")] = 365,
    as_json: AsJson = False,
) -> None:
    """State what no code can measure, with a name, an approver and an end."""
    settings = settings_in_force()
    from flows import show, statements

    said = {"statement": statement, "owner": owner, "approver": approver, "evidence": evidence}
    show.show(statements.attest(settings, practice, days=days, **said), show.stated, as_json=as_json)


@app.command(rich_help_panel=PANEL)
def waive(
    practice: Practice,
    reason: Annotated[str, typer.Option(help="Why it is acceptable, in a sentence.")],
    owner: Owner,
    approver: Approver,
    evidence: Evidence,
    first: Annotated[int, typer.Option("--from-version", min=1, help="First version it holds for.")],
    last: Annotated[int, typer.Option("--to-version", min=1, help="Last version it holds for.")],
    days: Annotated[int, typer.Option(min=1, max=90, help="For how long.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Accept one unmet practice for some versions and some days."""
    settings = settings_in_force()
    from flows import show, statements

    said = {"reason": reason, "owner": owner, "approver": approver, "evidence": evidence}
    waived = statements.waive(settings, practice, days=days, first=first, last=last, **said)
    show.show(waived, show.stated, as_json=as_json)
