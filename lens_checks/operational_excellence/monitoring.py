"""Operational excellence in operation: what serves is what was tried, in the environment that it was tried in."""

from lens_checks.check import Checkpoint, Effort, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Environment, Pipeline, Release, Training, at_most

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
