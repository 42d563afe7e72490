"""Parts are disjoint, whole, stable, and comparable."""

import numpy as np
import pandas as pd
import pytest

from config.errors import ConfigError
from config.settings import Column, ColumnType, Role, Split
from tasks import splitting
from tests.tasks.rows import columns, data, rows

GROUPED = data(columns=columns(place=Column(role=Role.GROUP, type=ColumnType.CATEGORY)))
CASES = [
    ("time", data()),
    ("fingerprint", data()),
    ("group", GROUPED),
    ("time+group", GROUPED),
    ("time+fingerprint", data()),
    ("group+fingerprint", GROUPED),
]


def many(n: int = 4000) -> pd.DataFrame:
    """Rows of two hundred places."""
    return rows(n).assign(place=[f"place {i % 200}" for i in range(n)])


@pytest.mark.parametrize(("strategy", "declared"), CASES, ids=[name for name, _ in CASES])
def test_every_row_is_in_one_part_whatever_the_order(strategy: str, declared) -> None:
    given = many()
    params = Split(strategy=strategy, tune=0.2, promotion=0.2)  # type: ignore[arg-type]
    parts = splitting.split(given, declared, params)
    again = splitting.split(given.sample(frac=1, random_state=1), declared, params)
    everywhere = [part["id"] for _, part in parts] + [left["id"] for left in parts.left_out.values()]
    assert sorted(pd.concat(everywhere)) == sorted(given["id"])
    for (_, part), (_, same) in zip(parts, again, strict=True):
        pd.testing.assert_frame_equal(part, same)
    shares = [len(part) / len(given) for _, part in parts]
    if strategy != "time+group":  # every place goes on for ever: nothing is left to tune on
        assert shares == pytest.approx([0.6, 0.2, 0.2], abs=0.1 if "group" in strategy else 0.01)


def test_by_time_the_newest_rows_are_for_promotion_and_an_instant_stays_together() -> None:
    given = rows(1000).assign(when=pd.date_range("2020-01-01", periods=100, freq="h", tz="UTC").repeat(10))
    parts = splitting.split(given, data(), Split(strategy="time", tune=0.15, promotion=0.15))
    assert parts.train["when"].max() < parts.tune["when"].min()
    assert parts.tune["when"].max() < parts.promotion["when"].min()


def test_by_group_an_entity_stays_on_one_side() -> None:
    parts = splitting.split(many(), GROUPED, Split(strategy="group", tune=0.2, promotion=0.2))
    places = [set(part["place"]) for _, part in parts]
    assert not (places[0] & places[1] or places[0] & places[2] or places[1] & places[2])


@pytest.mark.parametrize(
    ("strategy", "declared"), [case for case in CASES if "time" not in case[0]], ids=["fingerprint", "group", "both"]
)
def test_a_row_keeps_its_part_however_the_data_grows(strategy: str, declared) -> None:
    params = Split(strategy=strategy, tune=0.2, promotion=0.2)  # type: ignore[arg-type]
    given, placed = many().assign(size=range(4000)), pd.Series(dtype="str")
    for size in (
        200,
        400,
        1000,
        2500,
        4000,
    ):  # later rows are of the same two hundred places, with features of their own
        parts = splitting.split(given.head(size).sample(frac=1, random_state=size), declared, params)
        now = pd.concat([pd.Series(name, index=part["id"]) for name, part in parts])
        assert (now[placed.index] == placed).all()
        placed = now


def test_by_fingerprint_rows_with_equal_features_share_a_part() -> None:
    twins = pd.concat([rows(), rows().assign(id=[f"t{i}" for i in range(400)], late=True)])
    parts = splitting.split(twins, data(), Split(strategy="fingerprint", tune=0.3, promotion=0.3))
    seen = [set(part[["size", "count", "place"]].itertuples(index=False, name=None)) for _, part in parts]
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def chained() -> pd.DataFrame:
    """Sixty bundles of five places each: a place has one row like the next one's, and so on in a ring."""
    n, first = np.arange(300), rows(300)
    twins = first.assign(id=[f"t{i}" for i in n], when=first["when"] + pd.Timedelta(days=30))
    return pd.concat([first.assign(place=n.astype("str")), twins.assign(place=(n - n % 5 + (n + 1) % 5).astype("str"))])


def test_by_group_and_fingerprint_what_is_connected_stays_together() -> None:
    parts = splitting.split(chained(), GROUPED, Split(strategy="group+fingerprint", tune=0.3, promotion=0.3))
    bundles = [set(part["place"].astype("int64") // 5) for _, part in parts]
    assert all(bundles) and sum(len(bundle) for bundle in bundles) == 60


def test_a_younger_bundle_goes_where_the_elder_is() -> None:
    params = Split(strategy="group+fingerprint", tune=0.3, promotion=0.3)
    elder = splitting.split(chained().head(300), GROUPED, params)
    joined = splitting.split(chained(), GROUPED, params)
    for (_, before), (_, after) in zip(elder, joined, strict=True):
        firsts = before[before["place"].astype("int64") % 5 == 0]  # the eldest place of its bundle
        assert set(firsts["id"]) <= set(after["id"])


def test_by_time_and_entity_later_rows_of_a_known_entity_are_left_out() -> None:
    given = many().assign(place=[f"place {i % 40 if i % 2 else i // 10}" for i in range(4000)])
    parts = splitting.split(given, GROUPED, Split(strategy="time+group", tune=0.2, promotion=0.2))
    places = [set(part["place"]) for _, part in parts]
    assert not (places[0] & places[1] or places[0] & places[2] or places[1] & places[2])
    assert {why: len(left) for why, left in parts.left_out.items()} == {"entity": 800}
    assert parts.train["when"].max() < parts.tune["when"].min() < parts.promotion["when"].min()


def test_by_time_and_fingerprint_later_rows_with_known_features_are_left_out() -> None:
    given = pd.concat([rows(), rows().head(50).assign(id=[f"t{i}" for i in range(50)], when=rows()["when"].max())])
    parts = splitting.split(given, data(), Split(strategy="time+fingerprint", tune=0.2, promotion=0.2))
    assert {why: set(left["id"].str[0]) for why, left in parts.left_out.items()} == {"fingerprint": {"t"}}
    assert len(parts.left_out["fingerprint"]) == 50


@pytest.mark.parametrize(
    ("gap", "horizon", "left_out", "last"),
    [
        pytest.param(0, 0, {}, ("2020-01-25T23", "2020-02-07T11"), id="neither"),
        pytest.param(24, 0, {"gap": 48}, ("2020-01-24T23", "2020-02-06T11"), id="a day of gap before each cut"),
        pytest.param(0, 24, {"horizon": 46}, ("2020-01-25T00", "2020-02-06T12"), id="labels known a day later"),
        pytest.param(12, 24, {"gap": 24, "horizon": 22}, ("2020-01-25T00", "2020-02-06T12"), id="the longer one rules"),
    ],
)
def test_rows_before_a_cut_are_left_out(gap: float, horizon: float, left_out: dict[str, int], last) -> None:
    params = Split(strategy="time", tune=0.25, promotion=0.25, gap_hours=gap, horizon_hours=horizon)
    parts = splitting.split(rows(1200), data(), params)
    assert {why: len(left) for why, left in parts.left_out.items()} == left_out
    assert parts.train["when"].max() == pd.Timestamp(f"{last[0]}:00", tz="UTC")
    assert parts.tune["when"].max() == pd.Timestamp(f"{last[1]}:00", tz="UTC")
    assert parts.promotion["when"].min() == pd.Timestamp("2020-02-07T12:00", tz="UTC")


def test_another_seed_gives_other_parts() -> None:
    first, second = (
        splitting.split(rows(), data(), Split(strategy="fingerprint", tune=0.2, promotion=0.2, seed=seed))
        for seed in (0, 1)
    )
    assert set(first.tune["id"]) != set(second.tune["id"])


@pytest.mark.parametrize(("strategy", "role"), [("time", "time"), ("group", "group")])
def test_a_strategy_without_its_column_is_a_configuration_error(strategy: str, role: str) -> None:
    plain = {n: c.model_copy(update={"role": Role.IGNORED}) if c.role is Role.TIME else c for n, c in columns().items()}
    with pytest.raises(ConfigError, match=f"no column has role '{role}'"):
        splitting.split(rows(), data(columns=plain), Split(strategy=strategy))  # type: ignore[arg-type]
