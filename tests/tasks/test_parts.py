"""Parts are comparable, and what they lack is said."""

import numpy as np
import pytest

from config.settings import Split
from tasks import splitting
from tasks.parts import effects, segments, weaknesses
from tests.tasks.rows import data, rows

BY_TIME = Split(strategy="time", tune=0.2, promotion=0.2)


def test_a_part_without_a_class_is_weak() -> None:
    given = rows().assign(late=[True] * 200 + [False] * 200)
    parts = splitting.split(given, data(), BY_TIME)
    assert weaknesses(parts, data(), BY_TIME) == [
        "the tune part has 80 rows, none of class True",
        "the promotion part has 80 rows, none of class True",
    ]


def test_values_that_are_missing_only_lately_make_a_part_weak() -> None:
    given = rows()
    given.loc[376:, "size"] = np.nan
    parts = splitting.split(given, data(), BY_TIME)
    assert weaknesses(parts, data(), BY_TIME) == ["the promotion part misses 30.0% of size, 10.0% are allowed"]


@pytest.mark.parametrize(
    ("required", "told"),
    [
        pytest.param({"place": {"north": 30, "south": 30}}, [], id="enough"),
        pytest.param(
            {"place": {"north": 38}}, ["the tune part has 37 rows where place is north, 38 are required"],
            id="one row too few in one part",
        ),
        pytest.param(
            {"place": {"west": 1}},
            [f"the {n} part has 0 rows where place is west, 1 are required" for n in ("train", "tune", "promotion")],
            id="a value that nobody has",
        ),
        pytest.param({"late": {"true": 20, "False": 20}}, [], id="truth as YAML spells it"),
        pytest.param(
            {"count": {"7": 1}},
            ["the promotion part has 0 rows where count is 7, 1 are required"],
            id="a number",
        ),
    ],
)  # fmt: skip
def test_required_segments_are_counted_in_every_part(required: dict[str, dict[str, int]], told: list[str]) -> None:
    parts = splitting.split(rows(), data(), BY_TIME)
    assert weaknesses(parts, data(), BY_TIME.model_copy(update={"required": required})) == told


def test_effects_are_small_by_chance_and_large_after_a_shift() -> None:
    shifted = rows(4000)
    shifted.loc[3400:, "size"] += 30
    params = Split(strategy="time", tune=0.15, promotion=0.15)
    found = effects(splitting.split(shifted, data(), params), data())
    assert found["size"]["promotion"] > 1 > 0.1 > found["size"]["tune"]
    assert max(found["count"].values()) < 0.1
    assert np.isfinite([value for pair in found.values() for value in pair.values()]).all()


def test_segments_count_rows_by_part() -> None:
    parts = splitting.split(rows(), data(), BY_TIME)
    counted = segments(parts, ("place",), {})["place"]
    assert sum(n for part in counted.values() for n in part.values()) == 400


def test_a_required_segment_is_counted_however_rare_and_however_it_is_spelt() -> None:
    many = rows(n=4000).assign(place=lambda f: [f"place {i % 80}" for i in range(len(f))])
    many.loc[many.index[-1], "place"] = "Lighthouse"
    parts = splitting.split(many, data(), Split(strategy="time"))
    counted = segments(parts, (), {"place": {"lighthouse": 1}})["place"]
    assert counted["Lighthouse"] == {"train": 0, "tune": 0, "promotion": 1}
    assert len(counted) == 51
