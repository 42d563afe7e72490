"""What a window tells of the live model besides drift and score, and when somebody must look."""

from dataclasses import replace

import pytest
from sklearn.pipeline import Pipeline

from config.settings import ProblemType, Settings
from tasks import living
from tasks.baselines import Baseline, Champion, LetIn
from tasks.distributions import Distribution
from tasks.estimators import family
from tasks.features import feature_frame, feature_schema, target_values
from tasks.living import Attribution, Bias, Sides
from tasks.registry import Version
from tasks.returns import Returns
from tasks.statistics import Prediction
from tests.tasks.problems import rows_of, settings_of

BIN = ProblemType.BINARY
ROWS = rows_of(BIN)
QUIET = Sides(
    Attribution(0.95, 0.9, 500), Bias(0.1, 0.1, ("size",)), Returns(500, 9.0, 4.0, 1.0, 4.0, 0.0, "EUR"), None
)  # fmt: skip


def settings(*protected: str) -> Settings:
    known = settings_of(BIN)
    rules = known.charter.fairness.model_copy(update={"attributes": protected, "minimum_group": 20})
    return known.model_copy(update={"charter": known.charter.model_copy(update={"fairness": rules})})


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    schema = feature_schema(settings().data)
    built = family("linear").build(schema, {"shrinkage": 1.0}, problem=BIN, seed=0)
    return built.fit(feature_frame(ROWS, settings().data), target_values(ROWS, settings().data, BIN))


def looked(pipeline: Pipeline, known: Settings, importances: dict[str, float] | None, *, labelled: int = 569) -> Sides:
    rows = ROWS.assign(target=ROWS["target"].where(ROWS.index < labelled))
    let_in = None if importances is None else LetIn(importances, 0.5, 30.0, 0.01)
    nothing = Distribution("numeric", 0, 0.0, [])
    baseline = Baseline("d", "r", {}, nothing, {}, let_in)
    champion = Champion(Version(1, "run", "source", {}), "d", pipeline, baseline)
    said = Prediction.of(pipeline, feature_frame(rows, known.data), BIN)
    return living.look(rows, said, champion, known, cpu_seconds=0.5)


def test_another_order_of_features_agrees_less(pipeline: Pipeline) -> None:
    names = list(feature_schema(settings().data))
    first = looked(pipeline, settings(), dict.fromkeys(names, 0.1) | {names[0]: 5.0}).attribution
    assert first is not None and first.agreement is not None and 0 < first.agreement < 1 and first.bound == 0.9


def test_groups_are_looked_at_where_some_are_protected(pipeline: Pipeline) -> None:
    names = dict.fromkeys(feature_schema(settings().data), 0.1)
    assert looked(pipeline, settings(), names).bias is None
    told = looked(pipeline, settings("size"), names).bias
    assert told is not None and told.gap is not None and told.attributes == ("size",)


@pytest.mark.parametrize(
    ("importances", "labelled"), [(None, 569), ({"mean_radius": 1.0}, 199)], ids=["nothing was kept", "too few truths"]
)
def test_only_effort_is_told_where(pipeline: Pipeline, importances: dict[str, float] | None, labelled: int) -> None:
    told = looked(pipeline, settings(), importances, labelled=labelled)
    assert (told.attribution, told.bias, told.returns) == (None, None, None)
    assert told.effort is not None and told.effort.cpu_seconds_per_1k == pytest.approx(500 / 569)


def test_returns_are_reckoned_on_the_rows_whose_truth_is_known(pipeline: Pipeline) -> None:
    told = looked(pipeline, settings(), {"mean_radius": 1.0}, labelled=300).returns
    assert told is not None and told.rows == 300
    assert told.answering == pytest.approx(0.5 * 300 / 569 * 0.05 / 3600)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(QUIET, [], id="all at their bounds"),
        pytest.param(Sides(), [], id="nothing could be told"),
        pytest.param(replace(QUIET, attribution=Attribution(None, 0.9, 0)), [], id="no order could be told"),
        pytest.param(replace(QUIET, attribution=Attribution(0.89, 0.9, 9)), ["other features"], id="another order"),
        pytest.param(replace(QUIET, bias=Bias(0.11, 0.1, ("size",))), ["gap between groups of size"], id="a gap"),
        pytest.param(replace(QUIET, bias=Bias(None, 0.1, ("size",))), [], id="no gap could be told"),
        pytest.param(
            replace(QUIET, returns=replace(QUIET.returns, net=-0.5)), [], id="a loss is for the lens to judge",  # type: ignore[arg-type,type-var]
        ),
    ],
)  # fmt: skip
def test_alarms(seen: Sides, words: list[str]) -> None:
    told = list(living.alarms(seen))
    assert len(told) == len(words) and all(word in alarm for word, alarm in zip(words, told, strict=True))
