"""Operational excellence in operation: what serves is what was tried, in the environment that it was tried in."""

from config.settings import Charter, Policy
from lens_checks import living
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import (
    Clock,
    Environment,
    Lineage,
    MonitoringHistory,
    MonitoringWindow,
    Pipeline,
    Registry,
    Release,
    Training,
    at_most,
    finite,
)

LINEAGE = ("commit", "data_revision", "lock_sha256", "flow_run_id")
LARGEST_DIFFERENCE = 1e-6  # between an answer of the server and the same answer at training


@check(
    "MLOE-16",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.RELEASE,
    fix="Run `make install`, then `lifecycle run --force` in the environment that is to serve.",
    effort=Effort.SMALL,
)
def every_environment_is_the_same_and_answers_alike(
    training: Training, pipeline: Pipeline, release: Release, environment: Environment
) -> Verdict:
    """Training, trial and service run on the same lock, interpreter, machine and configuration, and answer alike."""
    seen = release.environment
    lock = need(training.lock_sha256, "the lock that the model was trained with")
    told = {name: need(seen.get(name), f"{name} of the trial") for name in ("python", "platform", "processors")}
    pairs = {
        "lock of the trial": (seen.get("lock_sha256"), lock),
        "lock now": (environment.lock_sha256, lock),
        "Python": (environment.python, told["python"]),
        "platform": (environment.platform, told["platform"]),
        "processors": (told["processors"], training.threads),
    }
    if differing := [f"{name} ({here}, not {there})" for name, (here, there) in pairs.items() if here != there]:
        return not_met(f"environments differ: {', '.join(differing[:5])}")
    changed = [name for name, stage in pipeline.stages.items() if not (stage.recorded and stage.params_current)]
    if changed or not pipeline.stages:
        return not_met(f"the configuration changed since it ran: {', '.join(changed) or 'no stage is known'}")
    golden = release.golden
    if not golden.rows > 0 or not golden.matched or not at_most(golden.max_difference, LARGEST_DIFFERENCE):
        return not_met(f"{golden.rows} golden rows, answered {golden.max_difference} apart")
    return met(f"Python {environment.python}, lock {lock[:12]}, {golden.rows} golden rows answered alike everywhere")


@check(
    "MLOE-15",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle monitor WINDOW` for rows with labels; serve with capture of requests switched on.",
    effort=Effort.LARGE,
)
def the_live_model_can_be_looked_into(
    charter: Charter, policy: Policy, registry: Registry, history: MonitoringHistory, lineage: Lineage, clock: Clock
) -> Verdict:
    """Data, quality, fairness and attributions of what serves are watched, and its answers lead to its lineage."""
    last, version = living.newest(history, registry), registry.at("champion")
    if old := living.stale(last, policy, clock):
        return not_met(old)
    if version is None or last.digest != version.tags.get("digest"):
        return not_met(f"{last.name} was judged of other bytes than version {last.version} was registered with")
    if (lineage.version, lineage.digest) == (last.version, last.digest) and not lineage.edges:
        return not_met(f"the lineage of version {last.version} leads nowhere")
    if lacking := [name for name in LINEAGE if not version.tags.get(name, "").strip()]:
        return not_met(f"version {last.version} does not name its {', '.join(lacking)}")
    if unfair := _unfair(last, charter):
        return not_met(unfair)
    if unseen := _unwatched(last, charter):
        raise Missing(f"in {last.name}: {', '.join(unseen)}")
    log = last.service or {}
    if not all(log.get(name) for name in ("requests", "model_version", "request_ids")):
        raise Missing("a log of answers with model version and request id")
    return met(f"data, quality, fairness and attributions in {last.name}, of {log['requests']} logged requests")


def _unfair(window: MonitoringWindow, charter: Charter) -> str:
    """Say that what serves treats protected groups more unlike than may be; nothing where it does not."""
    seen = window.sides.bias if window.sides else None
    if not charter.fairness.attributes or seen is None or not finite(seen.gap):
        return ""
    bound = charter.fairness.max_gap
    return "" if at_most(seen.gap, bound) else f"{window.name}: gap between groups {seen.gap:.3g}, above {bound}"


def _unwatched(window: MonitoringWindow, charter: Charter) -> list[str]:
    """Name the kinds of monitor that told nothing in a window."""
    sides = window.sides
    told = {
        "drift of the data, against a baseline": bool(window.features) and window.baseline_sha256 is not None,
        "quality": all(finite(living.realised(window, kpi.metric)) for kpi in charter.kpis),
        "attributions": sides is not None and sides.attribution is not None and finite(sides.attribution.agreement),
        "fairness": not charter.fairness.attributes
        or (sides is not None and sides.bias is not None and finite(sides.bias.gap)),
    }
    return [what for what, seen in told.items() if not seen]
