"""What shows that the hand-made project keeps account: of its experiments, and of what its runs take."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from config.settings import Charter, Data
from lens_checks.evidence import records as r
from lens_checks.feedback import REJECTED
from tasks.files import sha256_json
from tests.lens_checks.delivered import COMMIT, DRILLED, FLOW, entry_of
from tests.lens_checks.frugal import TAGS
from tests.lens_checks.made import MODEL, NOW, PARTS

SEEN = {name: PARTS[name][:36] for name in ("train", "tune")}
SCORES = {"tune_average_precision": 0.85, "cpu_seconds": 5.0}


def logged(run: r.TrackedRun, **change: Any) -> r.TrackedRun:
    """Let a run have logged all that a run should."""
    whole = {
        "params": {"family": "boosting"} | run.params, "metrics": SCORES | run.metrics, "datasets": SEEN,
        "tags": run.tags | {"lifecycle.commit": COMMIT, REJECTED: "another was better"},
    }  # fmt: skip
    return replace(run, **whole | change)


LED = {"refused": ["average_precision is 0.84"], "reached": ["data preparation"], "closed": True}


def feedback(**change: Any) -> r.Drill:
    """Make the record of the drill of feedback."""
    whole: dict[str, Any] = {"passed": True, "seconds": 1.0, "version": None, "about": LED, "made": DRILLED}
    return r.Drill(name="feedback", entry=79, commit=COMMIT, **whole | change)


def led(recorded: r.Drill | None = None, **change: Any) -> dict[type, Any]:
    """Let the drill of feedback have come out otherwise."""
    from tests.lens_checks.world import GOOD

    drill = feedback(**change)
    others = tuple(entry for entry in GOOD.get(r.Ledger).entries if entry.number != drill.entry)
    return {
        r.Drills: {"drills": {**GOOD.get(r.Drills).drills, "feedback": drill}},
        r.Ledger: {"entries": (*others, entry_of(recorded or drill))},
    }


def profiled(**change: Any) -> r.Workload:
    """Make the profile of the workload of the version."""
    current = r.Current(artifact_mib=1.0, p50_ms=5, p95_ms=9, throughput=150.0, memory_mib=300, retrain_days=30.0)
    names = ("artifact_mib", "p50_ms", "p95_ms", "throughput", "memory_mib", "retrain_days")
    target = {name: r.Target(figure=500.0, reason="callers need it") for name in names}
    return r.Workload(**{"made": NOW, "version": 1, "digest": MODEL, "current": current, "target": target} | change)


def registered(records: Mapping[type, Any]) -> tuple[object, ...]:
    """Register the features of the version, and let DVC hold a copy of the rows that they are read from."""
    data, pipeline = records[Data], records[r.Pipeline]
    code = {"tasks/splitting.py": "1"}
    features = tuple(
        r.RegisteredFeature(
            name=name, type="number", description=data.columns[name].description, owner="Dan",
            consumers=("flights version 1",), version=sha256_json({"column": data.columns[name], "code": code}),
        )
        for name in data.features
    )  # fmt: skip
    found = r.FeatureRegistry(
        made=NOW, version=1, digest=MODEL, code=code, train_sha256=PARTS["train"], compared_rows=700, alike=0.999,
        features=features, twins=(),
    )  # fmt: skip
    stage = pipeline.stages["prepare"]
    kept = replace(stage, outs=tuple(replace(file, cached=True) for file in stage.outs))
    return found, replace(pipeline, stages={**pipeline.stages, "prepare": kept})


def tried(**change: Any) -> dict[type, dict[str, object]]:
    """Let the run of the last trial have logged something else."""
    from tests.lens_checks.world import GOOD

    *others, last = GOOD.get(r.Tracking).trials
    return {r.Tracking: {"trials": (*others, replace(last, **change))}}


RUNS = {"first": NOW - timedelta(days=1), "last": NOW}
PHASES = ("Framing", "Data preparation", "Training", "Evaluation")
STAGES = PHASES[1:]
WORDS = tuple(f"{name}={value}" for name, value in TAGS.items())


def phase(run: str, name: str, end: datetime, /, **change: Any) -> r.MeteredPhase:
    """Make what a phase took: of a stage the inputs are those of its run."""
    whole: dict[str, Any] = {
        "run": run, "flow_run_id": FLOW, "process": "vm:1:1", "phase": name, "cause": "drift",
        "start": end - timedelta(seconds=10), "end": end, "seconds": 10.0, "cpu_seconds": 9.0, "peak_rss_mib": 400.0,
        "read_bytes": 1000, "written_bytes": 500, "left": 0, "outcome": "done", "skipped": False,
        "inputs": f"{name} of {run}" if name in STAGES else "",
    }  # fmt: skip
    return r.MeteredPhase(**whole | change)


def lines(which: str = "", **change: Any) -> tuple[r.MeteredPhase, ...]:
    """Give the phases of two runs, one phase of the last of them changed."""
    return tuple(
        phase(run, name, end, **(change if (run, name) == ("last", which) else {}))
        for run, end in RUNS.items()
        for name in PHASES
    )


def took(which: str, **change: Any) -> dict[type, dict[str, object]]:
    """Let a phase of the last run have taken something else."""
    return {r.Metering: {"lines": lines(which, **change)}}


def alarm(name: str, **change: bool) -> dict[type, dict[str, object]]:
    """Let an alarm have come out otherwise when it was tried."""
    tried = {each: r.TriedAlarm(raised=True, quiet=True) for each in ("duration", "budget")}
    return {r.Metering: {"tried": tried | {name: replace(tried[name], **change)}}}


def metered(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project the account of its experiments and of its runs."""
    tracking, release = records[r.Tracking], records[r.Release]
    card = r.ReleasedFile(path="card.md", sha256=MODEL, size=900)
    charter, orchestration, registry = records[Charter], records[r.Orchestration], records[r.Registry]
    flow = r.FlowRun(
        id=FLOW, name="all", flow="Lifecycle", state="Completed", deployment=None, started=NOW, ended=NOW, tags=WORDS
    )
    deployments = tuple(replace(each, tags=(*each.tags, *WORDS)) for each in orchestration.deployments)
    house, ledger, drills = records[r.Housekeeping], records[r.Ledger], records[r.Drills]
    kept = house.removed | {"logs": r.Removed(files=0, bytes=0, left=0)}
    added: list[object] = [
        r.Metering(
            made=NOW,
            lines=lines(),
            tried={n: r.TriedAlarm(raised=True, quiet=True) for n in ("duration", "budget")},
            log=r.LogOfRun(run="last", lines=9, missing=0, begun=PHASES, done=PHASES, ended="complete"),
        ),
        charter.model_copy(update={"budget": charter.budget.model_copy(update={"monthly": 10.0})}),
        replace(orchestration, deployments=deployments, flow_runs=(*orchestration.flow_runs, flow)),
        replace(registry, versions=tuple(replace(v, tags=TAGS | v.tags) for v in registry.versions)),
        replace(house, removed=kept),
        r.Findings(all=()),
        replace(ledger, entries=(*ledger.entries, entry_of(feedback()))),
        r.Drills(drills={**drills.drills, "feedback": feedback()}),
        replace(
            tracking,
            winner=logged(tracking.winner),
            trials=tuple(map(logged, tracking.trials)),
            search=replace(tracking.search, tags=tracking.search.tags | TAGS),
        ),
        replace(release, files=(*release.files, card)),
        r.CommittedPipeline(commit=COMMIT),
        profiled(),
        *registered(records),
    ]
    return {**records, **{type(record): record for record in added}}
