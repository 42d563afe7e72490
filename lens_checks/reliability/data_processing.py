"""Reliability while data is processed: every input has an entry, and every version of it can be had back."""

from config.settings import Data, Policy
from lens_checks import delivery
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import (
    Clock,
    Difference,
    Drill,
    Drills,
    Landing,
    Ledger,
    Pipeline,
    Profile,
    Registry,
    Retrieval,
    TaskPolicies,
    TestRuns,
    finite,
)

STORES = ("landing.", "sources.", "versioning.")  # what reaches for sources and stores may find them away


@check(
    "MLREL-03",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.DATA,
    fix="Describe every column of the source in config/data.yaml, then `lifecycle run`.",
    effort=Effort.SMALL,
)
def every_input_is_catalogued(data: Data, landing: Landing, profile: Profile) -> Verdict:
    """Every input has an entry with schema, owner, classification, freshness and licence that fits what was landed."""
    if not landing.sources or not all(source.sha256 for source in landing.sources):
        return not_met("the manifest names no source file, or one without a digest")
    if (landing.licence, landing.owner) != (data.source.licence, data.source.owner):
        return not_met("licence or owner in the manifest differ from config/data.yaml")
    if strange := sorted(set(landing.columns) ^ set(data.columns)):
        return not_met(f"seen or declared, not both: {', '.join(strange[:5])}")
    if profile.data_sha256 != landing.sha256_on_disk:
        return not_met("the entry describes other rows than those that lie in data/landed")
    classes = {name: column.sensitivity.value for name, column in data.columns.items()}
    if differing := [n for n, c in profile.columns.items() if c.sensitivity != classes.get(n)]:
        return not_met(f"classified otherwise than declared: {', '.join(differing[:5])}")
    newest = landing.window.end if landing.window else landing.newest_row
    if not newest:
        raise Missing("freshness: the data has neither a window nor a newest row")
    return met(f"{len(landing.sources)} files, {len(landing.columns)} columns as declared, fresh up to {newest}")


@check(
    "MLREL-05",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle run`, `make test` on the commit of the version, and `dvc push` where there is a remote.",
)
def data_versions_can_be_had_back(
    registry: Registry, retrieval: Retrieval, landing: Landing, difference: Difference, runs: TestRuns
) -> Verdict:
    """Each version names its data, which can be had back, differs from the one before as told, and was tested."""
    version = delivery.at_hand(registry)
    if unnamed := [f"{v.version}" for v in registry.versions if v.aliases and not v.tags.get("data_revision")]:
        return not_met(f"no data revision on version {', '.join(unnamed)}")
    on_ladder = {v.tags["data_revision"] for v in registry.versions if v.aliases}
    if gone := [f"{revision[:12]}: {'; '.join(faults)}" for revision, faults in retrieval.faults.items() if faults]:
        return not_met(f"data that cannot be had back: {', '.join(gone)}")
    if unseen := on_ladder - set(retrieval.faults):
        raise Missing(f"a look at the data {', '.join(sorted(unseen))[:60]}")
    if difference.data_sha256 != landing.sha256:
        return not_met("the difference to the version before is of other rows than those landed")
    red, commit = delivery.of_tests(version, runs)
    if red:
        return not_met("; ".join(red[:5]))
    where = f"and from {retrieval.remote}" if retrieval.remote else "alone: no remote is configured"
    told = f"compared with {difference.against[:12]}" if difference.against else "the first version"
    return met(
        f"{len(on_ladder)} data revisions on the ladder, each whole in the project's cache {where}; {told}; "
        f"{runs.runs[commit].kinds['data']} tests of data passed on {commit[:12]}"
    )


@check(
    "MLREL-04",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle run`, then `lifecycle drill resume`; tasks declare retries and timeouts in their flow.",
)
def data_moves_by_a_pipeline_that_recovers(
    pipeline: Pipeline, tasks: TaskPolicies, drills: Drills, ledger: Ledger, clock: Clock, policy: Policy
) -> Verdict:
    """Data is moved by one pipeline alone, which tries again, gives up in time, resumes after a kill and tells."""
    faults = delivery.known(
        lambda: _of_outputs(pipeline),
        lambda: _of_tasks(tasks),
        lambda: delivery.of_drill(delivery.drill_named(drills, "resume"), ledger, clock, policy.recovery),
        lambda: _of_resuming(delivery.drill_named(drills, "resume")),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    drill = drills.drills["resume"]
    patient = sum(task.retries > 0 for task in tasks.tasks)
    return met(
        f"{len(pipeline.stages)} stages wrote what lies there, {patient} of {len(tasks.tasks)} tasks try again, all "
        f"have a timeout, killed and resumed alike in {drill.seconds:g} s (entry {drill.entry}), a failure was told"
    )


def _of_outputs(pipeline: Pipeline) -> list[str]:
    """Each output has one stage that writes it, and is what that stage recorded."""
    faults = [f"{name} is not up to date" for name, stage in pipeline.stages.items() if not stage.current]
    faults += [f"{path} is not what was landed" for path, file in pipeline.snapshots.items() if not file.current]
    written = [out.path for stage in pipeline.stages.values() for out in stage.outs]
    if twice := sorted({path for path in written if written.count(path) > 1}):
        faults.append(f"written by two stages: {', '.join(twice)}")
    if not any(path.startswith("data/") for path in written) or not pipeline.snapshots:
        faults.append("no stage writes data, or no landed snapshot is under version control")
    return faults


def _of_tasks(tasks: TaskPolicies) -> list[str]:
    endless = [task.name for task in tasks.tasks if not (finite(task.timeout_seconds) and task.timeout_seconds > 0)]
    reaching = [task for task in tasks.tasks if task.wraps.startswith(STORES)]
    faint = [task.name for task in reaching if task.retries < 1]
    blind = [task.name for task in tasks.tasks if task.retries > 0 and not task.conditional]
    faults = [f"no timeout: {', '.join(endless[:5])}"] if endless else []
    faults += [f"reach for a store and try once: {', '.join(faint[:5])}"] if faint else []
    faults += [f"try again whatever happened, refusals included: {', '.join(blind[:5])}"] if blind else []
    faults += [] if reaching else ["no task reaches for the source"]
    return faults


def _of_resuming(drill: Drill) -> list[str]:
    about = drill.about
    same = about.get("same") is True and about.get("expected") and about.get("expected") == about.get("seen")
    faults = [] if same else ["what was resumed is not what an undisturbed run publishes"]
    faults += [] if about.get("notified") is True else ["nobody was told of a failure"]
    return faults
