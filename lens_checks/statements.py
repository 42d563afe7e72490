"""What people say: attestations, claims that a practice does not apply, and waivers, each accepted or refused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from config.settings import Attestation, NotApplicable, Settings, Waiver
from lens_checks.evidence.place import Malformed, NoEvidence
from lens_checks.evidence.records import Ledger
from lens_checks.runner import Source

LONGEST = timedelta(days=365)
SOON = timedelta(days=14)  # what ends within it is told of before it holds a gate
EXAMPLE = "Example:"
S = TypeVar("S", Attestation, NotApplicable, Waiver)


@dataclass(frozen=True)
class Subject:
    """What is judged: the registered model, the version at hand, and the version that serves now."""

    model: str
    version: int | None = None  # where nothing is registered yet: the number that it would get
    registered: bool = True
    digest: str | None = None
    champion: int | None = None
    explored: bool = False  # made with --explore, past a refusal: never promotable


@dataclass(frozen=True)
class Refused:
    """A statement that does not count, and why."""

    kind: str
    practice: str
    because: str


@dataclass(frozen=True)
class Ending:
    """A statement that counts, and ends soon."""

    kind: str
    practice: str
    owner: str
    expires: date


@dataclass(frozen=True)
class Statements:
    """The statements that count, by practice, and those that do not."""

    attested: Mapping[str, Attestation]
    claimed: Mapping[str, NotApplicable]
    waived: Mapping[str, Waiver]
    refused: tuple[Refused, ...]

    def why_refused(self, practice: str, kind: str) -> str:
        """Say in words why the statement of this kind about a practice does not count; empty if there is none."""
        return "; ".join(r.because for r in self.refused if r.practice == practice and r.kind == kind)

    def ending(self, by: date) -> tuple[Ending, ...]:
        """Name those that count and end by a day, the first to end first."""
        kinds: dict[str, Mapping[str, Attestation | NotApplicable | Waiver]]
        kinds = {"attestation": self.attested, "not applicable": self.claimed, "waiver": self.waived}
        said = ((kind, one) for kind, statements in kinds.items() for one in statements.values() if one.expires <= by)
        found = (Ending(kind, one.practice, one.owner, one.expires) for kind, one in said)
        return tuple(sorted(found, key=lambda one: (one.expires, one.practice)))

    @property
    def examples(self) -> tuple[str, ...]:
        """Name the practices of which only an example speaks: its statement says so itself, and nobody vouches."""
        words = {id: said.statement for id, said in self.attested.items()}
        words |= {id: said.note for id, said in self.claimed.items()}
        return tuple(id for id, text in words.items() if text.startswith(EXAMPLE))


def doubt_of_time(now: datetime, source: Source) -> str:
    """Say why no end date can be trusted, if so: a clock behind the ledger, or a ledger that cannot be read."""
    try:
        last = source.get(Ledger).entries[-1].time
    except NoEvidence:
        return ""
    except Malformed as reason:
        return f"its dates cannot be held against the ledger: {reason}"
    if now >= last:
        return ""
    return f"the clock says {now:%Y-%m-%d %H:%M} and the last ledger entry {last:%Y-%m-%d %H:%M}: set the clock"


def weigh(settings: Settings, *, subject: Subject, now: datetime, doubt: str, known: Iterable[str]) -> Statements:
    """Part the statements into those that count and those that do not; a doubt about the time refuses all."""
    practices, today = frozenset(known), now.date()
    life = timedelta(days=settings.policy.waiver_days)

    def always(said: S) -> list[str]:
        return [doubt, _unknown(said, practices)]

    attested, idle = _sift(
        "attestation",
        settings.attestations.attestations,
        lambda a: [*always(a), _dates(a.made, a.expires, today, LONGEST), alone(a.owner, a.approver)],
    )
    claimed, vain = _sift(
        "not applicable",
        settings.attestations.not_applicable,
        lambda c: [*always(c), _dates(today, c.expires, today, LONGEST)],
    )
    waived, void = _sift(
        "waiver",
        settings.waivers.waivers,
        lambda w: [*always(w), _dates(w.made, w.expires, today, life), alone(w.owner, w.approver), _scope(w, subject)],
    )
    return Statements(attested, claimed, waived, (*idle, *vain, *void))


def _sift(
    kind: str, statements: Iterable[S], faults: Callable[[S], list[str]]
) -> tuple[dict[str, S], tuple[Refused, ...]]:
    counting: dict[str, S] = {}
    refused: list[Refused] = []
    for statement in statements:
        if reasons := "; ".join(filter(None, faults(statement))):
            refused.append(Refused(kind, statement.practice, reasons))
        else:
            counting[statement.practice] = statement  # a later one takes the place of an earlier
    return counting, tuple(refused)


def _unknown(said: Attestation | NotApplicable | Waiver, practices: frozenset[str]) -> str:
    return "" if said.practice in practices else f"no practice has the id {said.practice}"


def _dates(made: date, expires: date, today: date, longest: timedelta) -> str:
    if made > today:
        return f"it is dated {made}, which is yet to come"
    if expires <= today:
        return f"it ended on {expires}"
    if expires - made > longest:
        return f"it lasts {(expires - made).days} days, at most {longest.days} are allowed"
    return ""


def alone(owner: str, approver: str) -> str:
    """Say that owner and approver are one, if they are; empty if they are two."""
    same = " ".join(owner.split()).casefold() == " ".join(approver.split()).casefold()
    return f"{owner} approved it alone: owner and approver must be two" if same else ""


def _scope(waiver: Waiver, subject: Subject) -> str:
    first, last = waiver.versions
    if waiver.model != subject.model:
        return f"it holds for {waiver.model}, not for {subject.model}"
    if subject.version is None:
        return f"it holds for versions {first} to {last}, and nothing is registered yet"
    if not first <= subject.version <= last:
        return f"it holds for versions {first} to {last}, not for {subject.version}"
    return ""
