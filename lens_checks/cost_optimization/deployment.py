"""Cost in deployment: how it answers, how it is hosted and by how many workers is chosen by what each costs."""

import math

from config.settings import Charter, Policy, Runtime
from lens_checks import hardware, hosting, sizing
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import Backend, Release, at_least, at_most

FEWEST = 2  # ways that make a choice


@check(
    "MLCOST-25",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run`: deployment measures every way to answer; docs/package.md says how one is chosen.",
)
def the_cheapest_exact_way_to_answer_serves(release: Release, policy: Policy) -> Verdict:
    """Several ways to answer were measured, and none exact enough is evidently much cheaper than what serves."""
    ways, parity = (
        need(release.backends or None, "a benchmark of inference"),
        need(release.parity, "the form that serves"),
    )
    chosen = next((way for way in ways if way.chosen and way.form == parity.served), None)
    if len({(way.form, way.threads) for way in ways}) < FEWEST:
        return not_met(f"{len(ways)} way to answer was measured, {FEWEST} make a choice")
    if chosen is None:
        return not_met(f"the form that serves, {parity.served}, is not among those that were measured")
    if odd := [way.form for way in ways if not (at_least(way.cost_per_1k, 0) and way.requests > 0)]:
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
    dearer = policy.release.dearer
    room = hardware.SURE * math.hypot(hardware.cpu_error(chosen), dearer * hardware.cpu_error(best))
    return None if chosen.cpu_seconds_per_1k <= best.cpu_seconds_per_1k * dearer + room else best


def _share(one: Backend, other: Backend) -> str:
    return f"{one.cpu_seconds_per_1k / other.cpu_seconds_per_1k:.0%}"


@check(
    "MLCOST-26",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Set `serving.workers` and `serving.scaling.most` in config/runtime.yaml to what the load asks for.",
)
def the_fleet_is_as_large_as_the_load_asks_for(charter: Charter, runtime: Runtime, release: Release) -> Verdict:
    """Fewest and most workers are what the measured capacity makes of usual and peak load, and none of them idles."""
    usage, serving = sizing.profile(charter), runtime.serving
    if usage.kind == "batch":
        return not_applicable("rows are answered in batches: no fleet waits for requests")
    found = sizing.size(usage, curve := sizing.measured(release, usage))
    if found is None:
        return not_met(f"no step of the load keeps the levels: {'; '.join(sizing.broken(curve.steps[0], usage)[:3])}")
    load = f"{found.capacity:.3g} a second each, peak {usage.peak.figure:g}, headroom {usage.headroom:g}"
    if (serving.workers, serving.most_workers) != (found.at_usual, found.most):
        wanted = f"{found.at_usual} to {found.most} workers are asked for ({load}, {found.spare} spare)"
        return not_met(f"{wanted}, {serving.workers} to {serving.most_workers} are configured")
    if not at_most(found.busy, usage.busiest):
        return not_met(f"each worker is {found.busy:.0%} busy at the peak, {usage.busiest:.0%} may be ({load})")
    if found.at_peak > 1 and found.busy < usage.idlest:
        return not_met(f"each of {found.at_peak} workers is {found.busy:.1%} busy at the peak, less than one could do")
    return met(f"{found.at_usual} to {found.most} workers, as measured: {load}; {found.busy:.2%} busy at the peak")


@check(
    "MLCOST-24",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Choose another `usage.mode` in config/charter.yaml, or say in `usage.reason` why this one is worth its price.",
)
def the_way_of_hosting_is_worth_its_price(charter: Charter, release: Release) -> Verdict:
    """Of the ways of hosting that the profile allows none is much cheaper than the one that was chosen."""
    usage, currency = sizing.profile(charter), charter.error_costs.currency
    found = sizing.size(usage, sizing.measured(release, usage))
    if found is None:
        return not_met("no step of the load keeps the levels: what a request costs is not told")
    costs = hosting.costs(charter, release, found)
    if not all(at_least(cost, 0) for cost in costs.values()):
        return not_met("the CPU seconds of the load are no figure: what a request costs is not told")
    ruled_out = {mode: why for mode in costs if (why := hosting.cannot(mode, usage, release))}
    told = ", ".join(
        f"{mode} {cost:.3g}{f' ({ruled_out[mode]})' if mode in ruled_out else ''}" for mode, cost in costs.items()
    )
    if usage.mode not in costs or usage.mode in ruled_out:
        return not_met(
            f"{usage.mode} is chosen, and is {ruled_out.get(usage.mode, 'not on offer')}; {told} {currency} a month"
        )
    cheapest = min((mode for mode in costs if mode not in ruled_out), key=lambda mode: costs[mode])
    if costs[usage.mode] > costs[cheapest] * (1 + usage.dearer) and not usage.reason.strip():
        return not_met(f"{usage.mode} is chosen without a reason, and {cheapest} is cheaper: {told} {currency} a month")
    why = f"; chosen all the same: {usage.reason}" if cheapest is not usage.mode and usage.reason.strip() else ""
    return met(f"{usage.mode} is chosen; a month of each in {currency}: {told}{why}")
