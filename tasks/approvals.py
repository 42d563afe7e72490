"""A person's word that lets a passed decision through, where the policy asks for one."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from config.errors import GateRefused
from config.settings import Settings
from tasks.ledger import Decision, Entry, Kind
from tasks.stores import Stores

BOUND_TO = ("gate", "model", "version", "model_digest", "data_version", "policy_sha256", "base_champion")


class AwaitsApproval(GateRefused):
    """A decision passed and waits for a person: nothing was refused, nothing moves yet."""


@dataclass(frozen=True)
class Approvals:
    """Whether a person must approve, who that is, and who wrote the model."""

    required: bool
    approver: str
    author: str

    @classmethod
    def of(cls, settings: Settings) -> "Approvals":
        """Read the rules from policy and charter."""
        owners = settings.charter.owners
        return cls(settings.policy.approval == "person", owners.approver, owners.model)

    def demand(self, decision: Decision, entry: Entry, entries: Sequence[Entry]) -> None:
        """Refuse to go on without a valid approval of just this: these bytes, this data, policy and base."""
        if not self.required:
            return
        faults = [self._fault(e, decision, entries) for e in entries if e.kind == Kind.APPROVAL]
        if None not in faults:
            seen = f"version {decision.version} passed the {decision.gate} gate (decision {entry.number})"
            raise AwaitsApproval(
                f"{seen} and waits for {self.approver}" + (f"; {faults[-1]}" if faults else ""),
                expected=f"an approval by {self.approver}, who is not {self.author}",
                next_step=f"{self.approver} runs `lifecycle approve`; then `lifecycle promote --to champion`",
            )

    def _fault(self, approval: Entry, decision: Decision, entries: Sequence[Entry]) -> str | None:
        body = approval.body
        approved = next((e for e in entries if e.number == body["decision"] and e.kind == Kind.DECISION), None)
        if approved is None or approved.number > approval.number:
            return f"approval {approval.number} names no decision made before it"
        if any(approved.body[name] != getattr(decision, name) for name in BOUND_TO):
            return f"approval {approval.number} is of another candidate, policy or base"
        if body["approver"] != self.approver or body["approver"] == self.author:
            return f"approval {approval.number} was given by {body['approver']}"
        if body["process"] in (approved.body["figures"].get("process"), decision.figures.get("process")):
            return f"approval {approval.number} was written by the run itself"
        return None


def approve(entry: Entry, *, by: str, rules: Approvals, stores: Stores) -> Entry:
    """Record that a person lets a passed decision through (GateRefused)."""
    decision = Decision.read(entry.body)
    if not decision.lets_through:
        raise GateRefused(f"decision {entry.number} refused: no person lets it through", next_step="lifecycle plan")
    if by != rules.approver or by == rules.author:
        raise GateRefused(
            f"{by!r} may not approve", expected=f"{rules.approver}, who is not {rules.author}",
            next_step="see `owners` in config/charter.yaml",
        )  # fmt: skip
    return stores.record(Kind.APPROVAL, {"decision": entry.number, "approver": by, "process": process()})


def process() -> str:
    """Name this process so that no other ever has the same name on this machine: boot, start and id."""
    try:
        with open("/proc/self/stat") as stat, open("/proc/sys/kernel/random/boot_id") as boot:
            return f"{boot.read().strip()}:{stat.read().rpartition(')')[2].split()[19]}:{os.getpid()}"
    except OSError:  # not Linux
        return f"{os.uname().nodename}:{os.getpid()}"
