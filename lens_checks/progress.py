"""What became of the practices since an earlier review, and whether that is reason enough to fail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from config.settings import Risk
from lens_checks.check import Outcome
from lens_checks.checkpoint import PracticeResult
from lens_checks.review import Change, Review, compare

GONE = "no check judges it any more, and the lens of this project does not name it"


class FailOn(StrEnum):
    """What a review may be asked to fail on."""

    REGRESSED = "regressed"  # settled at the milestone, and not now
    HIGH = "high"  # an open practice of high risk
    MEDIUM = "medium"  # an open practice of any risk


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A practice that is new, or has crossed the line between settled and open; `open` is false where it is waived."""

    id: str
    title: str
    risk: Risk
    before: str | None
    after: str | None
    open: bool
    because: str
    fix: str


@dataclass(frozen=True)
class Progress:
    """What is new, fixed and regressed since an earlier review."""

    new: tuple[Moved, ...]
    fixed: tuple[Moved, ...]
    regressed: tuple[Moved, ...]


def progress(before: Mapping[str, Outcome], after: Review) -> Progress:
    """Compare the verdicts of an earlier review, by practice, with a review of today."""
    results = {result.id: result for result in after.practices}
    changes = compare(before, {id: result.verdict for id, result in results.items()})
    moved = [(change.kind, _moved(change, results.get(change.id))) for change in changes]
    new, fixed, regressed = (tuple(m for kind, m in moved if kind == name) for name in ("new", "fixed", "regressed"))
    return Progress(new, fixed, regressed)


def _moved(change: Change, result: PracticeResult | None) -> Moved:
    return Moved(
        id=change.id,
        title=result.title if result else "",
        risk=result.risk if result else Risk.HIGH,
        before=change.before,
        after=change.after,
        open=result.open if result else True,
        because=result.because if result else GONE,
        fix=result.fix if result else "Bring its check back, or take a new milestone without it.",
    )


def failing(on: FailOn, found: Review, since: Progress | None) -> tuple[str, ...]:
    """Name the practices to fail on: among those that came to be open since a milestone, or else among all that are.

    What is waived is accepted, and never one of them; what the policy lets wait is one only once it was settled.
    """
    risks = frozenset(Risk) if on is not FailOn.HIGH else frozenset({Risk.HIGH})
    if since is None:
        return _ids(r for r in found.practices if r.open and r.required and r.risk in risks)
    came = since.regressed if on is FailOn.REGRESSED else (*since.new, *since.regressed)
    return _ids(moved for moved in came if moved.open and moved.risk in risks)


def _ids(items: Iterable[PracticeResult | Moved]) -> tuple[str, ...]:
    return tuple(item.id for item in items)
