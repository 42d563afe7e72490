"""Reliability in deployment: nothing changes what serves but the pipeline, and every change has its record."""

from config.settings import Policy
from lens_checks import delivery
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Clock, Drills, Endpoint, Ledger, LedgerEntry, Registry


@check(
    "MLREL-10",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle verify`; `lifecycle rollback` puts right what was moved by hand; `lifecycle drill rollback`.",
)
def the_endpoint_changes_by_the_pipeline_alone(
    endpoint: Endpoint, registry: Registry, ledger: Ledger, drills: Drills, clock: Clock, policy: Policy
) -> Verdict:
    """What serves is what the pipeline deployed last, on record with its cause; rolling back was practised."""
    move = delivery.last_move(ledger)
    if move is None:
        return not_met(f"version {endpoint.version} is champion, and no deployment in a sound ledger says so")
    decision = next((e for e in ledger.of_kind("decision") if e.number == move.body.get("decision")), None)
    faults = delivery.known(
        lambda: _of_configuration(endpoint, move, decision),
        lambda: _of_change(move, decision),
        lambda: delivery.of_drill(delivery.drill_named(drills, "rollback"), ledger, clock, policy.recovery),
        lambda: delivery.of_rollback(delivery.drill_named(drills, "rollback"), registry, ledger),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    need(endpoint.on_disk, "the package of the champion where it can be digested")
    drill = drills.drills["rollback"]
    logged = delivery.figures(ledger)
    return met(
        f"version {endpoint.version} as deployed by entry {move.number} ({move.body['cause']}), {logged.words}, "
        f"rollback practised in {drill.seconds:g} s (entry {drill.entry})"
    )


def _of_configuration(endpoint: Endpoint, move: LedgerEntry, decision: LedgerEntry | None) -> list[str]:
    """Hold alias, tags and bytes against the last deployment: what differs was changed past the pipeline."""
    if decision is None or decision.body.get("outcome") != "passed":
        return [f"entry {move.number} names no decision that passed"]
    figures = decision.body.get("figures")
    package = figures.get("package_digest") if isinstance(figures, dict) else None
    pairs = {
        "champion": (endpoint.version, move.body.get("version")),
        "package as registered": (endpoint.package, package),
        "model as registered": (endpoint.digest, decision.body.get("model_digest")),
        "package in the store": (endpoint.on_disk if endpoint.on_disk is not None else package, package),
    }
    differing = [f"{name} is {_short(here)}, deployed was {_short(there)}" for name, (here, there) in pairs.items()
                 if there is None or here != there]  # fmt: skip
    return [f"changed past the pipeline: {', '.join(differing)}"] if differing else []


def _of_change(move: LedgerEntry, decision: LedgerEntry | None) -> list[str]:
    lacking = [name for name in ("cause", "actor", "decision") if not move.body.get(name)]
    if decision is not None and not decision.body.get("cause"):
        lacking.append("cause of the decision")
    return [f"the deployment (entry {move.number}) names no {', '.join(lacking)}"] if lacking else []


def _short(value: object) -> str:
    return str(value)[:12] if value is not None else "nothing"
