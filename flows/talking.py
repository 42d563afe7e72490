"""The parts of an answer, asked for one by one, each until it can stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.text import Text

from config.settings import Attestation, NotApplicable, Settings
from flows import statements
from flows.asking import Asker
from lens_checks.statements import alone

DAYS = 180
REASONS = ("OUT_OF_SCOPE", "BUSINESS_PRIORITIES", "ARCHITECTURE_CONSTRAINTS", "OTHER", "NONE")
Said = dict[str, str]


@dataclass
class Talk:
    """A conversation: who asks, what was said of a question that was left half answered, and who said it last."""

    asker: Asker
    settings: Settings
    drafts: dict[str, Said]
    last: Said = field(default_factory=dict)

    def line(self, practice: str, name: str, prompt: str, default: str = "") -> str:
        """Ask for one part of an answer; what was said before stands in brackets and Enter takes it (Stopped)."""
        known = self.drafts.setdefault(practice, {})
        before = known.get(name) or self.last.get(name, default)
        shown = f" [{before}]" if before else ""
        said = self.asker.line(f"  {prompt}{shown}: ") or before
        known[name] = said
        return said

    def forget(self, practice: str, name: str) -> None:
        """Take back a part that cannot stand."""
        self.drafts.get(practice, {}).pop(name, None)


def attestation(practice: str, talk: Talk) -> dict[str, Any]:
    """Ask for the parts of an attestation; an owner who approves is refused at once (Stopped)."""
    said = {
        "statement": _field(Attestation, practice, "statement", "what is so, in a sentence", talk),
        "owner": _field(Attestation, practice, "owner", "who states it", talk),
    }
    while True:
        approver = _field(Attestation, practice, "approver", "who checked it, somebody else", talk)
        if not (same := alone(said["owner"], approver)):
            break
        talk.forget(practice, "approver")
        talk.last.pop("approver", None)
        talk.asker.wrong(f"{practice}: {same}")
    evidence = _field(Attestation, practice, "evidence", "link or path to what backs it", talk)
    talk.last |= {"owner": said["owner"], "approver": approver}
    return said | {"approver": approver, "evidence": evidence, "days": _days(practice, talk)}


def claim(practice: str, talk: Talk) -> dict[str, Any]:
    """Ask for the parts of a claim that a practice does not apply (Stopped)."""
    talk.asker.tell(Text("  " + ", ".join(f"{number} {reason}" for number, reason in enumerate(REASONS, 1))))
    numbers = {str(number): reason for number, reason in enumerate(REASONS, 1)}
    reason = _field(NotApplicable, practice, "reason", "reason, 1 to 5", talk, numbers)
    note = _field(NotApplicable, practice, "note", "why, in a sentence", talk)
    owner = _field(NotApplicable, practice, "owner", "who claims it", talk)
    talk.last |= {"owner": owner}
    return {"reason": reason, "note": note, "owner": owner, "days": _days(practice, talk)}


def _field(
    kind: type[Attestation] | type[NotApplicable], practice: str, name: str, prompt: str, talk: Talk,
    meant: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Ask for a field until it can stand (Stopped)."""
    while True:
        line = talk.line(practice, name, prompt)
        said = (meant or {}).get(line, line)
        if not (fault := statements.fault(kind, name, said)):
            return said
        talk.forget(practice, name)
        talk.asker.wrong(f"{practice}: {prompt}: {fault}")


def _days(practice: str, talk: Talk) -> int:
    while True:
        said = talk.line(practice, "days", "for how many days", str(DAYS))
        if said.isdecimal() and 1 <= int(said) <= 365:
            return int(said)
        talk.forget(practice, "days")
        talk.asker.wrong(f"{practice}: saw {said!r}; expected a number of days from 1 to 365")
