"""The gates: which practices and bounds each asks for, and the one decision over them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.settings import Gate, Policy, Waiver
from lens_checks import bounds
from lens_checks.bounds import Blocking
from lens_checks.check import Checkpoint, Outcome
from lens_checks.checkpoint import SETTLED, By, PracticeResult
from lens_checks.runner import Source
from lens_checks.statements import Statements, Subject


class GateName(StrEnum):
    """The gates, in order: one after each phase that another phase waits for, and the two of the ladder."""

    FRAMING = "framing"
    DATA = "data"
    DEVELOPMENT = "development"
    STAGING = "staging"
    CHAMPION = "champion"


CHECKPOINTS: Mapping[GateName, tuple[Checkpoint, ...]] = {
    GateName.FRAMING: (Checkpoint.FRAMING,),
    GateName.DATA: (Checkpoint.DATA,),
    GateName.DEVELOPMENT: (Checkpoint.DEVELOPMENT,),
    GateName.STAGING: Checkpoint.RELEASE.up_to_here,
    GateName.CHAMPION: Checkpoint.OPERATION.up_to_here,
}


@dataclass(frozen=True, kw_only=True)
class GateOutcome:
    """What a gate decided, over which practices, and every reason against."""

    gate: GateName
    passed: bool
    made: datetime
    subject: Subject
    blocking: tuple[Blocking, ...]
    warnings: tuple[Blocking, ...]
    waivers: tuple[Waiver, ...]
    figures: Mapping[str, object]
    results: tuple[PracticeResult, ...]


def policy_of(gate: GateName, policy: Policy) -> Gate:
    """Give what the policy says of a gate."""
    match gate:
        case GateName.STAGING:
            return policy.gates.staging
        case GateName.CHAMPION:
            return policy.gates.champion
        case _:
            return policy.gates.phase


def decide(
    gate: GateName,
    *,
    results: Iterable[PracticeResult],
    source: Source,
    policy: Policy,
    subject: Subject,
    statements: Statements,
    now: datetime,
) -> GateOutcome:
    """Decide once: a gate opens only when something was judged, and nothing is held against it."""
    judged = tuple(result for result in results if result.checkpoint in CHECKPOINTS[gate])
    rules = policy_of(gate, policy)
    held = [result for result in judged if _holds(result, rules, subject)]
    blocking = (*_nothing_judged(judged), *map(_as_blocking, held), *bounds.unmet(gate, source, policy, subject))
    warnings = tuple(_as_blocking(result) for result in judged if result.open and result not in held)
    used = (statements.waived[result.id] for result in judged if result.by is By.WAIVED)
    return GateOutcome(
        gate=gate,
        passed=not blocking,
        made=now,
        subject=subject,
        blocking=tuple(blocking),
        warnings=warnings,
        waivers=tuple(used),
        figures=bounds.figures(gate, source, policy),
        results=judged,
    )


def held_by(result: PracticeResult, policy: Policy, *, champion: bool) -> tuple[GateName, ...]:
    """Name the gates that a practice holds shut."""
    subject = Subject(model="", champion=1 if champion else None)
    return tuple(
        gate
        for gate in GateName
        if result.checkpoint in CHECKPOINTS[gate] and _holds(result, policy_of(gate, policy), subject)
    )


def _holds(result: PracticeResult, rules: Gate, subject: Subject) -> bool:
    """A finding on the live model holds the next champion, who alone asks for it; what is not seen yet does not."""
    if result.checkpoint is Checkpoint.OPERATION:
        finding = result.measured in (Outcome.NOT_MET, Outcome.BROKEN)
        return subject.champion is not None and finding and result.blocks(rules)
    return result.blocks(rules)


def _nothing_judged(judged: tuple[PracticeResult, ...]) -> Iterator[Blocking]:
    if not any(result.settled or result.measured in SETTLED for result in judged):
        words = "no practice of this checkpoint was found met: nothing was checked"
        yield Blocking(bound="something was checked", verdict=Outcome.UNKNOWN, because=words, fix="lifecycle review")


def _as_blocking(result: PracticeResult) -> Blocking:
    return Blocking(practice=result.id, verdict=result.verdict, because=result.because, fix=result.fix)
