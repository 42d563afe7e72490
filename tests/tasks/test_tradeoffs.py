"""The other sides of a candidate: over-fit, speed, size, whether it reads by itself, and fairness."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from config.settings import ProblemType, Settings
from tasks import tradeoffs
from tasks.estimators import family
from tasks.tradeoffs import Beside
from tasks.tuning import Examples
from tests.tasks.problems import settings_of

SCHEMA = {"a": "number", "b": "number"}


def examples(rows: int, seed: int) -> Examples:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(rows, 2)), columns=["a", "b"])
    return Examples(x, (x["a"] + rng.normal(size=rows) > 0).to_numpy().astype(int), "0" * 64)


SEEN, TUNE = examples(600, 0), examples(600, 1)
ROWS = TUNE.features.assign(shift=np.where(TUNE.features["a"] > 0, "day", "night"))


def fitted(name: str, **params: float) -> Pipeline:
    chosen = family(name).defaults | params
    built = family(name).build(SCHEMA, chosen, problem=ProblemType.BINARY, seed=0)
    return built.fit(SEEN.features, SEEN.target)


def looked(name: str, settings: Settings | None = None, **params: float) -> Beside:
    known = settings or settings_of(ProblemType.BINARY)
    return tradeoffs.look(fitted(name, **params), SEEN, TUNE, ROWS, settings=known)


def protecting(*attributes: str, minimum_group: int = 20) -> Settings:
    settings = settings_of(ProblemType.BINARY)
    rules = settings.charter.fairness.model_copy(update={"attributes": attributes, "minimum_group": minimum_group})
    return settings.model_copy(update={"charter": settings.charter.model_copy(update={"fairness": rules})})


def test_what_learned_its_rows_by_heart_has_the_wider_gap() -> None:
    heart, rule = looked("gradient_boosting", max_leaf_nodes=63, min_samples_leaf=1), looked("linear")
    assert heart.gap is not None and rule.gap is not None and heart.gap > rule.gap + 0.05


def test_trees_hold_more_than_weights() -> None:
    assert looked("gradient_boosting").kib > 10 * looked("linear").kib > 0


def test_answers_cost_time() -> None:
    assert looked("gradient_boosting").cpu_ms_per_1k > 0


@pytest.mark.parametrize(("name", "readable"), [("dummy", True), ("linear", True), ("gradient_boosting", False)])
def test_only_weights_and_constants_read_by_themselves(name: str, readable: bool) -> None:
    assert looked(name).readable is readable


def test_groups_that_are_found_unequally_often_have_a_gap() -> None:
    gap = looked("linear", protecting("shift")).fairness_gap
    assert gap is not None and gap > 0.2


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(protecting(), id="nothing is protected"),
        pytest.param(protecting("shift", minimum_group=500), id="groups are too small"),
    ],
)
def test_no_gap_is_told_where(settings: Settings) -> None:
    assert looked("linear", settings).fairness_gap is None
