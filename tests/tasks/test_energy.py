"""Electricity and greenhouse gas from CPU seconds."""

import pytest

from config.settings import Budget
from tasks import energy

BUDGET = Budget(watts_per_cpu=10, power_overhead=1.5, grams_co2e_per_kwh=400)
FOUND = energy.estimate(3000.0, 600.0, rows=30_000, budget=BUDGET)


def test_an_hour_of_ten_watts_is_a_hundredth_of_a_kwh_and_half_more_for_the_data_centre() -> None:
    assert FOUND.kwh == pytest.approx(0.015)


def test_the_gas_is_that_of_the_grid() -> None:
    assert FOUND.grams_co2e == pytest.approx(6.0)


def test_a_million_answers_take_what_the_rows_took_in_proportion() -> None:
    assert FOUND.kwh_per_million == pytest.approx(0.0025 / 30_000 * 1_000_000)


def test_the_estimate_names_all_that_it_rests_on() -> None:
    assert (FOUND.cpu_seconds, FOUND.watts_per_cpu, FOUND.power_overhead) == (3600.0, 10, 1.5)
