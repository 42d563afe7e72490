"""Says how the project stands: stages, aliases, the last decision and what is due; imports nothing heavy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import LifecycleError
from config.settings import Attestation, Settings, Waiver
from flows import idle
from lens_checks.checkpoint import awaits_word
from lens_checks.evidence.pipeline import pipeline
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from tasks import files
from tasks.aliases import Aliases, read_aliases
from tasks.ledger import Entry, Kind, Ledger
from tasks.watching import WINDOWS, read_windows

if TYPE_CHECKING:
    from rich.console import RenderableType

ALIASES = ("champion", "staging", "candidate", "previous")
LADDER = ("staging", "champion")
ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Stage:
    """A stage of the pipeline: current, changed or not run, and since when its output is there."""

    name: str
    state: str
    since: datetime | None


@dataclass(frozen=True)
class LastDecision:
    """The newest decision of a gate."""

    gate: str
    outcome: str
    version: int | None
    entry: int


@dataclass(frozen=True)
class Due:
    """Something that waits to be done, why, and by which command."""

    what: str
    because: str
    next_step: str


@dataclass(frozen=True)
class Status:
    """How the project stands; what could not be read is told in `due`."""

    schema: int
    model: str
    aliases: dict[str, int | None]
    stages: tuple[Stage, ...]
    last_decision: LastDecision | None
    due: tuple[Due, ...]


def status(settings: Settings) -> Status:
    """Read how the project stands."""
    aliases, entries, troubles = _read(settings)
    decided = [entry for entry in entries if entry.kind == Kind.DECISION and _tells(entry)]
    due = (*troubles, *_due(settings, aliases, entries))
    return Status(
        schema=1,
        model=settings.charter.project,
        aliases={name: aliases.versions.get(name) for name in ALIASES},
        stages=tuple(_stages(settings)),
        last_decision=_decision(decided[-1]) if decided else None,
        due=due,
    )


def words(told: Status) -> "Iterable[RenderableType]":
    """Show how the project stands, and the one next step."""
    from rich.text import Text

    from flows.show import table

    yield Text(f"{told.model}: " + ", ".join(f"{name} {version or '-'}" for name, version in told.aliases.items()))
    yield table(("stage", "state", "since (UTC)"), ((s.name, s.state, _moment(s.since)) for s in told.stages))
    if (last := told.last_decision) is not None:
        about = f"gate {last.gate} {last.outcome} version {last.version or '-'} (ledger entry {last.entry})"
        yield Text(f"last decision: {about}")
    for item in told.due:
        yield Text(f"due: {item.what}, {item.because}")
    yield Text(f"next: {told.due[0].next_step}" if told.due else "nothing is due")


def _moment(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else "-"


def _read(settings: Settings) -> tuple[Aliases, list[Entry], tuple[Due, ...]]:
    """Read registry and ledger; what cannot be read is due to be put right."""
    aliases, entries, troubles = Aliases(), [], []
    try:
        aliases = read_aliases(settings.runtime.tracking_uri, settings.charter.project)
    except LifecycleError as error:
        troubles.append(Due("the registry", error.seen, error.next_step or "lifecycle verify"))
    try:
        entries = Ledger(Path(settings.runtime.ledger)).trusted(aliases.ledger_head)
    except LifecycleError as error:
        troubles.append(Due("the ledger", error.seen, "lifecycle verify"))
    return aliases, entries, tuple(troubles)


def _stages(settings: Settings) -> Iterator[Stage]:
    try:
        found = pipeline(Place(Path("."), settings, files.now()))
    except (NoEvidence, Malformed):
        return
    for path, file in found.snapshots.items():
        yield Stage(Path(path).name, "current" if file.current else "changed", _since([path]))
    for name, stage in found.stages.items():
        state = "current" if stage.current else "changed" if stage.recorded else "not run"
        yield Stage(name, state, _since([out.path for out in stage.outs]))


def _since(paths: Iterable[str]) -> datetime | None:
    times = [Path(path).stat().st_mtime for path in paths if Path(path).exists()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _tells(entry: Entry) -> bool:
    """A phase gate that passed says little; every refusal, and every step of the ladder, is told."""
    return entry.body.get("gate") in LADDER or entry.body.get("outcome") == "refused"


def _decision(entry: Entry) -> LastDecision:
    body: dict[str, Any] = entry.body
    return LastDecision(str(body.get("gate")), str(body.get("outcome")), body.get("version"), entry.number)


def _due(settings: Settings, aliases: Aliases, entries: list[Entry]) -> Iterator[Due]:
    yield from _answers(settings, aliases, entries)
    if reason := idle.reason_to_run(settings):
        yield Due("a run", reason, "lifecycle run")
    if aliases.versions.get("champion"):
        yield from _operation(settings, entries)
    soon = files.now().date() + ENDS_SOON
    said: list[Attestation | Waiver] = [*settings.attestations.attestations, *settings.waivers.waivers]
    for statement in said:
        if statement.expires <= soon:
            yield Due(
                f"renewal of what is said of {statement.practice}", f"it ends on {statement.expires}", "lifecycle plan"
            )


def _answers(settings: Settings, aliases: Aliases, entries: list[Entry]) -> Iterator[Due]:
    """Name the answers that the version in staging waits for, as its gate last said, less those given since."""
    decided = [e for e in entries if e.kind == Kind.DECISION and e.body.get("gate") == "champion"]
    version = aliases.versions.get("staging")
    if not decided or decided[-1].body.get("version") != version or decided[-1].body.get("outcome") != "refused":
        return
    today = files.now().date()
    said = {one.practice for one in settings.attestations.attestations if one.expires > today}
    said |= {one.practice for one in settings.attestations.not_applicable if one.expires > today}
    blocking = decided[-1].body.get("blocking") or ()
    wordless = [b["practice"] for b in blocking if awaits_word(b.get("practice"), b.get("fix", ""))]
    lacking = [practice for practice in wordless if practice not in said]
    if lacking:
        because = f"version {version} waits for it before it can be champion: {', '.join(lacking)}"
        yield Due(f"a person's word on {len(lacking)} practices", because, "lifecycle answer")


def _operation(settings: Settings, entries: list[Entry]) -> Iterator[Due]:
    windows, age = read_windows(WINDOWS), timedelta(days=settings.policy.monitoring.freshness_days)
    made = max((window.made for window in windows), default=None)
    if made is None or files.now() - made > age:
        because = f"the last window was judged on {made:%Y-%m-%d}" if made else "no window was judged yet"
        yield Due("monitoring", because, "lifecycle monitor YYYY-MM")
    answered = [datetime.fromisoformat(entry.time) for entry in entries if entry.kind == Kind.RETRAINING]
    for window in windows:
        if window.alarms and not any(moment >= window.made for moment in answered):
            yield Due("retraining", f"{window.window.start:%Y-%m}: {window.alarms[0]}", "lifecycle retrain")
