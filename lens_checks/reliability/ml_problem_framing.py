"""Reliability while the problem is framed: whether it needs more than one model."""

from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, not_applicable
from lens_checks.evidence.records import Registry, Release


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
