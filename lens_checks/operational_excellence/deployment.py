"""Operational excellence in deployment: the health of what serves is measured, and what is wrong with it is heard."""

from config.settings import Charter, Runtime
from lens_checks import sizing
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import AlarmRehearsal, Release

WAYS = {"webhook": "HTTP 2", "command": "exit code 0"}  # what a way answers that has taken an alarm


@check(
    "MLOE-14",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run`; `usage` in config/charter.yaml has the levels, config/runtime.yaml who is told.",
)
def the_health_of_what_serves_is_measured_and_alarms(charter: Charter, runtime: Runtime, release: Release) -> Verdict:
    """Under load the server exports every agreed figure, each as agreed; each has an alarm, and one reached its end."""
    usage = sizing.profile(charter)
    curve = sizing.measured(release, usage)
    alarms = need(release.alarms, "a rehearsal of the alarms: run `lifecycle run`")
    found = sizing.size(usage, curve)
    if found is None:
        return not_met(f"no step of the load keeps the levels: {'; '.join(sizing.broken(curve.steps[0], usage)[:3])}")
    seen = sizing.exported(found, charter)
    faults = [*sizing.outside(seen, charter), *_of_rules(alarms, charter), *_of_alarm(alarms, runtime)]
    if found.step.exported.requests != found.step.requests:
        faults.append(f"{found.step.requests} requests were sent, the server counted {found.step.exported.requests}")
    if faults:
        return not_met("; ".join(faults[:5]))
    told = ", ".join(f"{name} {figure:.4g}" for name, figure in seen.items())
    return met(
        f"exported under load: {told}; {len(alarms.rules)} alarm rules fire, a test alarm reached {_ends(runtime)}"
    )


def _of_rules(alarms: AlarmRehearsal, charter: Charter) -> list[str]:
    """Hold the rules that were tried against the figures that were agreed."""
    tried = {rule.kpi: rule for rule in alarms.rules}
    faults = []
    for kpi, (bound, upward) in sizing.agreed(charter).items():
        rule = tried.get(kpi)
        if rule is None or (rule.bound, rule.at_least) != (bound, upward):
            faults.append(f"no alarm is raised on {kpi} at {bound:g}")
        elif not (rule.fires_beyond and rule.silent_within):
            faults.append(f"the alarm on {kpi} {'rings always' if rule.fires_beyond else 'is never heard'}")
    return faults


def _of_alarm(alarms: AlarmRehearsal, runtime: Runtime) -> list[str]:
    """Say where the test alarm did not arrive: its file, and every way that is configured."""
    faults = [] if alarms.kept else [f"the test alarm is not in {alarms.file}"]
    for way, taken in WAYS.items():
        answer = alarms.delivered.get(way, "not tried")
        if getattr(runtime.notify, way) and not answer.startswith(taken):
            faults.append(f"the test alarm by {way}: {answer}")
    return faults


def _ends(runtime: Runtime) -> str:
    return ", ".join(["its file", *(way for way in WAYS if getattr(runtime.notify, way))])
