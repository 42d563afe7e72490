"""Tests of tasks/estimators.py: one contract for every family and every kind of problem."""

import numpy as np
import pytest
import skops.io

from config.errors import ConfigError
from config.settings import ProblemType
from tasks.estimators import FAMILIES, TRUSTED_TYPES, Family, family
from tasks.features import feature_schema, target_values, typed_frame
from tests.tasks.problems import parts_of, settings_of


def fitted(one: Family, problem: ProblemType) -> tuple[object, object, bytes]:
    """Fit a family with a category and a time among the features; give it with tune rows and its stored form."""
    data, parts = settings_of(problem).data, parts_of(problem)
    schema = feature_schema(data) | {"seen_at": "timestamp"}
    pipeline = one.build(schema, one.defaults, problem=problem, seed=0)
    pipeline.fit(typed_frame(parts["train"], schema), target_values(parts["train"], data, problem))
    return pipeline, typed_frame(parts["tune"], schema), skops.io.dumps(pipeline)


@pytest.mark.parametrize("problem", ProblemType)
@pytest.mark.parametrize("one", FAMILIES.values(), ids=lambda one: one.name)
def test_every_family_fits_every_problem_and_comes_back_bit_equal_from_skops(one: Family, problem: ProblemType) -> None:
    pipeline, rows, stored = fitted(one, problem)
    loaded = skops.io.loads(stored, trusted=list(TRUSTED_TYPES))
    ask = "predict" if problem is ProblemType.REGRESSION else "predict_proba"
    assert np.array_equal(getattr(loaded, ask)(rows), getattr(pipeline, ask)(rows))


def test_no_type_is_trusted_that_no_model_needs() -> None:
    stored = [fitted(one, problem)[2] for one in FAMILIES.values() for problem in ProblemType]
    assert {name for data in stored for name in skops.io.get_untrusted_types(data=data)} == set(TRUSTED_TYPES)


@pytest.mark.parametrize("one", FAMILIES.values(), ids=lambda one: one.name)
def test_defaults_lie_within_the_space(one: Family) -> None:
    assert all(d.low <= d.default <= d.high for d in one.space)
    assert len({d.name for d in one.space}) == len(one.space)


def test_the_same_seed_gives_the_same_model() -> None:
    (_, _, first), (_, _, second) = (fitted(family("gradient_boosting"), ProblemType.BINARY) for _ in range(2))
    assert len(first) == len(second)


def test_a_wrong_name_lists_the_alternatives() -> None:
    with pytest.raises(ConfigError, match="'forest' is no family") as caught:
        family("forest")
    assert caught.value.expected == "one of dummy, gradient_boosting, linear"
