"""A decision is computed once, stored in three places, and consumed: nothing moves without one that still holds."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from config.errors import GateRefused, IntegrityAlarm, LifecycleError
from tasks import files, history
from tasks.failpoints import failpoint
from tasks.ledger import Blocking, Decision, Entry, Kind
from tasks.registry import Version
from tasks.stores import Facts, Stores

BOUND_TO = (
    "commit", "dirty", "lock_sha256", "data_version", "promotion_sha256", "policy_sha256", "report_sha256",
)  # fmt: skip
AGAIN = "run `lifecycle run`: it decides anew"


def store(decision: Decision, stores: Stores, *, run_id: str) -> Entry:
    """Store a decision in the ledger, among the run's artefacts, and as reports/decisions/<gate>.json."""
    entry = stores.record(Kind.DECISION, decision)
    failpoint("decision.recorded")
    stores.registry.store_json(_copy(entry), run_id=run_id, path=_artifact(entry))
    if decision.version is not None:
        stores.registry.tag(decision.version, f"decision_{decision.gate}", str(entry.number))
    failpoint("decision.copied")
    files.write_json(stores.reports / "decisions" / f"{decision.gate}.json", _copy(entry))
    return entry


def _copy(entry: Entry) -> dict[str, Any]:
    return {"schema": 1, "made": entry.time, "entry": entry.number, "hash": entry.hash, "decision": entry.body}


def _artifact(entry: Entry) -> str:
    return f"decisions/{entry.body['gate']}-{entry.number:06d}.json"


def stored(gate: str, stores: Stores) -> Entry:
    """Take the stored decision of a gate; missing is refused, edited or foreign to the ledger is an alarm."""
    path = stores.reports / "decisions" / f"{gate}.json"
    if not path.exists():
        raise GateRefused(
            f"there is no stored decision of the {gate} gate ({path})", expected="one that passed",
            next_step="run `lifecycle run`: the gate decides after evaluation and trial",
        )  # fmt: skip
    try:
        number = files.read_json(path).get("entry")
    except LifecycleError as error:
        raise _alarm(f"{path} was edited: {error.seen}") from error
    if type(number) is not int or number not in stores.ledger.numbers():
        raise _alarm(f"{path} names no ledger entry: it was edited")
    entry = stores.ledger.entry(number)
    if entry.kind != Kind.DECISION or path.read_bytes() != files.pretty(_copy(entry)):
        raise _alarm(f"{path} is not what ledger entry {number} says, byte for byte: it was edited")
    return entry


def consume(
    entry: Entry, *, gate: str, version: Version, entries: Sequence[Entry], current: Facts, stores: Stores
) -> Decision:
    """Give the decision of an entry if it opens this gate to this version now; GateRefused or IntegrityAlarm."""
    if entry.kind != Kind.DECISION:
        raise _refused(f"ledger entry {entry.number} is no decision")
    decision = Decision.read(entry.body)
    _compare_copies(entry, version, stores)
    faults = (
        *_foreign(decision, gate, version, stores), *_outdated(decision, entry, entries, current),
        *_lapsed(decision, entries, current),
    )  # fmt: skip
    for fault in faults:
        raise _refused(f"decision {entry.number} of the {gate} gate does not hold: {fault}")
    if not decision.lets_through:
        words = _why(decision)
        raise _refused(f"decision {entry.number} of the {gate} gate refused version {decision.version}: {words}")
    return decision


def _why(decision: Decision) -> str:
    """Say why a decision lets nothing through."""
    if decision.blocking:
        return "; ".join(f"{b.practice or b.bound}: {b.because}" for b in decision.blocking[:5])
    return ("" if decision.promotable else "made with --explore, unpromotable for good; ") + decision.outcome


def _compare_copies(entry: Entry, version: Version, stores: Stores) -> None:
    try:
        source = stores.registry.address(version.run_id, _artifact(entry))
        copy = stores.registry.fetch(source, stores.state / "fetched" / f"decision-{entry.number}").read_bytes()
    except (LifecycleError, OSError) as error:
        raise _refused(f"decision {entry.number} is not among the artefacts of run {version.run_id}") from error
    if copy != files.pretty(_copy(entry)):
        raise _alarm(f"the copy of decision {entry.number} in MLflow was edited")


def _foreign(decision: Decision, gate: str, version: Version, stores: Stores) -> list[str]:
    return [
        f"it speaks of {what} {said!r}, here it is {seen!r}"
        for what, said, seen in (
            ("gate", decision.gate, gate),
            ("model", decision.model, stores.registry.model),
            ("version", decision.version, version.number),
            ("model digest", decision.model_digest, version.digest),
            ("data version", decision.data_version, version.tags.get("data_revision")),
            ("package digest", decision.figures.get("package_digest"), version.tags.get("package")),
        )
        if said is None or said != seen
    ]


def _outdated(decision: Decision, entry: Entry, entries: Sequence[Entry], current: Facts) -> list[str]:
    pairs = [(name, getattr(decision, name), getattr(current, name)) for name in BOUND_TO]
    faults = [f"it names no {name}" for name in ("data_version", "promotion_sha256") if not getattr(decision, name)]
    faults += [f"{name} was {said}, is {seen}" for name, said, seen in pairs if said != seen]
    last = [e.number for e in history.decisions(entries, gate=decision.gate, version=decision.version)][-1:]
    if last != [entry.number]:
        faults.append(f"entry {last[0]} decided anew" if last else "the ledger does not hold it")
    if history.uses_of(entries, entry.number):
        faults.append("it was used before")
    return faults


def _lapsed(decision: Decision, entries: Sequence[Entry], current: Facts) -> Iterator[str]:
    """Tell which waivers hold no longer; a clock that was set back lengthens none: the ledger knows how late it is."""
    latest = max([files.now(), *(datetime.fromisoformat(entry.time) for entry in entries[-1:])])
    today = latest.astimezone(UTC).date()
    for waiver in decision.waivers:
        if waiver not in current.waivers:
            yield f"its waiver of {waiver.get('practice')} was withdrawn or changed"
        elif not date.fromisoformat(waiver["made"]) <= today < date.fromisoformat(waiver["expires"]):
            yield f"its waiver of {waiver['practice']} is over, or not begun: {waiver['made']} to {waiver['expires']}"


def refusal(decision: Decision, error: LifecycleError) -> Decision:
    """Make the refusal that is recorded when a decision is not let through."""
    verdict = "alarm" if isinstance(error, IntegrityAlarm) else "refused"
    reason = Blocking(bound="promotion", verdict=verdict, because=error.seen, fix=error.next_step)
    return replace(block(decision, reason), time=files.now().isoformat())


def block(decision: Decision, reason: Blocking) -> Decision:
    """Turn a decision into a refusal, for one more reason."""
    return replace(decision, outcome="refused", blocking=(*decision.blocking, reason), promotable=False)


def bare(
    gate: str,
    error: LifecycleError,
    stores: Stores,
    current: Facts,
    *,
    actor: str,
    cause: str,
    version: int | None = None,
) -> Decision:
    """Make the refusal of something that no decision was made about."""
    blocking = (Blocking(bound=gate, verdict="refused", because=error.seen, fix=error.next_step),)
    return Decision(
        gate=gate, outcome="refused", model=stores.registry.model, version=None, model_digest=None,
        data_version=current.data_version, commit=current.commit, dirty=current.dirty, lock_sha256=current.lock_sha256,
        promotion_sha256=current.promotion_sha256, policy_sha256=current.policy_sha256,
        report_sha256=current.report_sha256,
        base_champion=stores.registry.alias("champion"), blocking=blocking, promotable=False, actor=actor, cause=cause,
        time=files.now().isoformat(),
    )  # fmt: skip


def _refused(seen: str) -> GateRefused:
    return GateRefused(seen, expected="a decision that passed and still holds", next_step=AGAIN)


def _alarm(seen: str) -> IntegrityAlarm:
    return IntegrityAlarm(
        seen, expected="the decision as the gate made it",
        next_step="find out who changed it; `lifecycle run` decides anew",
    )  # fmt: skip
