"""A model that may have seen its test is held: equal parts, other files, preprocessing outside or of other columns."""

from dataclasses import replace

import pytest

from config.settings import Settings
from lens_checks.evidence.records import Part, Reading
from tests.lens_checks.test_bounds import PARTS, TRAINING, but, held

STEPS = ("ColumnTransformer", "Booster")


def of_parts(**changed: Part) -> object:
    return but(PARTS, parts=PARTS.parts | changed)


TRAIN, TUNE, PROMOTION = (PARTS.parts[name] for name in ("train", "tune", "promotion"))
HELD = [
    pytest.param(
        of_parts(promotion=replace(PROMOTION, rows_sha256=TUNE.rows_sha256)), "promotion, train, tune do not all hold",
        id="promotion is tune in another order",
    ),
    pytest.param(
        of_parts(promotion=replace(PROMOTION, rows_sha256=TRAIN.rows_sha256)), "do not all hold rows of their own",
        id="promotion is train in another order",
    ),
    pytest.param(of_parts(tune=replace(TUNE, rows_sha256=None)), "rows are in tune is not", id="rows not digested"),
    pytest.param(
        but(TRAINING, data_sha256=TRAINING.data_sha256 | {"tune": PROMOTION.sha256}), "not trained on train and",
        id="tuned on the promotion part",
    ),
    pytest.param(
        but(TRAINING, data_sha256=TRAINING.data_sha256 | {"more": PROMOTION.sha256}), "of this split alone",
        id="tuned on the promotion part too",
    ),
    pytest.param(but(TRAINING, data_sha256={}), "of this split alone", id="trained on nobody knows what"),
    pytest.param(but(TRAINING, pipeline=None), "is not recorded", id="a pipeline that was not looked at"),
    pytest.param(
        but(TRAINING, pipeline=Reading(steps=("Booster",), preprocessing=False, reads=())),
        "the logged pipeline is Booster: it does not begin with fitted preprocessing", id="a bare model",
    ),
    pytest.param(
        but(TRAINING, pipeline=Reading(steps=STEPS, preprocessing=True, reads=("delay", "origin", "air_time"))),
        "reads air_time beside the declared features, and not none", id="a column that is no feature",
    ),
    pytest.param(
        but(TRAINING, pipeline=Reading(steps=STEPS, preprocessing=True, reads=("delay",))),
        "reads none beside the declared features, and not origin", id="a feature that is not read",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("record", "words"), HELD)
@pytest.mark.parametrize("gate", ["development", "champion"])
def test_a_model_that_may_have_seen_its_test_is_held(example: Settings, gate: str, record: object, words: str) -> None:
    (told,) = held(example, gate, record)
    assert words in told
