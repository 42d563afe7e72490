"""Keeps a review as a milestone, lists milestones, and says what became of the project since one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from config.settings import Settings
from flows.review import review_project
from lens_checks.check import Outcome
from lens_checks.progress import FailOn, Moved, Progress, failing, progress
from lens_checks.review import Review
from tasks import files, milestones
from tasks.milestones import Milestone
from tasks.stores import open_stores

if TYPE_CHECKING:
    from rich.console import RenderableType

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Since:
    """What became of the project since a milestone; `failed` names the practices that the command fails on."""

    schema: int
    made: datetime
    project: str
    milestone: Milestone
    counts: dict[str, int]
    new: tuple[Moved, ...]
    fixed: tuple[Moved, ...]
    regressed: tuple[Moved, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True)
class Milestones:
    """All milestones, oldest first."""

    schema: int
    milestones: tuple[Milestone, ...]


def take(settings: Settings, name: str) -> tuple[Review, Milestone]:
    """Review the whole project and keep that under a name (ConfigError where it cannot be used)."""
    milestones.proper(name)
    found = review_project(settings)
    return found, milestones.keep(settings, open_stores(settings), name, files.plain(found))


def since(settings: Settings, name: str, *, fail_on: FailOn | None) -> Since:
    """Review the project and compare it with a milestone (ConfigError, IntegrityAlarm)."""
    milestone, before = milestones.read(settings, open_stores(settings), name)
    found = review_project(settings)
    moved = progress({p["id"]: Outcome(p["verdict"]) for p in before["practices"]}, found)
    return Since(
        schema=SCHEMA,
        made=found.made,
        project=found.project,
        milestone=milestone,
        counts={name: len(items) for name, items in _groups(moved).items()},
        **_groups(moved),
        failed=failing(fail_on, found, moved) if fail_on else (),
    )


def _groups(moved: Progress | Since) -> dict[str, Any]:
    return {"new": moved.new, "fixed": moved.fixed, "regressed": moved.regressed}


def listed(settings: Settings) -> Milestones:
    """List the milestones."""
    return Milestones(SCHEMA, milestones.listed(open_stores(settings)))


def with_milestone(found: Review, milestone: Milestone) -> dict[str, Any]:
    """Give the JSON form of a review that was kept: that of every review, and the milestone."""
    return {**files.plain(found), "milestone": files.plain(milestone)}


def words(told: Since) -> "Iterable[RenderableType]":
    """Show what regressed, what is new, what was fixed, and the next step."""
    from rich.text import Text

    from lens_checks import render

    name, when = told.milestone.name, f"{told.milestone.made:%Y-%m-%d %H:%M}"
    yield Text(f"{told.project} since {name} ({when} UTC): " + ", ".join(f"{n} {k}" for k, n in told.counts.items()))
    for title in ("regressed", "new", "fixed"):
        if items := _groups(told)[title]:
            yield Text("")
            yield render.moved_table(title, items)
    if told.failed:
        yield Text(f"\n✗ failed on {', '.join(told.failed)}")
    worse = [*told.regressed, *told.new]
    yield Text(f"next: lifecycle explain {worse[0].id}" if worse else "next: lifecycle plan")


def list_words(told: Milestones) -> "Iterable[RenderableType]":
    """Show the milestones, one line each."""
    from rich.text import Text

    from flows.show import table

    columns = ("milestone", "taken (UTC)", "by", "met", "not met", "unknown", "entry")
    yield table(columns, (_row(milestone) for milestone in told.milestones))
    newest = told.milestones[-1].name if told.milestones else ""
    yield Text(f"next: lifecycle review --since {_quoted(newest)}" if newest else _none())


def _row(m: Milestone) -> tuple[object, ...]:
    counts = (m.counts.get(name) for name in ("met", "not_met", "unknown"))
    return (m.name, f"{m.made:%Y-%m-%d %H:%M}", m.actor, *counts, m.entry)


def kept_words(milestone: Milestone) -> "Iterable[RenderableType]":
    """Say that a review was kept."""
    from rich.text import Text

    yield Text(f"kept as milestone {milestone.name} (entry {milestone.entry}, SHA-256 {milestone.sha256[:12]})")
    yield Text(f"next: lifecycle review --since {_quoted(milestone.name)}")


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)


def _none() -> str:
    return "no milestone was taken yet; next: lifecycle review --milestone NAME"
