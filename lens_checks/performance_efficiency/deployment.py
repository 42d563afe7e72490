"""Performance efficiency at deployment: what a decision between cloud and edge rests on."""

from config.settings import Charter
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
