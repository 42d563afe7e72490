"""Each search among columns and labels finds what tells too much, at the edge of its bound, and nothing beside it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from config.settings import Bounds, Column, ColumnType, LeakSearch, Role, Sensitivity
from tasks.overlap import Case, Finding, shown
from tasks.searches import SEARCHES
from tests.tasks.rows import columns, cut, data, rows

N = 60
ROWS = rows(N)  # an hour apart, twenty in each part
NUMBER = Column(type=ColumnType.NUMBER)
INTEGER = Column(type=ColumnType.INTEGER)
CATEGORY = Column(type=ColumnType.CATEGORY)
FLAG = Column(type=ColumnType.BOOLEAN)
ENTITY = Column(role=Role.GROUP, type=ColumnType.CATEGORY)
FUTURE = Column(type=ColumnType.NUMBER, known_at_prediction=False)
PROTECTED = [Sensitivity.PERSONAL, Sensitivity.SPECIAL]


def case_of(
    frame: pd.DataFrame, bounds: Bounds | None = None, *, at: tuple[int, int] = (20, 40), **more: Column
) -> Case:
    """Make a case of rows, cut at two places, with more columns, or other ones."""
    return Case.of(cut(frame, *at), data(columns=columns(**more)), bounds or Bounds())


def search(case: Case, check: LeakSearch) -> list[Finding]:
    """Search, and see that what is found is told under the name of the search."""
    found = list(SEARCHES[check](case))
    assert {one.check for one in found} <= {check}
    return found


def columns_found(case: Case, check: LeakSearch) -> list[str]:
    """Search, and name the columns that were found."""
    return [name for one in search(case, check) for name in one.columns]


def test_every_leak_that_the_gate_names_has_a_search() -> None:
    assert list(SEARCHES) == list(LeakSearch)


@pytest.mark.parametrize("check", list(LeakSearch))
@pytest.mark.parametrize("at", [(20, 40), (60, 60), (0, 0)], ids=["three parts", "only train", "only promotion"])
def test_nothing_is_found_where_nothing_is(check: LeakSearch, at: tuple[int, int]) -> None:
    frame = ROWS.assign(future=np.random.default_rng(3).normal(size=N))
    if (check, at) == (LeakSearch.UNSEEN_CATEGORIES, (0, 0)):
        frame = frame.assign(place=None)  # to a train without rows every category is new
    assert search(case_of(frame, at=at, future=FUTURE), check) == []


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the mean of nothing is no number, and over no bound
@pytest.mark.parametrize("check", list(LeakSearch))
def test_nothing_is_found_in_no_rows(check: LeakSearch) -> None:
    assert search(case_of(ROWS[:0]), check) == []


# --- columns that say too much -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leak", "found"),
    [
        pytest.param(lambda future: np.exp(future), ["leak"], id="it rises with it"),
        pytest.param(lambda future: -future, ["leak"], id="it falls with it"),
        pytest.param(lambda future: future.where(future.index % 4 != 0), ["leak"], id="with gaps"),
        pytest.param(lambda future: future.where(future.index < 20), [], id="where train has too few of both"),
        pytest.param(lambda future: future + np.arange(N) % 3, [], id="it only goes along"),
        pytest.param(lambda future: future.where(future.index >= 40, 0.0), [], id="outside of train alone"),
    ],
)
def test_copies_of_what_only_the_future_tells_are_found(leak: Any, found: list[str]) -> None:
    future = pd.Series(np.random.default_rng(3).normal(size=N))
    frame = ROWS.assign(future=future, leak=leak(future))
    case = case_of(frame, at=(40, 50), future=FUTURE, leak=NUMBER, away=FUTURE)
    told = search(case, LeakSearch.UNKNOWN_AT_PREDICTION)
    assert [one.columns for one in told] == [[name] for name in found]
    for one in told:
        assert one.share == pytest.approx(1.0)
        assert one.sentence == "leak follows future, which is not known at prediction (rank correlation 1.0000)"
        assert one.examples == shown(case, None, "leak", "future")


def test_what_is_known_at_prediction_may_be_copied() -> None:
    frame = ROWS.assign(twin=ROWS["size"], future=1.0)
    assert search(case_of(frame, at=(40, 50), twin=NUMBER, future=FUTURE), LeakSearch.UNKNOWN_AT_PREDICTION) == []


@pytest.mark.parametrize(
    ("bound", "found"),
    [pytest.param(1.0, [], id="as well as the bound"), pytest.param(0.999, ["leak"], id="better than the bound")],
)
def test_a_feature_that_alone_predicts_the_target_is_found(bound: float, found: list[str]) -> None:
    frame = ROWS.assign(leak=ROWS["late"] * 2.0)
    case = case_of(frame, Bounds(leakage_single_feature=bound), leak=NUMBER)
    told = search(case, LeakSearch.TELLING_FEATURES)
    assert [one.columns for one in told] == [[name] for name in found]
    for one in told:
        assert one.share == 1.0
        assert one.sentence == "leak alone predicts late (1.000 in all rows): made of it, or known only later?"
        assert one.examples == shown(case, None, "leak", "late")


@pytest.mark.parametrize(
    ("parts", "n", "found"),
    [
        pytest.param("train", 200, "1.000 in train", id="train of two hundred rows"),
        pytest.param("train", 199, None, id="train of fewer"),
        pytest.param("tune", 200, "1.000 in tune", id="tune of two hundred rows"),
        pytest.param("tune", 199, None, id="tune of fewer"),
        pytest.param("promotion", 200, "1.000 in promotion", id="promotion of two hundred rows"),
        pytest.param("promotion", 199, None, id="promotion of fewer"),
    ],
)
def test_a_side_of_the_split_is_judged_by_itself_if_it_is_large_enough(parts: str, n: int, found: str | None) -> None:
    sizes = {"train": 150, "tune": 150, "promotion": 150} | {parts: n}
    frame = rows(sum(sizes.values()))
    part = np.repeat(list(sizes), list(sizes.values()))
    case = case_of(
        frame.assign(leak=frame["late"].where(part == parts, 0.5).astype(float)),
        at=(sizes["train"], sizes["train"] + sizes["tune"]),
        leak=NUMBER,
    )
    told = search(case, LeakSearch.TELLING_FEATURES)
    assert [one.sentence.partition("(")[2].partition(")")[0] for one in told] == ([found] if found else [])


def test_of_very_many_rows_ten_thousand_show_what_a_feature_tells() -> None:
    frame = rows(19_999)  # of which every second is looked at
    told_by_half = frame["late"].where(frame.index % 2 == 0, 0.5).astype(float)
    case = case_of(frame.assign(leak=told_by_half), at=(19_999, 19_999), leak=NUMBER)
    assert columns_found(case, LeakSearch.TELLING_FEATURES) == ["leak"]


def numbers_of(distinct: int, n: int = N) -> list[int]:
    """Give n numbers, so many of them distinct."""
    return [min(i, distinct - 1) for i in range(n)]


@pytest.mark.parametrize(
    ("column", "leak", "share"),
    [
        pytest.param(CATEGORY, [f"name {i}" for i in range(N)], 1.0, id="a name of each row"),
        pytest.param(CATEGORY, [f"name {i}" for i in numbers_of(31)], 31 / N, id="names in more than half of the rows"),
        pytest.param(CATEGORY, [f"name {i}" for i in numbers_of(30)], None, id="names in half of the rows"),
        pytest.param(CATEGORY, [f"name {i}" if i < 9 else None for i in range(N)], 1.0, id="a name where there is one"),
        pytest.param(CATEGORY, ["one", *[None] * (N - 1)], 1.0, id="a single name"),
        pytest.param(CATEGORY, [None] * N, None, id="no name at all"),
        pytest.param(INTEGER, range(N), 1.0, id="a counter"),
        pytest.param(INTEGER, range(1, 2 * N, 2), 1.0, id="a counter of odd numbers"),
        pytest.param(NUMBER, [float(i) for i in range(N)], 1.0, id="a counter among measurements"),
        pytest.param(NUMBER, [float(i) if i else None for i in range(N)], 1.0, id="a counter with a gap"),
        pytest.param(INTEGER, numbers_of(N - 2), 58 / N, id="a counter that hardly ever comes twice"),
        pytest.param(INTEGER, numbers_of(N - 3), None, id="a number that comes twice now and then"),
        pytest.param(INTEGER, [i * 1000 for i in range(N)], None, id="amounts, few of very many"),
        pytest.param(NUMBER, [i + 0.5 for i in range(N)], None, id="measurements, all of them distinct"),
        pytest.param(NUMBER, [i + 0.5 * (i == 9) for i in range(N)], None, id="measurements, one of them no integer"),
        pytest.param(NUMBER, [float("nan")] * N, None, id="no number at all"),
        pytest.param(
            Column(type=ColumnType.BOOLEAN), [i % 2 == 0 for i in range(N)], None, id="neither name nor number"
        ),
    ],
)
def test_columns_that_name_the_row_are_found(column: Column, leak: Any, share: float | None) -> None:
    case = case_of(ROWS.assign(leak=leak), leak=column)
    found = search(case, LeakSearch.IDENTIFIERS)
    assert [(one.columns, one.share) for one in found] == ([] if share is None else [(["leak"], share)])
    for one in found:
        assert one.sentence == f"leak has another value in {share:.0%} of rows: it names the row"
        assert one.examples == shown(case, None, "leak")


# --- labels ------------------------------------------------------------------------------------------------------


def pairs(n: int, conflicting: int, distinct: int) -> pd.DataFrame:
    """Give rows in so many pairs with other labels; the others are distinct rows, or the same one again and again."""
    frame = rows(n).assign(size=[float(min(i, distinct - 1)) for i in range(n)], count=1, place="north", late=True)
    for i in range(conflicting):
        frame.loc[n - 1 - i, ["size", "late"]] = [float(i), False]
    return frame


@pytest.mark.parametrize(
    ("frame", "bound", "share"),
    [
        pytest.param(pairs(20, 1, 20), 0.1, None, id="as many as the bound"),
        pytest.param(pairs(20, 1, 20), 0.09, 0.1, id="more than the bound"),
        pytest.param(pairs(20, 10, 20), 0.1, 1.0, id="features that tell half of the rows apart"),
        pytest.param(pairs(20, 10, 20).assign(size=lambda f: f["size"].clip(1)), 0.1, None, id="that tell fewer apart"),
        pytest.param(pairs(20, 5, 20).assign(late=True), 0.0, None, id="with the same label"),
        pytest.param(pairs(20, 0, 20).assign(late=lambda f: f.index % 2 == 0), 0.0, None, id="with other features"),
    ],
)
def test_equal_rows_with_other_labels_are_found(frame: pd.DataFrame, bound: float, share: float | None) -> None:
    found = search(case_of(frame, Bounds(duplicate_share=bound), at=(10, 15)), LeakSearch.CONFLICTING_LABELS)
    assert [one.share for one in found] == ([] if share is None else [share])
    for one in found:
        assert one.columns == ["late"]
        assert one.sentence == f"{share:.1%} of rows have the features of a row with another late"


def test_rows_with_other_labels_are_shown_side_by_side() -> None:
    (found,) = search(case_of(pairs(20, 2, 20), at=(10, 15)), LeakSearch.CONFLICTING_LABELS)
    first = ["row 0 of train (id=r0): late=True", "row 4 of promotion (id=r19): late=False"]
    second = ["row 1 of train (id=r1): late=True", "row 3 of promotion (id=r18): late=False"]
    assert found.examples in (first + second, second + first)


def flipped(*shares: float) -> pd.DataFrame:
    """Give rows whose size tells the label, but in tune for a share of those with each mark; the last mark is right."""
    random, n = np.random.default_rng(5), 1200
    size = random.normal(size=n)
    late = size + random.normal(size=n) * 0.3 > 0
    mark = np.arange(n) % (len(shares) + 1)
    wrong = (random.random(n) < np.array([*shares, 0.0])[mark]) & (np.arange(n) >= 800)
    return rows(n).assign(size=size.round(3), count=1, place="north", late=late ^ wrong, mark=mark)


def flips(frame: pd.DataFrame, kind: Column, bounds: Bounds | None = None, **more: Column) -> list[Finding]:
    """Search for labels that look flipped."""
    return search(case_of(frame, bounds, at=(800, 1200), mark=kind, **more), LeakSearch.FLIPPED_LABELS)


SEGMENT = [
    pytest.param(CATEGORY, lambda mark: mark.map("mark {}".format), "mark 0", id="a category"),
    pytest.param(ENTITY, lambda mark: mark.map("mark {}".format), "mark 0", id="an entity"),
    pytest.param(FLAG, lambda mark: mark == 0, "True", id="a flag"),
    pytest.param(INTEGER, lambda mark: mark, "0", id="an integer of few values"),
]


@pytest.mark.parametrize(("kind", "said", "value"), SEGMENT)
def test_a_segment_with_flipped_labels_is_found(kind: Column, said: Any, value: str) -> None:
    frame = flipped(0.3)
    (found,) = flips(frame.assign(mark=said(frame["mark"])), kind)
    assert found.columns == ["mark"]
    assert found.share == pytest.approx(0.3, abs=0.1)
    assert found.sentence == f"about {found.share:.0%} of the labels where mark is {value} in tune look flipped"
    assert len(found.examples) == 5
    assert all(f": mark={value}, late=" in example for example in found.examples)


def test_labels_may_look_flipped_up_to_the_bound() -> None:
    frame = flipped(0.3)
    (found,) = flips(frame, INTEGER)
    assert found.share is not None
    assert flips(frame, INTEGER, Bounds(flipped_labels=found.share)) == []
    assert len(flips(frame, INTEGER, Bounds(flipped_labels=np.nextafter(found.share, 0)))) == 1
    assert flips(flipped(0.0), INTEGER) == []


@pytest.mark.parametrize(("values", "n"), [(20, 1), (21, 0)])
def test_an_integer_of_at_most_twenty_values_parts_rows(values: int, n: int) -> None:
    frame = flipped(0.3)
    others = np.arange(len(frame)) // 2 % (values - 1) + 1
    assert len(flips(frame.assign(mark=frame["mark"].where(frame["mark"] == 0, others)), INTEGER)) == n


def test_the_surest_segments_are_told_first() -> None:
    frame = flipped(0.2, 0.4)
    assert [one.sentence.partition("where ")[2] for one in flips(frame, INTEGER)] == [
        "mark is 1 in tune look flipped",
        "mark is 0 in tune look flipped",
    ]


@pytest.mark.parametrize("known", PROTECTED)
def test_a_segment_that_is_protected_is_not_named(known: Sensitivity) -> None:
    frame, kind = flipped(0.3), INTEGER.model_copy(update={"sensitivity": known})
    (found,) = flips(frame, kind)
    assert found.sentence.endswith("of the labels where mark has one value in tune look flipped")
    assert not any("mark=" in example for example in found.examples)


@pytest.mark.parametrize(
    ("kind", "n"), [(ColumnType.BOOLEAN, 1), (ColumnType.CATEGORY, 1), (ColumnType.INTEGER, 0), (ColumnType.NUMBER, 0)]
)
def test_only_classes_can_be_flipped(kind: ColumnType, n: int) -> None:
    frame, target = flipped(0.3), Column(role=Role.TARGET, type=kind)
    said = frame["late"].map({True: "late", False: "early"}) if kind is ColumnType.CATEGORY else frame["late"] * 1
    assert len(flips(frame.assign(late=said), INTEGER, late=target)) == n


# --- categories --------------------------------------------------------------------------------------------------

WHEN = rows(10)["when"]  # of ten rows the newest are three: those from the seventh on
OLD, NEW = ["a", "b", "c", "d", "e", "f", "g"], ["h", "i", "j"]


@pytest.mark.parametrize(
    ("places", "bound", "told"),
    [
        pytest.param([*OLD, *NEW], 0.35, None, id="each from another"),
        pytest.param([*OLD, "x", "x", "j"], 0.6, ("x", 2 / 3, "67%", "0%", [7, 8]), id="a new one, over the bound"),
        pytest.param([*OLD, "x", "x", "j"], 2 / 3, None, id="a new one, at the bound"),
        pytest.param([*OLD, "x", "h", "h"], 0.6, ("h", 2 / 3, "67%", "0%", [8, 9]), id="two of three, not the first"),
        pytest.param([*OLD, "a", "a", "a"], 0.2, ("a", 6 / 7, "100%", "14%", [7, 8, 9]), id="one of those before"),
        pytest.param(["a"] * 10, 0.0, None, id="one that was all before"),
        pytest.param([*["a"] * 7, *NEW], 0.35, None, id="one that is gone"),
        pytest.param(["x"] * 3 + OLD[3:] + NEW, 0.35, None, id="one that comes less often"),
        pytest.param(
            [*[None] * 6, "a", "a", "a", "a"], 0.2, ("a", 6 / 7, "100%", "14%", [7, 8, 9]), id="one was named"
        ),
        pytest.param([*[None] * 7, "a", "a", "a"], 0.2, ("a", 1.0, "100%", "0%", [7, 8, 9]), id="none named before"),
        pytest.param([*OLD, None, None, "x"], 0.35, None, id="few of the newest are named"),
        pytest.param([*OLD, None, None, None], 0.0, None, id="none of the newest are named"),
        pytest.param([None] * 10, 0.0, None, id="none is named at all"),
    ],
)
def test_a_source_that_floods_the_newest_rows_is_found(places: list[str | None], bound: float, told: Any) -> None:
    case = case_of(rows(10).assign(place=places), Bounds(flood_share=bound), at=(6, 8), place=CATEGORY)
    found = search(case, LeakSearch.FLOODING)
    assert len(found) == (told is not None)
    for one in found:
        value, share, now, before, here = told
        assert (one.columns, one.share) == (["place"], pytest.approx(share))
        assert one.sentence == f"rows where place is {value} are {now} of the newest, {before} of those before"
        assert one.examples == shown(case, np.array(here), "place")


def test_rows_of_one_instant_are_flooded_by_nobody() -> None:
    frame = rows(10).assign(place="north", when=WHEN[0])
    assert search(case_of(frame, Bounds(flood_share=0.0), at=(6, 8)), LeakSearch.FLOODING) == []


def test_without_a_time_no_row_is_the_newest() -> None:
    frame = rows(10).assign(place=[*OLD, "x", "x", "x"])
    timeless = {name: column for name, column in columns(place=CATEGORY).items() if column.role is not Role.TIME}
    case = Case.of(cut(frame, 6, 8), data(columns=timeless), Bounds())
    assert search(case, LeakSearch.FLOODING) == []


def test_entities_flood_too_and_no_other_column_does() -> None:
    frame = rows(10).assign(count=[1] * 7 + [2] * 3, late=[True] * 7 + [False] * 3, place="north")
    kinds = {"owner": ENTITY, "away": ENTITY, "place": CATEGORY}
    case = case_of(frame.assign(owner=[*OLD, "x", "x", "x"]), at=(6, 8), **kinds)
    assert columns_found(case, LeakSearch.FLOODING) == ["owner"]


@pytest.mark.parametrize("known", PROTECTED)
def test_a_source_that_is_protected_is_not_named(known: Sensitivity) -> None:
    frame = rows(10).assign(place=[*OLD, "secret", "secret", "secret"])
    hidden = CATEGORY.model_copy(update={"sensitivity": known})
    (found,) = search(case_of(frame, at=(6, 8), place=hidden), LeakSearch.FLOODING)
    assert found.sentence == "rows of one place are 100% of the newest, 0% of those before"
    assert found.examples == [
        f"row {at} (id=r{i})" for i, at in ((7, "1 of tune"), (8, "0 of promotion"), (9, "1 of promotion"))
    ]


def unseen(*positions: int) -> pd.DataFrame:
    """Let some rows be of a place that no other is of."""
    return ROWS.assign(place=["west" if i in positions else "north" for i in range(N)])


@pytest.mark.parametrize(
    ("frame", "bound", "share", "here"),
    [
        pytest.param(unseen(20, 40), 0.05, None, [], id="as many as the bound"),
        pytest.param(unseen(20, 40), 0.04, 0.05, [20, 40], id="more than the bound, in tune and in promotion"),
        pytest.param(unseen(20, 40, 3), 0.0, None, [], id="that train has seen once"),
        pytest.param(unseen(3), 0.0, None, [], id="in train alone"),
        pytest.param(unseen().assign(place=lambda f: f["place"].where(f.index != 20)), 0.0, None, [], id="missing"),
        pytest.param(
            unseen(20).assign(place=lambda f: f["place"].where(f.index % 20 != 1)), 0.02, 0.025, [20], id="beside gaps"
        ),
    ],
)
def test_categories_that_train_lacks_are_found(
    frame: pd.DataFrame, bound: float, share: float | None, here: list[int]
) -> None:
    case = case_of(frame, Bounds(unseen_share=bound))
    found = search(case, LeakSearch.UNSEEN_CATEGORIES)
    assert [one.share for one in found] == ([] if share is None else [share])
    for one in found:
        assert one.columns == ["place"]
        assert one.sentence == f"{share:.1%} of the rows of tune and promotion have a place that train has never seen"
        assert one.examples == shown(case, np.array(here), "place")


def test_numbers_and_flags_that_train_lacks_are_no_categories() -> None:
    frame = ROWS.assign(place="north", count=np.arange(N), flag=ROWS.index >= 20)
    assert search(case_of(frame, flag=FLAG), LeakSearch.UNSEEN_CATEGORIES) == []
