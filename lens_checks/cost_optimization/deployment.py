"""Cost in deployment: the way to answer is chosen among several by what a thousand predictions cost."""

from config.settings import Policy
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Backend, Release, at_most, finite

FEWEST = 2  # ways that make a choice


@check(
    "MLCOST-25",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run`: deployment measures every way to answer; docs/package.md says how one is chosen.",
)
def the_cheapest_exact_way_to_answer_serves(release: Release, policy: Policy) -> Verdict:
    """Several ways to answer were measured, and none that is exact enough is much cheaper than the one that serves."""
    ways, parity = (
        need(release.backends or None, "a benchmark of inference"),
        need(release.parity, "the form that serves"),
    )
    chosen = next((way for way in ways if way.chosen and way.form == parity.served), None)
    if len({(way.form, way.threads) for way in ways}) < FEWEST:
        return not_met(f"{len(ways)} way to answer was measured, {FEWEST} make a choice")
    if chosen is None:
        return not_met(f"the form that serves, {parity.served}, is not among those that were measured")
    if odd := [way.form for way in ways if not (finite(way.cost_per_1k) and way.cost_per_1k >= 0 and way.requests > 0)]:
        return not_met(f"what {', '.join(odd)} costs is not told")
    tolerance = policy.release.parity_tolerance
    if not at_most(chosen.largest_difference, tolerance):
        return not_met(f"{chosen.form} is {chosen.largest_difference} from the model, {tolerance:g} is accepted")
    if cheaper := _cheaper(ways, chosen, policy):
        return not_met(
            f"{cheaper.form} with {cheaper.threads} threads is exact and costs {_share(cheaper, chosen)} of it"
        )
    told = ", ".join(f"{way.form} with {way.threads}: {way.cost_per_1k:.2e}" for way in ways)
    return met(f"{chosen.form} serves ({parity.reason}); cost of 1,000 predictions by form and threads: {told}")


def _cheaper(ways: tuple[Backend, ...], chosen: Backend, policy: Policy) -> Backend | None:
    exact = [way for way in ways if at_most(way.largest_difference, policy.release.parity_tolerance)]
    best = min(exact, key=lambda way: way.cpu_seconds_per_1k)
    return None if chosen.cpu_seconds_per_1k <= best.cpu_seconds_per_1k * policy.release.dearer else best


def _share(one: Backend, other: Backend) -> str:
    return f"{one.cpu_seconds_per_1k / other.cpu_seconds_per_1k:.0%}"
