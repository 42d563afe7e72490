"""Sustainability at deployment: endpoints that are shared."""

from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, not_applicable
from lens_checks.evidence.records import Registry, Release


@check(
    "MLSUS-14",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Serve one model a project; several models are put behind one endpoint.",
)
def models_share_an_endpoint(registry: Registry, release: Release) -> Verdict:
    """Models that are used together share an endpoint, unless there is just one."""
    if registry.with_digest(release.digest) is None:
        raise Missing(f"the released model {release.digest[:12]} among the versions of {registry.name}")
    return not_applicable(f"one model, {registry.name}, is served: there is nothing to share an endpoint with")
