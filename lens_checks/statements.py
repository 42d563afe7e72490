"""What people say: attestations, claims that a practice does not apply, and waivers, each accepted or refused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from config.settings import Attestation, NotApplicable, Settings, Waiver

LONGEST = timedelta(days=365)
S = TypeVar("S", Attestation, NotApplicable, Waiver)


@dataclass(frozen=True)
class Subject:
    """What is judged: the registered model, the version at hand, and the version that serves now."""

    model: str
    version: int | None = None
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
class Statements:
    """The statements that count, by practice, and those that do not."""

    attested: Mapping[str, Attestation]
    claimed: Mapping[str, NotApplicable]
    waived: Mapping[str, Waiver]
    refused: tuple[Refused, ...]

    def why_refused(self, practice: str, kind: str) -> str:
        """Say in words why the statement of this kind about a practice does not count; empty if there is none."""
        return "; ".join(r.because for r in self.refused if r.practice == practice and r.kind == kind)


def weigh(
    settings: Settings, *, subject: Subject, now: datetime, not_before: datetime | None, known: Iterable[str]
) -> Statements:
    """Part the statements into those that count and those that do not; not_before is the ledger's last entry."""
    practices = frozenset(known)
    behind = _behind(now, not_before)
    refused: list[Refused] = []

    def sift(kind: str, statements: Iterable[S], *faults: Callable[[S], str]) -> dict[str, S]:
        counting: dict[str, S] = {}
        for said in statements:
            found = [behind, _unknown(said, practices), *(fault(said) for fault in faults)]
            if reasons := [reason for reason in found if reason]:
                refused.append(Refused(kind, said.practice, "; ".join(reasons)))
            else:
                counting.setdefault(said.practice, said)
        return counting

    today = now.date()
    waiver_life = timedelta(days=settings.policy.waiver_days)
    said = settings.attestations
    attested = sift(
        "attestation",
        said.attestations,
        lambda a: _dates(a.made, a.expires, today, LONGEST),
        lambda a: _same_person(a.owner, a.approver),
    )
    claimed = sift("not applicable", said.not_applicable, lambda c: _dates(today, c.expires, today, LONGEST))
    waived = sift(
        "waiver",
        settings.waivers.waivers,
        lambda w: _dates(w.made, w.expires, today, waiver_life),
        lambda w: _same_person(w.owner, w.approver),
        lambda w: _out_of_scope(w, subject),
    )
    return Statements(attested, claimed, waived, tuple(refused))


def _behind(now: datetime, not_before: datetime | None) -> str:
    if not_before is None or now >= not_before:
        return ""
    return f"the clock says {now:%Y-%m-%d %H:%M} and the last ledger entry {not_before:%Y-%m-%d %H:%M}: set the clock"


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


def _same_person(owner: str, approver: str) -> str:
    same = " ".join(owner.split()).casefold() == " ".join(approver.split()).casefold()
    return f"{owner} approved it alone: owner and approver must be two" if same else ""


def _out_of_scope(waiver: Waiver, subject: Subject) -> str:
    first, last = waiver.versions
    if waiver.model != subject.model:
        return f"it holds for {waiver.model}, not for {subject.model}"
    if subject.version is None:
        return f"it holds for versions {first} to {last}, and nothing is registered yet"
    if not first <= subject.version <= last:
        return f"it holds for versions {first} to {last}, not for {subject.version}"
    return ""
