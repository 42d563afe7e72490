"""Cost optimization while the business goal is identified: what the project brings against what it costs."""

from config.settings import Charter
from lens_checks import economics
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Clock, Release, Training


@check(
    "MLCOST-01",
    phase=Phase.BUSINESS_GOAL,
    judged_at=Checkpoint.OPERATION,
    fix="State `business_case` in config/charter.yaml: costs, benefits, the return they give, a day to look again.",
)
def the_return_is_reckoned_and_holds_against_what_is_measured(
    charter: Charter, clock: Clock, training: Training, release: Release
) -> Verdict:
    """Costs, benefits and the return on them are stated, add up, and hold against what was measured since."""
    case = need(charter.business_case, "lines of cost and benefit (`business_case` in config/charter.yaml)")
    faults = economics.of_case(case, clock) + economics.of_measured(case, charter.budget, training, release)
    if faults:
        return not_met("; ".join(faults[:5]))
    seen = economics.measured(case, charter.budget, training, release)
    told = ", ".join(f"{kind} {price:.2g} of {case.monthly(kind):g}" for kind, price in seen.items())
    return met(
        f"a return of {case.roi:g} over {case.horizon_months} months, {len(case.costs)} lines of cost; measured a "
        f"month in {charter.error_costs.currency}: {told}; to be looked at again by {case.reassess}"
    )
