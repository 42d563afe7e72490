"""What is said of several models: what was seen, and no more of it than can be read."""

import pytest

from config.settings import Charter, Policy
from lens_checks import components
from lens_checks.evidence import records as r
from tests.lens_checks.composed import several, undeclared
from tests.lens_checks.made import NOW
from tests.lens_checks.world import GOOD, Changes


def failures(changes: Changes) -> list[str]:
    world = GOOD.but(changes)
    return components.of_failures(
        world.get(Charter), world.get(r.ComponentTrials), world.get(r.Clock), GOOD.get(Policy).recovery
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(("a: x.y", "b: x.y", "c: x.y"), "a: x.y, b: x.y, c: x.y", id="three are named"),
        pytest.param(("a: x.y", "b: x.y", "c: x.y", "d: x.y"), "a: x.y, b: x.y, c: x.y and 1 more", id="more are not"),
    ],
)
def test_a_few_imports_are_named_and_the_rest_counted(found: tuple[str, ...], words: str) -> None:
    told = components.of_imports(r.Couplings(files=9, found=found))
    assert told == [f"code reaches inside another component: {words}"]


def test_one_model_need_not_be_declared() -> None:
    alone = components.of_purposes(GOOD.get(Charter), GOOD.get(r.Registry), GOOD.get(r.ComponentTrials))
    assert alone == []


def test_no_trial_is_asked_of_what_nobody_declared() -> None:
    assert failures(undeclared()) == []


def test_the_day_of_an_old_trial_is_told() -> None:
    assert "are of 2025-11-22" in failures(several(made=NOW.replace(year=2025)))[0]
    assert "say no date" in failures(several(made=None))[0]
