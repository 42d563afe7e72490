"""Sustainability at deployment: models that are made lighter to serve, and endpoints that are shared."""

from config.settings import Charter, Policy, Runtime, Usage
from lens_checks import components, hardware, sizing
from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import ComponentTrials, Parity, Registry, Release, at_most
from lens_checks.sizing import Size

FEWEST_WORDS = 4  # of a reason


@check(
    "MLSUS-14",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Name every model under `components` in config/charter.yaml; put those that are little used at one endpoint.",
)
def models_share_an_endpoint(
    charter: Charter, registry: Registry, release: Release, trials: ComponentTrials
) -> Verdict:
    """Models that are used together share an endpoint where one would do, unless there is just one model."""
    if registry.with_digest(release.digest) is None:
        raise Missing(f"the released model {release.digest[:12]} among the versions of {registry.name}")
    if components.told(charter, registry, trials) == {registry.name}:
        return not_applicable(f"one model, {registry.name}, is served: there is nothing to share an endpoint with")
    if faults := components.of_purposes(charter, registry, trials):
        return not_met("; ".join(faults[:5]))
    busy = components.endpoints(charter, trials)
    if faults := components.of_sharing(busy, sizing.profile(charter)):
        return not_met("; ".join(faults[:5]))
    told = ", ".join(f"{at} {share:.0%} busy" for at, share in busy.items())
    return met(f"{len(charter.components)} models at {len(busy)} endpoints: {told}")


@check(
    "MLSUS-13",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run`; docs/package.md says what has a fast form, reports/release.json why one has none.",
)
def the_model_is_made_lighter_where_that_is_exact(release: Release, policy: Policy) -> Verdict:
    """A lighter form of the model, proven equal and measured to gain, serves; or the report says why there is none."""
    parity, ways = need(release.parity, "the form that serves"), need(release.backends or None, "its measured gain")
    if parity.served == "native":
        return (
            met(f"no lighter form: {parity.reason}") if parity.reason else not_met("nothing says why none is lighter")
        )
    if fault := _of_proof(parity, policy.release.parity_tolerance):
        return not_met(fault)
    cost = {way.form: way for way in ways if way.threads == 1}
    if not {"native", parity.served} <= cost.keys():
        return not_met("the model itself and its lighter form were not measured beside each other")
    lighter, itself = cost[parity.served], cost["native"]
    if not at_most(lighter.cpu_seconds_per_1k, itself.cpu_seconds_per_1k):
        return not_met(
            f"{lighter.form} takes {lighter.cpu_seconds_per_1k} s of CPU, {itself.cpu_seconds_per_1k} before"
        )
    return met(
        f"{lighter.form} ({parity.converter}) takes {lighter.cpu_seconds_per_1k:.3g} s of CPU for 1,000 predictions in "
        f"place of {itself.cpu_seconds_per_1k:.3g}, {lighter.p50_ms:.3g} ms in place of {itself.p50_ms:.3g}"
    )


def _of_proof(parity: Parity, tolerance: float) -> str:
    """Say why the proof of a lighter form does not hold; an encoding that is equal is proof enough without a graph."""
    if not parity.encoding_equal:
        return "its encoding was not shown to be equal"
    if parity.served == "encoded":
        return ""
    found = parity.agreements or {}
    for name, one in found.items():
        if not (one.rows > 0 and at_most(one.largest, tolerance)) or one.decided_otherwise:
            return f"it differs by {one.largest} on the {name} rows, {one.decided_otherwise} decided otherwise"
    return "" if found.get("promotion") else "it was not compared on the promotion rows"


@check(
    "MLSUS-12",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run` on a quiet machine; reports/release.json holds what each setting of threads takes.",
)
def the_setting_that_takes_least_energy_answers(charter: Charter, policy: Policy, release: Release) -> Verdict:
    """Energy was measured for several settings of threads; of those quick enough the one that takes least answers."""
    ways, budget = hardware.ways_of(release), charter.budget
    mine = hardware.chosen(ways, release)
    if mine is None:
        return not_met("the form that serves is not among those that were measured")
    if few := hardware.few_settings(ways, mine):
        return not_met(few)
    if faults := hardware.of_energy(ways, budget):
        return not_met("; ".join(faults[:5]))
    if not at_most(mine.p95_ms, budget.latency_p95_ms):
        return not_met(f"{hardware.name(mine)} takes {mine.p95_ms} ms, the budget is {budget.latency_p95_ms} ms")
    less = hardware.frugal(ways, mine, quick_ms=budget.latency_p95_ms, exact=policy.release.parity_tolerance)
    told = ", ".join(f"{hardware.name(way)}: {way.kwh_per_1k:.2e} kWh" for way in ways)
    if less is not None:
        return not_met(f"{hardware.name(less)} would take less than {hardware.name(mine)} (1,000 predictions: {told})")
    return met(f"{hardware.name(mine)} answers within {mine.p95_ms:.3g} ms and takes least for 1,000: {told}")


@check(
    "MLSUS-11",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Give each figure under `usage` in config/charter.yaml its reason, and spare workers that it does not need.",
)
def service_levels_are_what_the_business_needs(charter: Charter, runtime: Runtime, release: Release) -> Verdict:
    """Every service level has its reason in the business and is kept, without workers that could be spared."""
    usage = sizing.profile(charter)
    if bare := [name for name, reason in _reasons(usage).items() if len(reason.split()) < FEWEST_WORDS]:
        return not_met(f"nobody says why the business needs {', '.join(bare)}")
    found = sizing.size(usage, curve := sizing.measured(release, usage))
    if found is None:
        return not_met(f"the levels are not kept: {'; '.join(sizing.broken(curve.steps[0], usage)[:3])}")
    times = runtime.serving.workers * found.capacity / usage.usual.figure
    if runtime.serving.workers > found.at_usual and times > usage.generous:
        return not_met(
            f"{runtime.serving.workers} workers stand ready for {times:.0f} times the load; {found.at_usual} would do"
        )
    return met(f"{len(_reasons(usage))} figures, each with its reason, are kept{_advice(usage, found)}")


def _reasons(usage: Usage) -> dict[str, str]:
    own = {"peak": usage.peak, "usual": usage.usual, **usage.latencies, "error_rate": usage.levels.error_rate}
    if usage.spare.figure:
        own["spare"] = usage.spare
    return {name: agreed.reason for name, agreed in own.items()}


def _advice(usage: Usage, found: Size) -> str:
    """Say where the service is better than anybody asked for, though no worker can be spared."""
    seen = {name: agreed.figure / max(getattr(found.step, name), 1e-3) for name, agreed in usage.latencies.items()}
    seen["capacity"] = found.capacity * found.at_peak / usage.peak.figure
    large = [f"{name} {times:.3g} times" for name, times in seen.items() if times > usage.generous]
    return f"; better than agreed: {', '.join(large)}: let it share its machine, or take a smaller one" if large else ""
