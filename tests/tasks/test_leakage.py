"""Each kind of leak is found where it is planted, and nothing is found where nothing is."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from config.settings import Allowance, Bounds, Column, ColumnType, Data, LeakSearch, Role, Sensitivity, Split
from tasks import leakage
from tasks.leakage import search_for_leaks
from tasks.overlap import Finding
from tasks.searches import SEARCHES
from tasks.splitting import Parts, split
from tests.tasks.rows import columns, data, rows

N = 4000
NUMBER = Column(type=ColumnType.NUMBER)
WIDE = columns(
    place=Column(type=ColumnType.CATEGORY),
    weight=Column(type=ColumnType.NUMBER),
    future=Column(type=ColumnType.NUMBER, known_at_prediction=False),
)


def many() -> pd.DataFrame:
    """Rows with six places and a number that only the future tells."""
    random = np.random.default_rng(1)
    frame = rows(N).assign(place=random.choice([f"place {i}" for i in range(6)], N))
    return frame.assign(
        size=(frame["late"] * 30 + random.normal(0, 12, N)).round(3),
        future=random.normal(0, 1, N),
        weight=random.normal(0, 1, N),
    )


def parts_of(frame: pd.DataFrame, declared: Data) -> Parts:
    """Part by time."""
    return split(frame, declared, Split(strategy="time", tune=0.2, promotion=0.2))


def found_in(parts: Parts, declared: Data) -> dict[str, object]:
    """Search, and give the findings by check."""
    told = search_for_leaks(parts, declared, Bounds(), data_sha256="0" * 64)
    assert told.schema == 1 and told.checks == list(SEARCHES) == list(LeakSearch)
    assert told.passed == all(finding.allowed for finding in told.findings)
    assert all(finding.columns and len(finding.examples) <= 5 for finding in told.findings)
    return {finding.check: finding for finding in told.findings}


def test_nothing_is_found_where_nothing_is() -> None:
    declared = data(columns=WIDE)
    assert found_in(parts_of(many(), declared), declared) == {}


def some(part: pd.DataFrame, n: int) -> pd.DataFrame:
    """Take rows of a part."""
    return part.head(n)


def plant_same(parts: Parts) -> Parts:
    moved = parts.train.head(3).assign(id=["x1", "x2", "x3"], when=parts.tune["when"].max())
    return replace(parts, tune=pd.concat([parts.tune, moved], ignore_index=True))


def plant_reordered(parts: Parts) -> Parts:
    return replace(parts, promotion=parts.train.sample(frac=1, random_state=0).reset_index(drop=True))


def plant_flood(parts: Parts) -> Parts:
    """Let one place hand in half of the newest rows."""
    place = parts.promotion["place"].where(np.arange(len(parts.promotion)) % 2 == 0, "place 1")
    return replace(parts, promotion=parts.promotion.assign(place=place))


def plant_near(parts: Parts) -> Parts:
    near = parts.train.head(40)
    near = near.assign(id=[f"n{i}" for i in range(40)], when=parts.tune["when"].max(), size=near["size"] + 1e-6)
    return replace(parts, tune=pd.concat([parts.tune, near.assign(future=0.5)], ignore_index=True))


def plant_near_among_some_twins(parts: Parts) -> Parts:
    """Let train have three twins of its own: fewer than what comes again in tune."""
    train = parts.train.copy()
    for name in ("place", "size", "weight", "future"):
        train.loc[train.index[[1, 101, 201]], name] = train[name].to_numpy()[[0, 100, 200]]
    return plant_near(replace(parts, train=train))


def plant_near_in_other_units(parts: Parts) -> Parts:
    """Tell the size in millionths; a copy differs by the thousandth of its spread."""
    train, tune, promotion = (
        part.assign(size=part["size"] * 1e6) for part in (parts.train, parts.tune, parts.promotion)
    )
    parts = replace(parts, train=train, tune=tune, promotion=promotion)
    near = parts.train.head(40)
    near = near.assign(id=[f"n{i}" for i in range(40)], when=parts.tune["when"].max(), size=near["size"] + 1e3)
    return replace(parts, tune=pd.concat([parts.tune, near.assign(future=0.5)], ignore_index=True))


def plant_future_in_tune(parts: Parts) -> Parts:
    newest = parts.promotion.tail(2).assign(id=["f1", "f2"], size=1.5)
    return replace(parts, tune=pd.concat([parts.tune, newest], ignore_index=True))


def plant_future(parts: Parts) -> Parts:
    newest = parts.promotion.tail(2).assign(id=["f1", "f2"], size=1.5)
    return replace(parts, train=pd.concat([parts.train, newest], ignore_index=True))


def flip(parts: Parts) -> Parts:
    random, part = np.random.default_rng(2), parts.tune
    flipped = (part["place"] == "place 1").to_numpy() & (random.random(len(part)) < 0.5)
    return replace(parts, tune=part.assign(late=part["late"] ^ flipped))


def unseen(parts: Parts) -> Parts:
    places = ["new place"] * 200 + list(parts.tune["place"].iloc[200:])
    return replace(parts, tune=parts.tune.assign(place=places))


@pytest.mark.parametrize(
    ("check", "plant"),
    [
        pytest.param("same rows", plant_same, id="a row of train again in tune"),
        pytest.param("same rows", plant_reordered, id="the promotion set is train, reordered"),
        pytest.param("same parts", plant_reordered, id="and that is said"),
        pytest.param("flooding", plant_flood, id="a place that hands in half of the newest rows"),
        pytest.param("near duplicates", plant_near, id="a row of train again with a little noise"),
        pytest.param("near duplicates", plant_near_among_some_twins, id="and train has twins of its own, but fewer"),
        pytest.param("future rows", plant_future, id="rows of the future in train"),
        pytest.param("near duplicates", plant_near_in_other_units, id="whatever the unit"),
        pytest.param("future rows", plant_future_in_tune, id="rows of the future in tune"),
        pytest.param("flipped labels", flip, id="half of the labels of a place flipped"),
        pytest.param("unseen categories", unseen, id="a place that train has never seen"),
    ],
)
def test_rows_that_leak_are_found(check: str, plant: Callable[[Parts], Parts]) -> None:
    declared = data(columns=WIDE)
    assert check in found_in(plant(parts_of(many(), declared)), declared)


def test_rows_that_are_alike_by_nature_are_no_leak() -> None:
    declared, frame = data(columns=WIDE), many()
    coarse = {name: (frame[name] / frame[name].std()).round() for name in ("size", "weight")}
    found = found_in(parts_of(frame.assign(**coarse, count=1), declared), declared)
    assert not {"near duplicates", "conflicting labels"} & set(found)


def test_too_few_rows_are_no_side_to_judge_by() -> None:
    declared, frame = data(columns=WIDE | {"leak": NUMBER}), many()
    frame["leak"] = frame["late"].where(frame.index >= 0.97 * N, 0.5)
    parts = split(frame, declared, Split(strategy="time", tune=0.2, promotion=0.03))
    assert "telling features" not in found_in(parts, declared)


def test_labels_flipped_where_a_number_has_one_of_twenty_values_are_found() -> None:
    declared, frame = data(columns=WIDE | {"hour": Column(type=ColumnType.INTEGER)}), many()
    random = np.random.default_rng(4)
    hours = np.where(random.random(N) < 0.3, 0, random.integers(1, 20, N))
    parts = parts_of(frame.assign(hour=hours), declared)
    mine = (parts.tune["hour"].to_numpy() == 0) & (random.random(len(parts.tune)) < 0.5)
    flipped = replace(parts, tune=parts.tune.assign(late=parts.tune["late"] ^ mine))
    assert found_in(flipped, declared)["flipped labels"].columns == ["hour"]  # type: ignore[attr-defined]


def test_an_entity_that_floods_is_told_of_by_name_where_anyone_may_know_it() -> None:
    told = []
    for known in (Sensitivity.INTERNAL, Sensitivity.PERSONAL):
        place = Column(role=Role.GROUP, type=ColumnType.CATEGORY, sensitivity=known)
        declared = data(columns=WIDE | {"place": place})
        found = found_in(plant_flood(parts_of(many(), declared)), declared)["flooding"]
        told.append(found.sentence)  # type: ignore[attr-defined]
    assert "where place is place 1 are" in told[0]
    assert "of one place are" in told[1] and "place 1" not in told[1]


@pytest.mark.parametrize(
    ("check", "column", "make"),
    [
        pytest.param("telling features", NUMBER, lambda f: f["late"] * 2.0 + 3, id="a function of the target"),
        pytest.param(
            "telling features", NUMBER, lambda f: f["size"].where(f["late"]), id="missing where the target is false"
        ),
        pytest.param(
            "telling features",
            Column(type=ColumnType.CATEGORY),
            lambda f: f["late"].map({True: "refund", False: "none"}),
            id="a word for the target",
        ),
        pytest.param("unknown at prediction", NUMBER, lambda f: np.exp(f["future"]), id="a copy of the future"),
        pytest.param("identifiers", Column(type=ColumnType.CATEGORY), lambda f: f["id"] + "x", id="a name of the row"),
        pytest.param("identifiers", Column(type=ColumnType.INTEGER), lambda f: range(N), id="a counter"),
        pytest.param("identifiers", NUMBER, lambda f: np.arange(N) * 1.0, id="a counter among measurements"),
        pytest.param(
            "identifiers",
            Column(type=ColumnType.INTEGER),
            lambda f: np.random.default_rng(0).choice(100_000, N, replace=False),
            id="numbers of five digits, none of them twice",
        ),
        pytest.param(
            "telling features",
            NUMBER,
            lambda f: f["late"].where(f.index > 0.8 * N, 0.5),
            id="a leak into promotion alone",
        ),
    ],
)
def test_columns_that_leak_are_found_and_may_be_allowed(check: str, column: Column, make) -> None:
    frame = many()
    frame["leak"] = make(frame)
    declared = data(columns=WIDE | {"leak": column})
    parts = parts_of(frame, declared)
    assert found_in(parts, declared)[check].columns == ["leak"]  # type: ignore[attr-defined]
    allowance = Allowance(searches=(LeakSearch(check),), reason="for a reason")
    allowed = declared.model_copy(update={"leakage_allowances": {"leak": allowance}})
    told = search_for_leaks(parts, allowed, Bounds(), data_sha256="0" * 64)
    assert {f.allowed for f in told.findings if f.columns == ["leak"] and f.check == check} == {"for a reason"}


def test_an_allowance_of_one_search_allows_no_other() -> None:
    other = Allowance(searches=(LeakSearch.IDENTIFIERS,), reason="for a reason")
    declared = data(columns=WIDE | {"leak": NUMBER}, leakage_allowances={"leak": other})
    told = found_in(parts_of(many().assign(leak=many()["late"] * 2.0), declared), declared)
    assert told["telling features"].allowed is None  # type: ignore[attr-defined]


def test_findings_show_rows_by_their_keys_and_no_protected_value() -> None:
    declared = data(columns=WIDE)
    parts = unseen(parts_of(many(), declared))
    first = parts.tune["id"].iloc[0]
    (found,) = found_in(parts, declared).values()
    assert found.examples[0] == f"row 0 of tune (id={first}): place=new place"  # type: ignore[attr-defined]
    secret = {n: WIDE[n].model_copy(update={"sensitivity": Sensitivity.PERSONAL}) for n in ("id", "place")}
    (hidden,) = found_in(parts, data(columns=WIDE | secret)).values()
    assert hidden.examples[0] == "row 0 of tune"  # type: ignore[attr-defined]


def test_rows_whose_label_was_not_known_at_the_cut_are_future_rows() -> None:
    declared = data(columns=WIDE)
    parts = parts_of(many(), declared)
    assert "future rows" in found_in(replace(parts, horizon=pd.Timedelta(hours=3)), declared)
    with_horizon = split(many(), declared, Split(strategy="time", tune=0.2, promotion=0.2, horizon_hours=3))
    assert found_in(with_horizon, declared) == {}


def test_an_entity_on_both_sides_is_found_unless_the_split_parts_them() -> None:
    declared = data(columns=WIDE | {"place": Column(role=Role.GROUP, type=ColumnType.CATEGORY)})
    frame = many().assign(place=[f"place {i % 40 if i % 2 else i // 10}" for i in range(N)])
    by_time = split(frame, declared, Split(strategy="time", tune=0.2, promotion=0.2))
    assert found_in(by_time, declared)["shared entities"].columns == ["place"]  # type: ignore[attr-defined]
    by_both = split(frame, declared, Split(strategy="time+group", tune=0.2, promotion=0.2))
    assert found_in(by_both, declared) == {}


def test_equal_rows_with_different_labels_are_found() -> None:
    declared, frame = data(columns=WIDE), many()
    twice = frame.head(100).assign(id=[f"t{i}" for i in range(100)], late=~frame["late"].head(100))
    doubled = pd.concat([frame, twice], ignore_index=True)
    assert "conflicting labels" in found_in(parts_of(doubled, declared), declared)


def test_a_number_that_tells_a_regression_target_is_found() -> None:
    kinds = WIDE | {"late": Column(role=Role.TARGET, type=ColumnType.NUMBER), "leak": NUMBER}
    frame = many()
    frame["late"] = np.random.default_rng(3).gamma(2, 10, N)
    frame["leak"] = np.log(frame["late"])
    declared = data(columns=kinds)
    assert found_in(parts_of(frame, declared), declared)["telling features"].columns == ["leak"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("names", "allowed"),
    [
        pytest.param(["size"], "it is known", id="the column that is allowed"),
        pytest.param(["size", "weight"], None, id="a column beside it that is not"),
        pytest.param(["weight"], None, id="another column"),
        pytest.param([], None, id="no column"),
    ],
)
def test_a_finding_is_allowed_where_each_of_its_columns_is(names: list[str], allowed: str | None) -> None:
    allowance = Allowance(searches=(LeakSearch.IDENTIFIERS,), reason="it is known")
    declared = data(columns=WIDE, leakage_allowances={"size": allowance})
    assert leakage._allow(Finding(LeakSearch.IDENTIFIERS, names, 1.0, [], ""), declared).allowed == allowed
