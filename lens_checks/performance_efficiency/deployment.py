"""Performance efficiency at deployment: what decisions on the place and the way of hosting rest on."""

from config.settings import Charter, Mode
from lens_checks import hosting, sizing
from lens_checks.check import Checkpoint, Effort, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import Release, at_most


@check(
    "MLPER-11",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Choose a lighter family in config/params.yaml, or agree to another `budget` in config/charter.yaml.",
    effort=Effort.SMALL,
)
def the_model_fits_where_it_is_to_run(charter: Charter, release: Release) -> Verdict:
    """The place where the model runs was decided, and its measured latency and memory fit the stated budget."""
    server, budget = release.server, charter.budget
    size = sum(file.size for file in release.files) / 2**20
    if not server.started or server.requests < 1:
        return not_met("the scoring server answered no request")
    if not at_most(server.p95_ms, budget.latency_p95_ms):
        return not_met(f"95 % of requests within {server.p95_ms} ms, the budget is {budget.latency_p95_ms} ms")
    if not at_most(server.rss_mib, budget.memory_mib):
        return not_met(f"the server holds {server.rss_mib} MiB, the budget is {budget.memory_mib} MiB")
    return met(f"{size:.2g} MiB on disk, p95 {server.p95_ms:.3g} ms, {server.rss_mib:.0f} MiB of memory")


@check(
    "MLPER-12",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Host it as the profile asks (`usage.mode` in config/charter.yaml), or say why (`usage.reason`).",
    effort=Effort.SMALL,
)
def the_way_of_hosting_follows_from_the_profile(charter: Charter, release: Release) -> Verdict:
    """Real-time, serverless, asynchronous or batch follows from traffic, latency, payload and run time as measured."""
    usage = sizing.profile(charter)
    wanted, because = hosting.asked_for(usage, release)
    found = sizing.size(usage, sizing.measured(release, usage))
    if odd := hosting.is_odd(usage):
        return not_met(odd)
    if usage.mode is Mode.REAL_TIME and not release.server.started:
        return not_met("real-time is chosen, and the server did not start")
    if found is None or not at_most(found.busy, usage.busiest):
        seen = (
            "no step of its load keeps the levels"
            if found is None
            else f"a worker is {found.busy:.0%} busy at the peak"
        )
        return not_met(f"{usage.mode} does not bear the load: {seen}")
    if usage.mode is wanted:
        return met(f"{wanted}: {because}; {found.busy:.2%} of a CPU a worker at the peak")
    if not usage.reason.strip():
        return not_met(f"{usage.mode} is chosen without a reason, the profile asks for {wanted}: {because}")
    return met(f"{usage.mode} in place of {wanted}, because: {usage.reason}")
