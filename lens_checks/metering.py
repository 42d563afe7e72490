"""What shows that runs keep account of themselves: figures of every phase, a whole log, alarms that ring, tags."""

from collections.abc import Iterable, Mapping

from config.settings import Charter, Policy
from lens_checks import delivery
from lens_checks.check import Missing, need
from lens_checks.evidence.records import (
    Clock,
    Housekeeping,
    MeteredPhase,
    Metering,
    Orchestration,
    Registry,
    Tracking,
    at_least,
    at_most,
)

STAGES = ("Data preparation", "Training", "Evaluation")
MADE = STAGES[:2]  # what has run wherever a model is judged
TAGS = ("lifecycle.project", "lifecycle.unit", "lifecycle.environment", "lifecycle.owner")


def of_figures(metering: Metering) -> list[str]:
    """Say which phase of the last run, or which stage when it last worked, does not tell what it took (Missing)."""
    lines = {line.phase: line for line in metering.last_run}
    lines |= {
        name: need(metering.newest(name), f"what {name.lower()} took: it ran outside of `lifecycle run`")
        for name in MADE
    }
    return [fault for line in lines.values() for fault in _of_line(line)]


def _of_line(line: MeteredPhase) -> list[str]:
    if line.read_bytes is None or line.written_bytes is None:
        raise Missing(f"the bytes that {line.phase.lower()} read and wrote: this system does not count them")
    figures = {
        "duration": at_least(line.seconds, 0) and line.end >= line.start, "CPU": at_least(line.cpu_seconds, 0),
        "memory": at_least(line.peak_rss_mib, 1), "bytes": line.read_bytes > 0 and line.written_bytes >= 0,
    }  # fmt: skip
    lacking = [name for name, told in figures.items() if not told]
    return [f"{line.phase} told no {', '.join(lacking)}"] if lacking else []


def of_log(metering: Metering) -> list[str]:
    """Say what the log of the last run lacks; the phase that goes on has not ended in it."""
    log = metering.log
    if log is None:
        return [f"run {metering.lines[-1].run} left no log"]
    faults = [f"{log.missing} lines of the log are missing"] if log.missing else []
    if unsaid := [line.phase for line in metering.last_run if line.phase not in log.done]:
        faults.append(f"the log does not say how {', '.join(unsaid[:3])} ended")
    open_phases = [phase for phase in log.begun if phase not in log.done]
    if len(open_phases) > (0 if log.ended else 1):
        faults.append(f"{', '.join(open_phases[:3])} began in the log and did not end")
    return faults


def of_alarm(metering: Metering, name: str) -> list[str]:
    """Say what an alarm did when it was tried (Missing where it was not)."""
    tried = need(metering.tried.get(name), f"a trial of the alarm on {name}")
    faults = [] if tried.raised else [f"what was planted raised no alarm on {name}"]
    return faults if tried.quiet else [*faults, f"what is usual raised the alarm on {name}"]


def of_retention(policy: Policy, housekeeping: Housekeeping, clock: Clock) -> list[str]:
    """Say what keeps old logs from being deleted in time."""
    return housekeeping.faults(clock.now, policy.housekeeping.days, "logs")


def of_tags(metering: Metering, tracking: Tracking, orchestration: Orchestration, registry: Registry) -> list[str]:
    """Name the runs, flows and versions that do not say whose budget pays."""
    runs = {run.name: run.tags for run in (tracking.winner, tracking.search, *tracking.trials) if run is not None}
    version = delivery.at_hand(registry)
    made = {line.flow_run_id for line in metering.lines}
    flows = [(f"flow run {run.id[:8]}", run.tags) for run in orchestration.flow_runs if run.id in made]
    flows += [(f"deployment {one.name}", one.tags) for one in orchestration.deployments]
    if not flows:
        raise Missing("the flow runs that were metered: Prefect knows none of them")
    lacking = [*_untagged(runs.items()), *_untagged([(f"version {version.version}", version.tags)])]
    return [*lacking, *_untagged((name, _as_mapping(words)) for name, words in flows)]


def _untagged(things: Iterable[tuple[str, Mapping[str, str]]]) -> list[str]:
    lacking = {name: [tag for tag in TAGS if not tags.get(tag)] for name, tags in things}
    return [f"{name} has no {', '.join(tags)}" for name, tags in lacking.items() if tags]


def _as_mapping(words: Iterable[str]) -> dict[str, str]:
    return dict(word.split("=", 1) for word in words if "=" in word)


def cost(metering: Metering, charter: Charter, clock: Clock) -> float:
    """Price what this month's phases took of the processor."""
    return sum(line.cpu_seconds for line in metering.of_month(clock.now)) / 3600 * charter.budget.cpu_hour_price


def of_budget(metering: Metering, charter: Charter, clock: Clock) -> list[str]:
    """Say that this month cost more than was granted (Missing where nothing was)."""
    limit = need(charter.budget.monthly, "what a month may cost: `budget.monthly` of config/charter.yaml")
    spent, currency = cost(metering, charter, clock), charter.error_costs.currency
    return [] if at_most(spent, limit) else [f"{spent:.3g} {currency} this month, {limit:.3g} are granted"]


def of_job(line: MeteredPhase, policy: Policy, known: Iterable[str]) -> list[str]:
    """Say why a phase was no job that the orchestrator ran and that ended with all it began."""
    faults = [] if line.flow_run_id in set(known) else [f"flow run {line.flow_run_id} is unknown to Prefect"]
    faults += _of_line(line)
    if not at_most(line.left, policy.metering.leftover):
        faults.append(f"it left {line.left} processes behind, {policy.metering.leftover} may stay")
    return faults


def of_triggers(metering: Metering, orchestration: Orchestration) -> list[str]:
    """Say which runs nothing caused (Missing where no calendar or event would start one)."""
    if causeless := [line.run for line in metering.lines if not line.cause.strip()]:
        return [f"run {causeless[0]} names no cause"]
    if not orchestration.scheduled("retraining"):
        raise Missing("what starts the pipeline by itself: `lifecycle schedule serve` registers its deployments")
    return []


def of_idleness(metering: Metering, policy: Policy) -> list[str]:
    """Say that workers waited too much, stayed behind, or did again what was done."""
    share, limit = metering.idle_share, policy.metering.idle_share
    faults = [] if at_most(share, limit) else [f"workers used no processor {share:.0%} of the time, {limit:.0%} may be"]
    left = [line for line in metering.lines if not at_most(line.left, policy.metering.leftover)]
    faults += [f"{line.phase} of run {line.run} left {line.left} processes" for line in left[-2:]]
    return faults + [f"{line.phase} ran again though nothing had changed" for line in metering.needless()]


def skipped(metering: Metering) -> tuple[int, int]:
    """Count the stages that were found up to date, and all."""
    stages = [line for line in metering.lines if line.phase in STAGES and line.outcome == "done"]
    return sum(line.skipped for line in stages), len(stages)
