"""Reliability while the problem is framed: a stable API before the model, and whether it needs more than one."""

from lens_checks import doors
from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import ApiDocuments, Registry, Release


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
    fix="Register one model a project; for several, record how they were split and show each failing alone.",
)
def one_failure_stays_local(registry: Registry, release: Release) -> Verdict:
    """A problem is split into parts of which one may fail alone, unless one model answers it."""
    if registry.with_digest(release.digest) is None:
        raise Missing(f"the released model {release.digest[:12]} among the versions of {registry.name}")
    return not_applicable(f"one model, {registry.name}, answers the problem: there is nothing to split")
