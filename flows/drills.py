"""Drills and backups by hand: what is practised, in which order, and what people are told of it."""

import getpass
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ConfigError, LifecycleError
from config.settings import Settings
from flows import operating, orchestrator, progress
from tasks import alerts, drills, files
from tasks.alerts import Alert
from tasks.drills import NAMES, Drill, Name, Practised

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tasks.backup import Backup
    from tasks.stores import Stores

DOCS = "docs/operate.md"
Act = Callable[[Path], Practised]


@dataclass(frozen=True)
class Drilled:
    """The drills that were made, in their order."""

    schema: int
    passed: bool
    drills: tuple[Drill, ...]


def drill(settings: Settings, names: Iterable[Name] = NAMES) -> Drilled:
    """Make drills one after another, each on record; a failed one is told, and does not keep the next from its turn."""
    with operating.one_at_a_time(operating.LOCK) as left, progress.shown():
        operating.tell_of_the_interrupted(left, settings)
        chosen = tuple(dict.fromkeys(names))
        if "resume" in chosen:
            orchestrator.start(settings.runtime)  # one server for all three runs, up by the time they need it
        done = tuple(_practise(name, settings) for name in chosen)
    return Drilled(1, all(item.passed for item in done), done)


def named(word: str) -> tuple[Name, ...]:
    """Give the drills that a word names: one of them, or all."""
    return tuple(name for name in NAMES if word in (name, "all"))


def _practise(name: Name, settings: Settings) -> Drill:
    with progress.journal().phase(f"Drill {name}") as entry:
        progress.tell("Open the stores")
        from tasks import stores

        opened = stores.open_stores(settings)
        made = drills.practise(name, _act(name, opened, settings), stores=opened)
        entry.did = f"{'passed' if made.passed else 'FAILED'}, {made.sentence}"
    if not made.passed:
        alert = Alert("drill", f"drill {name}, ledger entry {made.entry}", made.sentence, f"lifecycle drill {name}")
        alerts.raise_alert(alert, settings.runtime.notify)
    return made


def _act(name: Name, stores: "Stores", settings: Settings) -> Act:
    """Give what a drill does in its scratch place; its tools are imported when its turn comes."""
    recovery = settings.policy.recovery
    match name:
        case "restore":
            from tasks import drills_restore

            return lambda place: drills_restore.restore(place, stores=stores, policy=recovery, tell=progress.tell)
        case "rollback":
            return lambda place: roll_back(place, stores, settings)
        case "tamper":
            from tasks import drills_tamper

            return lambda place: drills_tamper.tamper(place, stores=stores)
        case "resume":
            return lambda place: resume(place, stores, settings)
        case "access":
            from tasks import drills_access

            platform = settings.policy.platform
            return lambda _: drills_access.access(
                stores=stores, runtime=settings.runtime, platform=platform, tell=progress.tell
            )
        case "decay":
            from flows import decay

            return lambda _: decay.decay(stores, settings)
        case "scale":
            from flows import scaling

            return lambda place: scaling.scale(place, stores, settings)
        case "feedback":
            from flows import feedback

            return lambda place: feedback.feedback(place, settings)
        case "search":
            from tasks import drills_search

            return lambda place: drills_search.search(place, settings=settings, tell=progress.tell)


def roll_back(place: Path, stores: "Stores", settings: Settings) -> Practised:
    """Roll back in a copy of registry and ledger, and verify the copy as `lifecycle verify` does."""
    from tasks import drills_rollback, verification
    from tasks.stores import facts

    progress.tell("Copy registry and ledger, roll back, verify")
    live = stores.registry.alias("champion")
    current = facts(settings, reports=stores.reports)
    done = drills_rollback.roll_back_in(place, stores=stores, current=current, actor=getpass.getuser())
    found = verification.verify(done.stores)
    faults = [f"{fault.where}: {fault.reason}" for fault in found.faults]
    if not done.move.changed or done.move.version == done.move.before:
        faults.append("the rollback changed nothing")
    if stores.registry.alias("champion") != live:
        faults.append("the live alias moved")
    limit = settings.policy.recovery.rto_seconds
    if done.seconds > limit:
        faults.append(f"it took {done.seconds:.1f} s, {limit:g} s are allowed")
    about = {
        "champion": live, "from": done.move.before, "planted": done.planted, "verified": list(found.verified),
        "ledger_entries": found.entries, "rto_seconds": limit,
    }  # fmt: skip
    source = "a twin made for the drill" if done.planted else f"version {done.move.before}"
    words = "; ".join(faults) or f"back from {source} to version {done.move.version}, verified"
    return Practised(not faults, words, done.move.version, round(done.seconds, 3), about)


def resume(place: Path, stores: "Stores", settings: Settings) -> Practised:
    """Kill and resume data preparation, against what the project published of the same rows, code and settings."""
    from lens_checks.evidence.pipeline import pipeline
    from lens_checks.evidence.place import Place
    from tasks import drills_resume

    stage = pipeline(Place(Path("."), settings, files.now())).stages.get("prepare")
    if stage is None or not stage.current:
        raise LifecycleError(
            "data, code or settings have changed since data preparation ran, so there is nothing to compare with",
            expected="a stage prepare that is up to date", next_step="lifecycle run",
        )  # fmt: skip
    return drills_resume.resume(place, stores=stores, policy=settings.policy.recovery, tell=progress.tell)


def back_up(settings: Settings, destination: Path | None) -> "Backup":
    """Write and verify a backup (ConfigError where nobody said where to)."""
    folder = destination or (Path(settings.runtime.backup) if settings.runtime.backup else None)
    if folder is None:
        raise ConfigError(
            "there is no place for a backup", expected="`backup` in config/runtime.yaml, best on another disk",
            next_step="set it, or name a folder: lifecycle backup FOLDER",
        )  # fmt: skip
    if folder.resolve().is_relative_to(Path.cwd()):
        raise ConfigError(
            f"{folder} lies inside the project: what takes the one takes the other", expected="a folder elsewhere",
            next_step="name one on another disk: lifecycle backup FOLDER",
        )  # fmt: skip
    from tasks import backup, stores

    with operating.one_at_a_time(operating.LOCK) as left:
        operating.tell_of_the_interrupted(left, settings)
        return backup.back_up(folder.resolve(), stores=stores.open_stores(settings))


def words(told: Drilled) -> "Iterable[RenderableType]":
    """Show what was practised and what came of it."""
    from rich.text import Text

    from flows.show import table

    rows = (
        (d.name, "✓ passed" if d.passed else "✗ failed", d.sentence, f"{d.seconds:.1f} s", d.entry) for d in told.drills
    )
    yield table(("drill", "result", "what came of it", "recovery", "entry"), rows)
    failed = [d.name for d in told.drills if not d.passed]
    yield Text(f"next: see {DOCS}, then lifecycle drill {failed[0]}" if failed else "next: lifecycle review")


def written(backup: "Backup") -> "Iterable[RenderableType]":
    """Say what was backed up, and where it lies."""
    from rich.text import Text

    versions = ", ".join(str(number) for number in backup.versions) or "none yet"
    yield Text(
        f"{backup.files} files, {backup.bytes / 2**20:.1f} MiB, versions {versions}: written, read again, verified"
    )
    yield Text(f"{backup.folder} (ledger entry {backup.entry})")
    yield Text(f"next: keep a copy elsewhere; {DOCS} says how to restore")
