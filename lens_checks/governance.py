"""What shows that the platform is governed: its template, the places that run it, their environment, the record."""

from config.settings import Platform
from lens_checks import delivery
from lens_checks.check import Missing, need
from lens_checks.evidence.records import Environment, Ledger, ModelVersion, Premises


def of_template(platform: Platform, premises: Premises) -> list[str]:
    """Say whether the project was made from a version of the template that is approved (Missing: nothing tells)."""
    made_from = need(premises.template, "the version of the template: copier writes it into .copier-answers.yml")
    if not platform.templates:
        raise Missing("which templates are approved: `platform.templates` of config/policy.yaml")
    if any(made_from.startswith(approved) for approved in platform.templates):
        return []
    return [f"made from template {made_from}, approved are {', '.join(platform.templates[:5])}"]


def of_pools(platform: Platform, premises: Premises) -> list[str]:
    """Name the deployments that a work pool runs which nobody approved."""
    strange = {name: pool for name, pool in premises.pools.items() if pool and pool not in platform.work_pools}
    return [f"{name} runs in work pool {pool}, which is not approved" for name, pool in list(strange.items())[:5]]


def of_environment(environment: Environment, version: ModelVersion) -> list[str]:
    """Say whether the packages are those of the lock, and the lock that of the version."""
    other = [*environment.not_in_lock, *environment.other_version]
    faults = [f"packages that are not those of the lock: {', '.join(other[:5])}"] if other else []
    if version.tags.get("lock_sha256") != environment.lock_sha256:
        faults.append(f"version {version.version} was made with another lock than the one that lies here")
    return faults


def of_record(ledger: Ledger, version: ModelVersion) -> list[str]:
    """Say whether the ledger holds, and the decision on the version names the policy that it was made by (Missing)."""
    if ledger.breaks:
        return [f"the ledger does not hold: {ledger.breaks[0]}"]
    decision = delivery.decided(ledger, version)
    return (
        []
        if decision.body.get("policy_sha256")
        else [f"decision {decision.number} names no policy that it was made by"]
    )
