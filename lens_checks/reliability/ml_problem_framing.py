"""Reliability while the problem is framed: a stable API before the model, and whether it needs more than one."""

from config.settings import Charter, Policy
from lens_checks import components, delivery, doors
from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import ApiDocuments, Clock, ComponentTrials, Couplings, Registry, Release


@check(
    "MLREL-01",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.RELEASE,
    fix="Give back what serving/openapi.released.json promises, or raise API_VERSION by a major; `lifecycle run`.",
)
def consumers_talk_to_a_stable_api(documents: ApiDocuments, release: Release) -> Verdict:
    """The candidate keeps what this and the last version of the API promise, and its signature is the contract's."""
    tried = need(release.contract, "a trial of the API: `lifecycle run` makes one")
    if faults := [*doors.of_promises(tried, documents), *doors.of_signature(tried)]:
        return not_met("; ".join(faults[:5]))
    now, before = tried.current, tried.released
    kind = f"a major version, {len(tried.changes)} breaking" if tried.changes else "none breaking"
    if now.sha256 == before.sha256:
        kind = "none at all"
    return met(
        f"version {now.api} kept in {now.calls} calls, {before.api} in {before.calls}; changes since then: {kind}; "
        f"{tried.signature.columns} columns alike in contract, signature and server"
    )


@check(
    "MLREL-02",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.RELEASE,
    fix="Name every model under `components` in config/charter.yaml; write reports/components.json (docs/upkeep.md).",
)
def one_failure_stays_local(
    charter: Charter, policy: Policy, registry: Registry, release: Release, trials: ComponentTrials,
    couplings: Couplings, clock: Clock,
) -> Verdict:  # fmt: skip
    """A problem is split into models of one purpose each, of which one may fail alone, unless one model answers it."""
    if registry.with_digest(release.digest) is None:
        raise Missing(f"the released model {release.digest[:12]} among the versions of {registry.name}")
    names = components.told(charter, registry, trials)
    if names == {registry.name}:
        return not_applicable(f"one model, {registry.name}, answers the problem: there is nothing to split")
    faults = delivery.known(
        lambda: components.of_purposes(charter, registry, trials),
        lambda: components.of_imports(couplings),
        lambda: components.of_failures(charter, trials, clock, policy.recovery),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    told = ", ".join(f"{name} down, {one.asked} requests to the others answered" for name, one in trials.of.items())
    return met(f"{len(names)} models; no import from inside another in {couplings.files} modules; {told}")
