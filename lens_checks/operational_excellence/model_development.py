"""Operational excellence while the model is developed: what is promoted was built, tested and deployed by machines."""

from config.settings import Policy
from lens_checks import confinement, delivery, governance, supply
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import (
    Clock,
    CommittedSource,
    Drills,
    Environment,
    Exposure,
    KnownRuns,
    Ledger,
    LedgerEntry,
    LicenceInventory,
    ModelVersion,
    Registry,
    TestRuns,
)


@check(
    "MLOE-12",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.OPERATION,
    fix="Commit everything, `make test` there, `lifecycle run` for a version of it, `lifecycle drill rollback`.",
)
def what_is_promoted_was_built_tested_and_deployed_by_machines(
    registry: Registry, runs: KnownRuns, source: CommittedSource, tests: TestRuns, ledger: Ledger, drills: Drills,
    clock: Clock, policy: Policy,
) -> Verdict:  # fmt: skip
    """A promotion carries the run that the orchestrator made, green tests of its commit, and its committed source."""
    version = delivery.at_hand(registry)
    faults = delivery.known(
        lambda: delivery.of_source(version, runs),
        lambda: _of_specification(version, source),
        lambda: _of_decision(delivery.decided(ledger, version), version),
        lambda: delivery.of_tests(version, tests)[0],
        lambda: delivery.of_drill(delivery.drill_named(drills, "rollback"), ledger, clock, policy.recovery),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    commit, drill = version.tags["commit"], drills.drills["rollback"]
    ran = tests.runs[commit]
    kinds = ", ".join(f"{ran.kinds[kind]} of {kind}" for kind in delivery.KINDS)
    return met(
        f"version {version.version} by flow run {version.tags['flow_run_id'][:8]} from commit {commit[:12]}, "
        f"{ran.tests} tests green ({kinds}), lock as committed, rollback practised (entry {drill.entry})"
    )


def _of_specification(version: ModelVersion, source: CommittedSource) -> list[str]:
    """Hold what the version says it was deployed from against what the repository holds under that commit."""
    commit = version.tags.get("commit", "")
    if commit not in source.locks:
        return [f"commit {_short(commit)} of version {version.version} is not in this repository"]
    lock, committed = version.tags.get("lock_sha256"), source.locks[commit]
    if not lock or lock != committed:
        return [f"it was deployed with lock {_short(lock)}, commit {commit[:12]} holds {_short(committed)}"]
    return []


def _of_decision(decision: LedgerEntry, version: ModelVersion) -> list[str]:
    body = decision.body
    faults = [f"decision {decision.number} was made on changes that are in no commit"] if body.get("dirty") else []
    if not body.get("commit"):
        faults.append(f"decision {decision.number} names no commit")
    if body.get("lock_sha256") != version.tags.get("lock_sha256"):
        faults.append(f"decision {decision.number} was made in an environment of another lock")
    return faults


def _short(digest: str | None) -> str:
    return digest[:12] if digest else "none"


@check(
    "MLOE-13",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.OPERATION,
    fix="Run `make install`; set `platform.advisories` in config/policy.yaml, and run `lifecycle drill access`.",
)
def libraries_come_from_a_pinned_and_approved_source(
    policy: Policy, environment: Environment, licences: LicenceInventory, exposure: Exposure, registry: Registry,
    drills: Drills, ledger: Ledger, clock: Clock,
) -> Verdict:  # fmt: skip
    """Every package is pinned by hash, of an accepted licence, from a known index, and was looked up for weaknesses."""
    place = policy.platform
    faults = delivery.known(
        lambda: [*supply.of_lock(environment)],
        lambda: [*supply.of_licences(licences, policy.licences)],
        lambda: [*supply.of_origin(environment, place)],
        lambda: supply.of_image(exposure, place),
        lambda: governance.of_environment(environment, delivery.at_hand(registry)),
        lambda: delivery.of_drill(delivery.drill_named(drills, "access"), ledger, clock, policy.recovery),
        lambda: confinement.of_vulnerabilities(place, delivery.drill_named(drills, "access")),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"{environment.installed} packages as {environment.lock_file} {environment.lock_sha256[:12]} says, under "
        f"accepted licences; {supply.in_words(environment, exposure, place)}; looked up in {place.advisories}"
    )
