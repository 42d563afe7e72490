"""What making a model and answering with it take in electricity and greenhouse gas: an estimate from CPU seconds.

The way of Cloud Carbon Footprint (cloudcarbonfootprint.org, methodology): time at the power of a busy CPU, times what
the data centre adds, times the carbon intensity of the grid. The figures are the charter's.
"""

from dataclasses import dataclass

from config.settings import Budget

JOULES_PER_KWH = 3_600_000


@dataclass(frozen=True)
class Energy:
    """An estimate and what it rests on; `cpu_seconds` of search, refit and answers, `kwh_per_million` of answers."""

    cpu_seconds: float
    kwh: float
    grams_co2e: float
    kwh_per_million: float
    watts_per_cpu: float
    power_overhead: float
    grams_co2e_per_kwh: float


def kwh(cpu_seconds: float, budget: Budget) -> float:
    """Give the electricity of some CPU seconds, in kWh."""
    return cpu_seconds * budget.watts_per_cpu * budget.power_overhead / JOULES_PER_KWH


def estimate(training_seconds: float, answer_seconds: float, *, rows: int, budget: Budget) -> Energy:
    """Estimate what a model has taken so far, in CPU seconds of making it and of answering some rows."""
    spent = training_seconds + answer_seconds
    return Energy(
        cpu_seconds=spent,
        kwh=kwh(spent, budget),
        grams_co2e=kwh(spent, budget) * budget.grams_co2e_per_kwh,
        kwh_per_million=kwh(answer_seconds, budget) / rows * 1_000_000,
        watts_per_cpu=budget.watts_per_cpu,
        power_overhead=budget.power_overhead,
        grams_co2e_per_kwh=budget.grams_co2e_per_kwh,
    )
