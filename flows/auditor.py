"""One look at the project: its evidence, its statements, and what is judged."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from config.settings import Settings
from lens_checks import catalogue, checkpoint, deadline, statements
from lens_checks.bounds import peek
from lens_checks.check import Checkpoint
from lens_checks.checkpoint import PracticeResult
from lens_checks.evidence import licences, place
from lens_checks.evidence.collect import COLLECTORS, Evidence
from lens_checks.evidence.place import Place
from lens_checks.evidence.records import Registry
from lens_checks.interchange import gating
from lens_checks.statements import Subject
from tasks import files

T = TypeVar("T")
TODAY = timedelta()
FindSubject = Callable[[Settings, Evidence], Subject]


def supervised(work: Callable[[], T], kind: type[T], settings: Settings) -> T:
    """Judge in a process of its own, where nothing hangs, exits or crashes unnoticed; its answer comes as JSON."""
    catalogue.remember()
    place.remember(COLLECTORS)
    licences.remember()  # the one reading that is dear and the same for a whole process
    answer = deadline.supervised(lambda: files.canonical(work()), seconds=settings.policy.check_seconds)
    return cast(T, _adapter(cast(Any, kind)).validate_json(answer))


@lru_cache(maxsize=8)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


class Auditor:
    """One look at the project: each record is read once, all dates are held against one clock."""

    def __init__(
        self, settings: Settings, *, subject: Subject | FindSubject, attempt: bool = False, ahead: timedelta = TODAY
    ) -> None:
        self.now = files.now() + ahead
        self.settings = settings
        self.catalogue = catalogue.load()
        self.evidence = Evidence(Place(Path("."), settings, self.now, attempt=attempt))
        self.subject = subject if isinstance(subject, Subject) else subject(settings, self.evidence)
        self.statements = statements.weigh(
            settings,
            subject=self.subject,
            now=self.now,
            doubt=statements.doubt_of_time(self.now, self.evidence),
            known=self.catalogue.practices,
        )

    def judge(self, checkpoints: Iterable[Checkpoint]) -> tuple[PracticeResult, ...]:
        """Judge all practices of some checkpoints."""
        results = checkpoint.judge(
            checkpoints,
            catalogue=self.catalogue,
            evidence=self.evidence,
            statements=self.statements,
            policy=self.settings.policy,
        )
        return gating.hold(results, self.catalogue)


def coming(settings: Settings, evidence: Evidence) -> Subject:
    """Name what is in the making: the version after the newest; only waivers ask, so only then look."""
    registry = peek(evidence, Registry) if settings.waivers.waivers else None
    newest = max((version.version for version in registry.versions), default=0) if registry else 0
    return Subject(settings.charter.project, version=newest + 1, registered=False)


def at_hand(settings: Settings, evidence: Evidence) -> Subject:
    """Find what there is to review: the candidate of the registry, or else its champion."""
    registry = peek(evidence, Registry)
    version = (registry.at("candidate") or registry.at("champion")) if registry else None
    if not registry or not version:
        return Subject(settings.charter.project)
    champion = registry.aliases.get("champion")
    return Subject(
        settings.charter.project, version=version.version, digest=version.tags.get("digest"), champion=champion
    )
