"""A person's word that lets a passed decision through, where the policy asks for one."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from config.errors import GateRefused
from config.settings import Settings
from tasks import decisions
from tasks.ledger import Decision, Entry, Kind
from tasks.stores import Stores

BOUND_TO = (
    "gate", "model", "version", "model_digest", "data_version", "promotion_sha256", "policy_sha256", "base_champion",
)  # fmt: skip


class AwaitsApproval(GateRefused):
    """A decision passed and waits for a person: nothing was refused, nothing moves yet."""


@dataclass(frozen=True)
class Approvals:
    """Whether a person must approve, who that is, and who wrote the model."""

    required: bool
    approver: str
    author: str
    by_author: bool = False  # whether both may be one person

    @classmethod
    def of(cls, settings: Settings) -> "Approvals":
        """Read the rules from policy and charter."""
        owners = settings.charter.owners
        policy = settings.policy
        return cls(policy.approval == "person", owners.approver, owners.model, policy.approver_may_be_author)

    def fault_of(self, name: str) -> str | None:
        """Say why this person may not let a champion in; None where nothing speaks against it."""
        if name != self.approver:
            return f"{name!r} is not the approver"
        if not self.by_author and _plain(name) == _plain(self.author):
            return f"{name!r} is accountable for the model: nobody lets their own in"
        return None

    @property
    def expected(self) -> str:
        """Say who may approve."""
        return self.approver if self.by_author else f"{self.approver}, who is not {self.author}"

    def demand(self, decision: Decision, entry: Entry, entries: Sequence[Entry]) -> None:
        """Refuse to go on without a valid approval of just this: these bytes, this data, policy and base."""
        if not self.required:
            return
        words = [e for e in entries if e.kind == Kind.APPROVAL and "decision" in e.body]
        faults = [self._fault(entry, decision, entries) for entry in words]
        if None not in faults:
            seen = f"version {decision.version} passed the {decision.gate} gate (decision {entry.number})"
            raise AwaitsApproval(
                f"{seen} and waits for {self.approver}" + (f"; {faults[-1]}" if faults else ""),
                expected=f"an approval by {self.expected}",
                next_step=f"{self.approver} runs `lifecycle approve`, or the flow Approval in Prefect's interface; "
                "then `lifecycle promote --to champion`",
            )

    def _fault(self, approval: Entry, decision: Decision, entries: Sequence[Entry]) -> str | None:
        body = approval.body
        approved = next((e for e in entries if e.number == body["decision"] and e.kind == Kind.DECISION), None)
        if approved is None or approved.number > approval.number:
            return f"approval {approval.number} names no decision made before it"
        if any(approved.body[name] != getattr(decision, name) for name in BOUND_TO):
            return f"approval {approval.number} is of another candidate, policy or base"
        if self.fault_of(body["approver"]):
            return f"approval {approval.number} was given by {body['approver']}"
        if body["process"] in (approved.body["figures"].get("process"), decision.figures.get("process")):
            return f"approval {approval.number} was written by the run itself"
        return None


def approve(entry: Entry, *, by: str, rules: Approvals, stores: Stores, **said: str) -> Entry:
    """Record that a person lets a passed decision through (GateRefused)."""
    decision = Decision.read(entry.body)
    if not decision.lets_through:
        raise GateRefused(f"decision {entry.number} refused: no person lets it through", next_step="lifecycle plan")
    if fault := rules.fault_of(by):
        raise GateRefused(
            f"{by!r} may not approve: {fault}", expected=rules.expected,
            next_step="see `owners` in config/charter.yaml and `approver_may_be_author` in config/policy.yaml",
        )  # fmt: skip
    if decision.figures.get("process") in (None, process()):
        raise GateRefused(
            f"decision {entry.number} was made by this very process: a run does not approve itself",
            expected="a person, in a process of their own", next_step=f"{by} runs `lifecycle approve`",
        )  # fmt: skip
    return stores.record(Kind.APPROVAL, {"decision": entry.number, "approver": by, "process": process()} | said)


def decline(entry: Entry, *, by: str, reason: str, rules: Approvals, stores: Stores) -> GateRefused:
    """Record that a person does not let a passed decision through, and give what is to be raised."""
    if fault := rules.fault_of(by):
        return GateRefused(f"{by!r} may neither approve nor decline: {fault}", expected=rules.expected)
    words = f"{by} does not let version {entry.body['version']} in: {reason or 'no reason given'}"
    refused = GateRefused(words, expected="a person's approval", next_step="lifecycle plan")
    stores.record(Kind.DECISION, decisions.refusal(Decision.read(entry.body), refused))
    return refused


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def process() -> str:
    """Name this process so that no other ever has the same name on this machine: boot, start and id."""
    try:
        with open("/proc/self/stat") as stat, open("/proc/sys/kernel/random/boot_id") as boot:
            return f"{boot.read().strip()}:{stat.read().rpartition(')')[2].split()[19]}:{os.getpid()}"
    except OSError:  # not Linux
        return f"{os.uname().nodename}:{os.getpid()}"
