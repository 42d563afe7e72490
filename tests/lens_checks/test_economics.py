"""A case is held against its own lines and against what was measured; a choice against the limits of the first KPI."""

from typing import Any

import pytest

from config.settings import Alternative, BusinessCase, Charter
from lens_checks import economics
from lens_checks.evidence import records as r
from tests.lens_checks.frugal import CASE
from tests.lens_checks.world import GOOD

CHARTER, CLOCK = GOOD.get(Charter), GOOD.get(r.Clock)
OURS = Alternative(
    name="ours", kind="custom", cost_monthly=20, quality=0.84, latency_ms=9, licence="MIT", private=True, chosen=True
)


def case(**change: Any) -> BusinessCase:
    return BusinessCase.model_validate(CASE | change)


def brings(monthly: float) -> list[dict[str, object]]:
    """Give a line of benefit; the costs come to 80 a month."""
    return [{"name": "fewer missed connections", "monthly": monthly}]


@pytest.mark.parametrize("kind", ["development", "training", "serving", "upkeep"])
def test_no_kind_of_cost_is_left_out(kind: str) -> None:
    costs = [line for line in CASE["costs"] if line["kind"] != kind]
    assert economics.of_case(case(costs=costs, roi=1.0), CLOCK) == [f"no cost of {kind} is stated"]


@pytest.mark.parametrize(
    ("monthly", "roi", "told"),
    [
        pytest.param(120, 0.5, [], id="as its lines give"),
        pytest.param(120, 0.5049, [], id="rounded"),
        pytest.param(120, 0.508, ["a return of 0.508 is stated, its lines give 0.5"], id="rounded too far"),
        pytest.param(320, 3.014, [], id="three times, rounded"),
        pytest.param(320, 3.016, ["a return of 3.016 is stated, its lines give 3"], id="three times, rounded too far"),
    ],
)
def test_the_return_is_what_its_lines_give(monthly: float, roi: float, told: list[str]) -> None:
    assert economics.of_case(case(benefits=brings(monthly), roi=roi), CLOCK) == told


def test_a_month_is_reckoned_by_its_trainings_and_its_answers() -> None:
    world = GOOD.but({r.Training: {"cpu_seconds": 7200.0}, r.Release: {"server": {"p50_ms": 36.0}}})
    monthly = case(trainings_per_month=4, requests_per_month=1_000_000)
    budget = CHARTER.budget.model_copy(update={"cpu_hour_price": 0.5})
    seen = economics.measured(monthly, budget, world.get(r.Training), world.get(r.Release))
    assert seen == pytest.approx({"training": 2 * 4 * 0.5, "serving": 10 * 0.5})


@pytest.mark.parametrize(
    ("floor", "target", "quality", "good"),
    [
        pytest.param(0.8, 0.85, 0.8, True, id="higher is better, on the floor"),
        pytest.param(0.8, 0.85, 0.79, False, id="higher is better, below it"),
        pytest.param(0.8, 0.8, 0.81, True, id="a target that is the floor, above it"),
        pytest.param(0.8, 0.8, 0.79, False, id="a target that is the floor, below it"),
        pytest.param(0.2, 0.1, 0.2, True, id="lower is better, on the floor"),
        pytest.param(0.2, 0.1, 0.21, False, id="lower is better, above it"),
    ],
)
def test_quality_is_held_to_the_floor_of_the_first_kpi(floor: float, target: float, quality: float, good: bool) -> None:
    kpi = CHARTER.kpis[0]
    first = kpi.model_copy(update={"floor": floor, "target": target})
    other = kpi.model_copy(update={"floor": 9.0, "target": 9.9})
    charter = CHARTER.model_copy(update={"kpis": (first, other)})
    weighed = OURS.model_copy(update={"quality": quality})
    assert economics.outside(weighed, charter, frozenset({"MIT"})) == (
        [] if good else [f"its average_precision of {quality:g} misses {floor:g}"]
    )
