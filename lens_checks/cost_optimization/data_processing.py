"""Cost optimization while data is processed: labels, and preparation that runs as a pipeline."""

from config.settings import Charter, Data, Policy
from lens_checks import confinement, delivery, featuring, governance, metering
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import (
    Environment,
    FeatureRegistry,
    KnownRuns,
    Lineage,
    Metering,
    Parts,
    Pipeline,
    Premises,
    Profile,
    Registry,
    Release,
    Tracking,
    Training,
)


@check(
    "MLCOST-05",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.DATA,
    fix="Say where the target comes from under `labels` in config/data.yaml.",
)
def labelling_is_tooled_and_checked(data: Data, profile: Profile) -> Verdict:
    """Labels that people make come from a tool with quality control; those of a system of record need none."""
    if data.target not in profile.columns:
        return not_met(f"the target {data.target} is not among the profiled columns")
    if data.labels == "system-of-record":
        return not_applicable(f"{data.target} comes from a system of record of {data.source.owner}: nobody labels")
    if data.labels == "people":
        raise Missing("labeller, tool and time of each label, and how far labellers agree")
    raise Missing("where the target comes from (`labels` in config/data.yaml)")


@check(
    "MLCOST-06",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Move what a notebook does into tasks/, and let `lifecycle run` prepare the data.",
    effort=Effort.SMALL,
)
def preparation_is_a_reproducible_flow(pipeline: Pipeline, tracking: Tracking) -> Verdict:
    """Whatever tool explored the data, it is prepared by a stage of the pipeline, and no notebook feeds it."""
    stage = pipeline.stages.get("prepare")
    if stage is None or not stage.recorded:
        return not_met("dvc.yaml has no prepare stage, or dvc.lock does not know its last run")
    if not stage.current:
        changed = [file.path for file in (*stage.deps, *stage.outs) if not file.current]
        return not_met(f"changed since the preparation: {', '.join(changed[:5]) or 'parameters'}")
    read = [file.path for one in pipeline.stages.values() for file in one.deps]
    named = [
        *read,
        *(one.command for one in pipeline.stages.values()),
        tracking.winner.tags.get("mlflow.source.name", ""),
    ]
    if notebooks := [name for name in named if ".ipynb" in name]:
        return not_met(f"a notebook feeds the pipeline: {', '.join(notebooks[:5])}")
    return met(f"prepared by `{stage.command}`, {len(stage.outs)} outputs unchanged since, no notebook in between")


@check(
    "MLCOST-07",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.RELEASE,
    fix="Prepare data with `lifecycle run`, in an environment that `make install` built from requirements.lock.",
)
def preparation_is_a_job_that_comes_and_goes(
    policy: Policy, metered: Metering, runs: KnownRuns, environment: Environment, registry: Registry, release: Release
) -> Verdict:
    """Data is prepared by a job of the orchestrator that leaves nothing behind, in the environment that serves."""
    line = need(metered.newest("Data preparation"), "what preparing data took: it ran outside of `lifecycle run`")
    version = delivery.at_hand(registry)
    faults = [*metering.of_job(line, policy, runs.ids), *governance.of_environment(environment, version)]
    if release.environment.get("lock_sha256") != environment.lock_sha256:
        faults.append("the server on trial ran in an environment of another lock")
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"{line.start:%Y-%m-%d %H:%M} to {line.end:%H:%M:%S}, {line.cpu_seconds:.1f} CPU seconds, "
        f"{line.peak_rss_mib:.0f} MiB, nothing left running; "
        f"lock {environment.lock_sha256[:12]} there and where it serves"
    )


@check(
    "MLCOST-08",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.RELEASE,
    fix="Describe each column of config/data.yaml, leave out twins by `role: ignored`, then `lifecycle run`.",
    effort=Effort.SMALL,
)
def features_are_stored_once_and_shared(
    known: FeatureRegistry, data: Data, charter: Charter, policy: Policy, lineage: Lineage, parts: Parts,
    training: Training, pipeline: Pipeline, premises: Premises, registry: Registry,
) -> Verdict:  # fmt: skip
    """Each feature has description, owner, version and readers and no twin; all read it from one store, kept safe."""
    version = delivery.at_hand(registry)
    consumer = f"{registry.name} version {version.version}"
    if faults := delivery.known(
        lambda: featuring.of_version(known, lineage, version),
        lambda: featuring.of_entries(known, data, charter, training, pipeline, consumer),
        lambda: featuring.of_store(lineage, parts, training, pipeline),
        lambda: featuring.of_twins(known, parts),
        lambda: confinement.of_storage(premises, pipeline, data, policy.platform),
    ):
        return not_met("; ".join(faults[:5]))
    return met(featuring.in_words(known, data, policy.platform))
