"""Ask a check and tell its answer apart: only here is an outcome unknown or broken, and nothing else counts as met."""

from typing import Protocol, TypeVar

from lens_checks.check import FROM_CHECKS, Check, Missing, Outcome, Verdict
from lens_checks.evidence.place import Malformed, NoEvidence
from lens_checks.steps import Cut, step, warnings_count

R = TypeVar("R")


class Source(Protocol):
    """Something that gives records by their type, or says why it cannot."""

    def get(self, kind: type[R]) -> R:
        """Give the record (NoEvidence, Malformed)."""


def ask(check: Check, source: Source) -> Verdict:
    """Judge a practice: whatever happens inside the check, the answer is a verdict, and only a clean one counts."""
    try:
        with step(_name(check)):
            return _only_verdicts(check, _judge(check, source))
    except NoEvidence as reason:
        return Verdict(Outcome.UNKNOWN, str(reason))
    except Missing as reason:
        return Verdict(Outcome.UNKNOWN, f"the evidence lacks {reason}")
    except (Malformed, Cut) as reason:
        return Verdict(Outcome.BROKEN, str(reason))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the practice is broken, never met
        return Verdict(Outcome.BROKEN, f"{_name(check)} raised {type(error).__name__}: {error}")


def _judge(check: Check, source: Source) -> object:
    records: dict[str, object] = {name: source.get(kind) for name, kind in check.evidence.items()}
    with warnings_count():
        return check.function(**records)


def _only_verdicts(check: Check, answer: object) -> Verdict:
    match answer:
        case Verdict(outcome=Outcome() as outcome, because=str() as because) if outcome in FROM_CHECKS and because:
            return Verdict(outcome, because)
        case Verdict():
            said = f"{_name(check)} answered {answer.outcome!r} because {answer.because!r}"
        case _:
            said = f"{_name(check)} answered {answer!r} of type {type(answer).__name__}"
    return Verdict(Outcome.BROKEN, f"{said}; a check answers met, not_met or not_applicable, with the reason in words")


def _name(check: Check) -> str:
    return f"{check.module}.{check.function.__name__}"
