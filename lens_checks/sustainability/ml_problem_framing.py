"""Sustainability while the problem is framed: where the work is done, and how clean the electricity is there."""

from config.settings import Charter
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_applicable, not_met
from lens_checks.evidence.records import Clock, Tracking

ON_PREMISES = "on premises"


@check(
    "MLSUS-03",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="List regions with figure, day and source under `region.low_carbon` in config/charter.yaml, and train in one.",
    effort=Effort.LARGE,
)
def the_region_is_low_in_carbon(charter: Charter, tracking: Tracking, clock: Clock) -> Verdict:
    """The run took place in a region that is listed as low in carbon, by a figure that is not out of date."""
    stated, where = charter.region, tracking.winner.tags.get("lifecycle.region")
    if where is None:
        raise Missing("where the run took place (tag lifecycle.region)")
    if where == ON_PREMISES:
        if stated.name:
            return not_met(f"{stated.name} was chosen, and the run took place on a machine of no region")
        if not stated.on_premises:
            raise Missing("why there is no region to choose (`region.on_premises` in config/charter.yaml)")
        return not_applicable(f"no region to choose: {stated.on_premises}")
    if (grid := stated.low_carbon.get(where)) is None:
        return not_met(f"{where} is not listed as low in carbon: {', '.join(list(stated.low_carbon)[:5]) or 'none is'}")
    age = (clock.now.date() - grid.as_of).days
    if not 0 <= age <= stated.grid_days:
        return not_met(f"the figure for {where} is {age} days old, {stated.grid_days} are allowed")
    return met(f"{where}: {grid.grams_co2e_per_kwh:g} g CO2e/kWh on {grid.as_of} ({grid.source})")
