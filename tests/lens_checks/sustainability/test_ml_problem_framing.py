"""Where the work is done, and how clean the electricity is there."""

from datetime import timedelta
from typing import Any

import pytest

from config.settings import Charter, Region
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import ml_problem_framing as checks
from tests.lens_checks.made import NOW
from tests.lens_checks.world import DERIVED, MET, NOT_MET, UNKNOWN, Changes, cases, outcome


def ran_in(where: str, *, age: int = 30, **stated: Any) -> Changes:
    """Let the run have taken place somewhere, where the charter lists eu-north-1 by a figure so many days old."""
    grid = {"grams_co2e_per_kwh": 9, "as_of": NOW.date() - timedelta(days=age), "source": "grid operator"}
    region = Region.model_validate({"low_carbon": {"eu-north-1": grid}, "grid_days": 100} | stated)
    return {Charter: {"region": region}, r.Tracking: {"winner": {"tags": {"lifecycle.region": where}}}}


VERDICTS = {
    checks.the_region_is_low_in_carbon: {
        "a machine of one's own has no region to choose": (DERIVED, {}),
        "a machine of no region, and nobody says why": (UNKNOWN, {Charter: {"region": Region()}}),
        "a run that says nothing of its place": (UNKNOWN, {r.Tracking: {"winner": {"tags": {}}}}),
        "a listed region": (MET, ran_in("eu-north-1")),
        "a figure that is just not out of date": (MET, ran_in("eu-north-1", age=100)),
        "a region that is not listed is refused": (NOT_MET, ran_in("coal-1", on_premises="so it was said")),
        "a figure that is out of date is refused": (NOT_MET, ran_in("eu-north-1", age=101)),
        "a figure of today": (MET, ran_in("eu-north-1", age=0)),
        "a figure of tomorrow is refused": (NOT_MET, ran_in("eu-north-1", age=-1)),
        "another place than was chosen is refused": (NOT_MET, ran_in("on premises", name="eu-north-1")),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
