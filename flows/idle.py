"""Decides whether a run would have anything to do, from files alone, before anything heavy is imported."""

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from config.errors import LifecycleError
from config.settings import Settings
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from tasks import files, history, landing
from tasks.aliases import read_aliases
from tasks.ledger import Ledger
from tasks.reporting import RUN

LANDED = Path("data/landed")
CODE = ("config", "flows", "lens_checks", "serving", "tasks")
OTHERS = ("dvc.yaml", "requirements.lock")
COMPLETE = "complete"


def reason_to_run(settings: Settings) -> str | None:
    """Give the first reason why a run has something to do, in words; None when all stands as the last run left it."""
    checks: tuple[Callable[[Settings], str | None], ...] = (_last_run, _source, _stages, _ladder)
    try:
        return next((reason for check in checks if (reason := check(settings))), None)
    except (LifecycleError, NoEvidence, Malformed) as error:
        return str(error)


def fingerprint(settings: Settings) -> str:
    """Give one digest of what a run depends on besides data: settings, our code, the lock."""
    root = Path(__file__).parents[1]
    paths = [path for room in CODE for path in _sources(root / room)]
    code = {path.relative_to(root).as_posix(): files.sha256_file(path) for path in paths}
    others = {name: files.sha256_file(name) for name in OTHERS if Path(name).is_file()}
    return files.sha256_json([settings, code, others])


def _sources(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(place, name) for name in sorted(names) if name.endswith((".py", ".tsv")))


def _last_run(settings: Settings) -> str | None:
    if not RUN.exists():
        return "nothing was run yet"
    last = files.read_json(RUN)
    if last.get("outcome") != COMPLETE:
        return f"the last run ended {last.get('outcome')}"
    if last.get("fingerprint") != fingerprint(settings):
        return "configuration, code or lock have changed since the last run"
    made = datetime.fromisoformat(last["made"]).date()
    ended = [day for day in _ends(settings) if made <= day < files.now().date()]
    return f"a statement ended on {min(ended)}" if ended else None


def _ends(settings: Settings) -> Iterator[date]:
    """Give the day on which each attestation, claim and waiver ends."""
    yield from (statement.expires for statement in settings.attestations.attestations)
    yield from (claim.expires for claim in settings.attestations.not_applicable)
    yield from (waiver.expires for waiver in settings.waivers.waivers)


def _source(settings: Settings) -> str | None:
    window = landing.window_to_land(settings.data, landing.landed(LANDED), until=None)
    current = landing.is_current(settings.data, window=window, destination=LANDED)
    return None if current else "the source has changed since it was landed"


def _stages(settings: Settings) -> str | None:
    from lens_checks.evidence.pipeline import pipeline

    found = pipeline(Place(Path("."), settings, files.now()))
    stale = [name for name, stage in found.stages.items() if not stage.current]
    stale += [path for path, file in found.snapshots.items() if not file.current]
    return f"not up to date: {', '.join(stale)}" if stale else None


def _ladder(settings: Settings) -> str | None:
    """The champion stands where a sound ledger says, and no move of an alias was interrupted."""
    aliases = read_aliases(settings.runtime.tracking_uri, settings.charter.project)
    ledger = Ledger(Path(settings.runtime.ledger))
    if breaks := ledger.verify(aliases.ledger_head):
        return breaks[0].reason
    entries = ledger.entries()
    if history.open_intents(entries):
        return "a promotion was interrupted"
    for alias in ("champion", "staging"):
        if history.standing(entries, alias) != aliases.versions.get(alias):
            return f"alias {alias} does not stand where the ledger says"
    return None if aliases.versions.get("champion") else "there is no champion"
