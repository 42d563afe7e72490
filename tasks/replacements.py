"""A person's word that a champion which cannot be scored any more may be replaced without a comparison."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from config.errors import GateRefused
from tasks.approvals import Approvals, process
from tasks.ledger import Entry, Kind
from tasks.stores import Stores

REPLACES = "replaces"  # the field that tells this approval from one of a decision
LEAST_WORDS = 10  # letters of a reason
COMMAND = 'lifecycle approve --by NAME --replace-champion --because "..."'


def approve(
    compared: Mapping[str, Any], *, by: str, because: str, rules: Approvals, stores: Stores
) -> Entry:  # fmt: skip
    """Record that the approver lets the candidate of a comparison replace a champion that cannot answer.

    The word holds for these bytes, this champion and this promotion set; floors and rule decide then (GateRefused).
    """
    if compared.get("verdict") != "unscorable":
        raise GateRefused(
            f"the last comparison says {compared.get('verdict')!r}: the champion needs no replacement without one",
            expected="a champion that cannot be scored any more", next_step="run `lifecycle run`: it compares anew",
        )  # fmt: skip
    if fault := rules.fault_of(by):
        raise GateRefused(
            f"{by!r} may not approve: {fault}", expected=rules.expected, next_step="see `owners` in config/charter.yaml"
        )
    if compared.get("process") in (None, process()):
        raise GateRefused(
            "the comparison was made by this very process: a run does not let a champion go by itself",
            expected="a person, in a process of their own", next_step=f"{by} runs `{COMMAND}`",
        )  # fmt: skip
    if len(because.strip()) < LEAST_WORDS:
        raise GateRefused(
            f"the reason is {because.strip()!r}", expected="why the champion may go without a comparison, in words",
            next_step=f"run `{COMMAND}`",
        )  # fmt: skip
    return stores.record(Kind.APPROVAL, _bound(compared) | {
        "approver": by, "because": because.strip(), "process": process(),
    })  # fmt: skip


def _bound(compared: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "alias": "champion",
        REPLACES: compared["champion"]["version"],
        "champion_digest": compared["champion"]["digest"],
        "candidate_digest": compared["candidate"]["digest"],
        "promotion_sha256": compared["promotion_sha256"],
        "compared_by": compared["actor"],
    }


def find(
    entries: Sequence[Entry], *, champion: int, champion_digest: str | None, candidate_digest: str,
    promotion_sha256: str, rules: Approvals,
) -> tuple[Entry | None, str]:  # fmt: skip
    """Give the newest approval that holds for just this, or else why the last one does not."""
    wanted = {
        REPLACES: champion, "champion_digest": champion_digest, "candidate_digest": candidate_digest,
        "promotion_sha256": promotion_sha256,
    }  # fmt: skip
    why = ""
    for entry in entries:
        if entry.kind == Kind.APPROVAL and REPLACES in entry.body:
            fault = next(_faults(entry, wanted, rules), None)
            if fault is None:
                return entry, ""
            why = f"approval {entry.number} {fault}"
    return None, why


def _faults(entry: Entry, wanted: Mapping[str, Any], rules: Approvals) -> Iterator[str]:
    body = entry.body
    if other := [name for name, value in wanted.items() if body.get(name) != value]:
        yield f"is of another {', '.join(name.replace('_', ' ') for name in other)}"
    if rules.fault_of(str(body.get("approver"))):
        yield f"was given by {body.get('approver')}"
    if body.get("process") == process():
        yield "was written by the run itself"
