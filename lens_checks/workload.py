"""What shows that the profile of the workload is whole: measured on this version, aimed at with reasons, not stale."""

from lens_checks.check import Missing
from lens_checks.evidence.records import ModelVersion, Release, Workload, at_least

FIELDS = ("artifact_mib", "p50_ms", "p95_ms", "throughput", "memory_mib", "retrain_days")


def of_version(workload: Workload, version: ModelVersion) -> list[str]:
    """Say why the profile is not that of the version at hand, or older than it."""
    if (workload.version, workload.digest) != (version.version, version.tags.get("digest")):
        return [f"the profile is of version {workload.version}, or of other bytes than version {version.version}"]
    return ["the profile is older than its version"] if workload.made < version.created else []


def of_figures(workload: Workload, release: Release, versions: int) -> list[str]:
    """Name the figures that the run did not measure, or that its release tells otherwise."""
    seen, server = workload.current, release.server
    if seen.retrain_days is None and versions > 1:  # no interval lies before the first model
        raise Missing("the days since the model before, which was let in by no gate")
    lacking = [n for n in FIELDS if not (n == "retrain_days" and versions == 1) and not at_least(getattr(seen, n), 0)]
    told = {"p50_ms": server.p50_ms, "p95_ms": server.p95_ms, "memory_mib": server.rss_mib}
    other = [name for name, figure in told.items() if getattr(seen, name) != figure and name not in lacking]
    faults = [f"not measured: {', '.join(lacking)}"] if lacking else []
    return [*faults, *([f"the release tells otherwise: {', '.join(other)}"] if other else [])]


def of_targets(workload: Workload) -> list[str]:
    """Name the targets without a reason (Missing where one is not stated at all)."""
    lacking = [name for name in FIELDS if name not in workload.target]
    if lacking:
        raise Missing(f"the target of {', '.join(lacking)}: `usage` and `workload` of config/charter.yaml")
    bare = [name for name in FIELDS if not workload.target[name].reason.strip()]
    return [f"no reason is given for the target of {', '.join(bare)}"] if bare else []


def in_words(workload: Workload) -> str:
    """Tell each figure, and the one that is aimed at."""
    seen = {name: getattr(workload.current, name) for name in FIELDS}
    told = {name: "none" if figure is None else f"{figure:.3g}" for name, figure in seen.items()}
    return ", ".join(f"{name} {told[name]} of {workload.target[name].figure:g}" for name in FIELDS)
