"""Parts are disjoint, whole, stable, and comparable."""

import numpy as np
import pandas as pd
import pytest

from config.errors import ConfigError
from config.settings import Column, ColumnType, Role, Split
from tasks import splitting
from tests.tasks.rows import columns, data, rows

GROUPED = data(columns=columns(place=Column(role=Role.GROUP, type=ColumnType.CATEGORY)))
CASES = [("time", data()), ("fingerprint", data()), ("group", GROUPED)]


def many(n: int = 4000) -> pd.DataFrame:
    """Rows of two hundred places."""
    return rows(n).assign(place=[f"place {i % 200}" for i in range(n)])


@pytest.mark.parametrize(("strategy", "declared"), CASES, ids=[name for name, _ in CASES])
def test_every_row_is_in_one_part_whatever_the_order(strategy: str, declared) -> None:
    given = many()
    params = Split(strategy=strategy, tune=0.2, promotion=0.2)  # type: ignore[arg-type]
    parts = splitting.split(given, declared, params)
    again = splitting.split(given.sample(frac=1, random_state=1), declared, params)
    assert sorted(pd.concat([part["id"] for _, part in parts])) == sorted(given["id"])
    for (_, part), (_, same) in zip(parts, again, strict=True):
        pd.testing.assert_frame_equal(part, same)
    shares = [len(part) / len(given) for _, part in parts]
    assert shares == pytest.approx([0.6, 0.2, 0.2], abs=0.01 if strategy != "group" else 0.1)


def test_by_time_the_newest_rows_are_for_promotion_and_an_instant_stays_together() -> None:
    given = rows(1000).assign(when=pd.date_range("2020-01-01", periods=100, freq="h", tz="UTC").repeat(10))
    parts = splitting.split(given, data(), Split(strategy="time", tune=0.15, promotion=0.15))
    assert parts.train["when"].max() < parts.tune["when"].min()
    assert parts.tune["when"].max() < parts.promotion["when"].min()


def test_by_group_an_entity_stays_on_one_side() -> None:
    parts = splitting.split(many(), GROUPED, Split(strategy="group", tune=0.2, promotion=0.2))
    places = [set(part["place"]) for _, part in parts]
    assert not (places[0] & places[1] or places[0] & places[2] or places[1] & places[2])


def test_by_fingerprint_a_row_keeps_its_part_when_rows_are_added() -> None:
    params = Split(strategy="fingerprint", tune=0.2, promotion=0.2)
    small = splitting.split(rows(400), data(), params)
    large = splitting.split(pd.concat([rows(400), many(400).assign(count=7)]), data(), params)
    for (_, few), (_, more) in zip(small, large, strict=True):
        assert set(few["id"]) <= set(more["id"])


def test_another_seed_gives_other_parts() -> None:
    first, second = (
        splitting.split(rows(), data(), Split(strategy="fingerprint", tune=0.2, promotion=0.2, seed=seed))
        for seed in (0, 1)
    )
    assert set(first.tune["id"]) != set(second.tune["id"])


def test_fingerprints_are_those_of_other_machines_and_days() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", "2020-01-02"], utc=True)})
    assert [int(mark) for mark in splitting.row_hashes(frame)] == FINGERPRINTS
    assert [int(mark) for mark in splitting.row_hashes(frame.astype({"a": "float64"}))] == FINGERPRINTS


FINGERPRINTS = [18247314238082581073, 1842548275529770726]


@pytest.mark.parametrize(("strategy", "role"), [("time", "time"), ("group", "group")])
def test_a_strategy_without_its_column_is_a_configuration_error(strategy: str, role: str) -> None:
    plain = {n: c.model_copy(update={"role": Role.IGNORED}) if c.role is Role.TIME else c for n, c in columns().items()}
    with pytest.raises(ConfigError, match=f"no column has role '{role}'"):
        splitting.split(rows(), data(columns=plain), Split(strategy=strategy))  # type: ignore[arg-type]


def test_a_part_without_a_class_is_weak() -> None:
    given = rows().assign(late=[True] * 200 + [False] * 200)
    parts = splitting.split(given, data(), Split(strategy="time", tune=0.2, promotion=0.2))
    assert splitting.weaknesses(parts, data()) == [
        "the tune part has 80 rows, none of class True",
        "the promotion part has 80 rows, none of class True",
    ]


def test_values_that_are_missing_only_lately_make_a_part_weak() -> None:
    given = rows()
    given.loc[376:, "size"] = np.nan
    parts = splitting.split(given, data(), Split(strategy="time", tune=0.2, promotion=0.2))
    assert splitting.weaknesses(parts, data()) == ["the promotion part misses 30.0% of size, 10.0% are allowed"]


def test_effects_are_small_by_chance_and_large_after_a_shift() -> None:
    shifted = rows(4000)
    shifted.loc[3400:, "size"] += 30
    params = Split(strategy="time", tune=0.15, promotion=0.15)
    found = splitting.effects(splitting.split(shifted, data(), params), data())
    assert found["size"]["promotion"] > 1 > 0.1 > found["size"]["tune"]
    assert max(found["count"].values()) < 0.1
    assert np.isfinite([value for pair in found.values() for value in pair.values()]).all()


def test_segments_count_rows_by_part() -> None:
    parts = splitting.split(rows(), data(), Split(strategy="time", tune=0.2, promotion=0.2))
    counted = splitting.segments(parts, ("place",))["place"]
    assert sum(n for part in counted.values() for n in part.values()) == 400
