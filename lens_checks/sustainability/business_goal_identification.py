"""Sustainability while the business goal is identified: what the model takes, and how much it may."""

from config.settings import Budget, Charter
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Energy, Evaluation, Tracking, Training, at_least, at_most

JOULES_PER_KWH = 3_600_000
ROUNDING = 1e-6  # of a figure, that a sum may differ by
ASSUMED = ("watts_per_cpu", "power_overhead", "grams_co2e_per_kwh")


@check(
    "MLSUS-01",
    phase=Phase.BUSINESS_GOAL,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Set `training_kwh` and `kwh_per_million` under `budget` in config/charter.yaml, or search less.",
)
def the_footprint_is_estimated_and_kept_within_limits(
    charter: Charter, tracking: Tracking, training: Training, evaluation: Evaluation
) -> Verdict:
    """Energy and greenhouse gas of making each version, and of its answers, are estimated and kept within limits."""
    seen = need(evaluation.energy, "an estimate of energy: `lifecycle run` makes one when it evaluates")
    if evaluation.model_digest != training.model_digest:
        return not_met("the estimate belongs to other model bytes than those trained last")
    if fault := _misreckoned(seen, training, charter.budget):
        return not_met(fault)
    if not _alike(tracking.winner.metrics.get("energy_kwh"), seen.kwh):
        return not_met("the run of the model does not carry the estimate: its versions cannot be added up")
    for what, figure, limit in (
        ("making this version", seen.kwh, charter.budget.training_kwh),
        ("a million answers", seen.kwh_per_million, charter.budget.kwh_per_million),
    ):
        if not at_most(figure, limit):
            return not_met(f"{what} takes {figure:.3g} kWh, at most {limit:g} may be taken")
    return met(
        f"{seen.kwh:.3g} kWh, {seen.grams_co2e:.3g} g CO2e for this version; {seen.kwh_per_million:.3g} kWh for a "
        f"million answers; within {charter.budget.training_kwh:g} and {charter.budget.kwh_per_million:g} kWh"
    )


def _misreckoned(seen: Energy, training: Training, budget: Budget) -> str:
    """Say what is wrong with an estimate: other assumptions than agreed, work left out, or a sum that is not so."""
    if other := [name for name in ASSUMED if getattr(seen, name) != getattr(budget, name)]:
        return f"reckoned with another {', '.join(other)} than config/charter.yaml states"
    if not at_least(seen.cpu_seconds, training.cpu_seconds):
        return f"{seen.cpu_seconds:.0f} CPU seconds were reckoned with, training alone took {training.cpu_seconds:.0f}"
    kwh = seen.cpu_seconds * budget.watts_per_cpu * budget.power_overhead / JOULES_PER_KWH
    if not _alike(seen.kwh, kwh) or not _alike(seen.grams_co2e, kwh * budget.grams_co2e_per_kwh):
        return f"{seen.cpu_seconds:.0f} CPU seconds are {kwh:.3g} kWh, not {seen.kwh:.3g}"
    return ""


def _alike(figure: float | None, expected: float) -> bool:
    return at_least(figure, expected * (1 - ROUNDING)) and at_most(figure, expected * (1 + ROUNDING))
