"""Each search among rows finds what lies in two parts, at the edge of its bound, and nothing beside it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from config.settings import Bounds, Column, ColumnType, Data, LeakSearch, Role, Sensitivity
from tasks.overlap import (
    Case,
    Finding,
    future_rows,
    is_open,
    near_duplicates,
    overlapping,
    same_parts,
    same_rows,
    share_of,
    shared_entities,
    shown,
)
from tasks.splitting import Parts
from tests.tasks.rows import columns, cut, data, rows

ROWS = rows(60)  # twenty in each part, an hour apart
A, B, C = ROWS[:20], ROWS[20:40], ROWS[40:]
NONE = ROWS[:0]
CONTENT = ["size", "count", "place", "late"]
SEARCHES = (same_parts, same_rows, near_duplicates, future_rows, shared_entities)
ENTITY = Column(role=Role.GROUP, type=ColumnType.CATEGORY)
PARTS = [(A, NONE, NONE), (NONE, B, NONE), (NONE, NONE, C), (A, NONE, C), (A, B, NONE), (NONE, NONE, NONE)]


def laid(train: pd.DataFrame, tune: pd.DataFrame, promotion: pd.DataFrame) -> Parts:
    """Lay rows into the three parts."""
    return Parts("time", train, tune, promotion)


def case_of(parts: Parts, declared: Data | None = None, **bounds: float) -> Case:
    """Make a case of parts."""
    return Case.of(parts, declared or data(), Bounds(**bounds))  # type: ignore[arg-type]


def with_rows(*positions: tuple[int, int], **changes: object) -> pd.DataFrame:
    """Write what some of the rows say into others, but for key and time: (to, from)."""
    frame = ROWS.copy()
    for to, source in positions:
        frame.loc[to, CONTENT] = ROWS.loc[source, CONTENT]
        for name, value in changes.items():
            frame.loc[to, name] = value  # type: ignore[call-overload]
    return frame


def again(part: pd.DataFrame) -> pd.DataFrame:
    """Give rows in another order, under other names, at other times."""
    other = part.sample(frac=1, random_state=0)
    return other.assign(id=[f"again{i}" for i in range(len(part))], when=C["when"].max())


# --- the case ----------------------------------------------------------------------------------------------------


def test_a_case_holds_the_rows_of_all_parts_train_first() -> None:
    case = case_of(replace(laid(A, B, C), horizon=pd.Timedelta(hours=3)))
    pd.testing.assert_frame_equal(case.rows, ROWS)
    pd.testing.assert_frame_equal(case.train, A)
    assert list(case.part) == [0] * 20 + [1] * 20 + [2] * 20
    assert case.horizon == pd.Timedelta(hours=3)
    assert case.everything is case.rows


def test_rows_that_were_left_out_come_after_all_others() -> None:
    case = case_of(replace(laid(A, C, NONE), left_out={"gap": B[:5], "entity": B[5:]}))
    pd.testing.assert_frame_equal(case.rows, pd.concat([A, C], ignore_index=True))
    pd.testing.assert_frame_equal(case.everything, pd.concat([A, C, B], ignore_index=True))


def test_features_are_told_by_type() -> None:
    kinds = columns(
        dropped=Column(type=ColumnType.NUMBER, treatment="drop"),
        future=Column(type=ColumnType.NUMBER, known_at_prediction=False),
    )
    case = case_of(laid(A, B, C), data(columns=kinds))
    assert case.features(ColumnType.CATEGORY) == ["place"]
    assert case.features(ColumnType.INTEGER, ColumnType.NUMBER) == ["size", "count"]
    assert case.features() == case.features(ColumnType.TIMESTAMP) == []


def test_the_content_of_a_row_is_all_but_key_and_time() -> None:
    assert case_of(laid(A, B, C)).content == CONTENT
    assert case_of(cut(ROWS.drop(columns="size"))).content == ["count", "place", "late"]
    assert case_of(cut(ROWS[["id", "when"]])).content == ["id", "when"]


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("parts", [(A, B, C), *PARTS], ids=lambda parts: "-".join(str(len(part)) for part in parts))
def test_nothing_is_found_in_rows_that_are_apart(
    search: Callable[[Case], Iterator[Finding]], parts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
) -> None:
    assert list(search(case_of(laid(*parts)))) == []


# --- the same rows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        pytest.param((A, again(A), C), [("train and tune", "tune")], id="tune is train"),
        pytest.param((A, B, again(A)), [("train and promotion", "promotion")], id="promotion is train"),
        pytest.param((A, B, again(B)), [("tune and promotion", "promotion")], id="promotion is tune"),
        pytest.param((NONE, B, again(B)), [("tune and promotion", "promotion")], id="without train"),
        pytest.param(
            (A, again(A), again(A)),
            [("train and tune", "tune"), ("train and promotion", "promotion"), ("tune and promotion", "promotion")],
            id="all three",
        ),
        pytest.param((A, again(A)[1:], C), [], id="but for one row"),
        pytest.param((A, again(A).assign(size=A["size"].max() + 1), C), [], id="but for one column"),
        pytest.param((A, pd.concat([A[1:], A[1:2]]), C), [], id="one row twice instead of another"),
    ],
)
def test_parts_that_hold_the_same_rows_are_found(
    parts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], told: list[tuple[str, str]]
) -> None:
    found = list(same_parts(case_of(laid(*parts))))
    assert [one.sentence.partition(" hold ")[0] for one in found] == [both for both, _ in told]
    for one, (_, later) in zip(found, told, strict=True):
        assert (one.check, one.columns, one.share) == (LeakSearch.SAME_PARTS, CONTENT, 1.0)
        assert one.examples == [f"row {i} of {later} (id=again{i})" for i in range(5)]


GAPS = ROWS.assign(size=ROWS["size"].where(ROWS.index % 20 != 0), place=ROWS["place"].where(ROWS.index % 20 != 0))


@pytest.mark.parametrize(
    ("frame", "marked"),
    [
        pytest.param(ROWS, [], id="none"),
        pytest.param(with_rows((21, 3)), [21], id="a row of train in tune"),
        pytest.param(with_rows((59, 3)), [59], id="a row of train in promotion"),
        pytest.param(with_rows((59, 20)), [59], id="a row of tune in promotion"),
        pytest.param(with_rows((21, 3), (41, 3), (42, 3)), [21, 41, 42], id="a row of train in both, and twice"),
        pytest.param(with_rows((4, 3)), [], id="twice in train"),
        pytest.param(with_rows((22, 21)), [], id="twice in tune"),
        pytest.param(with_rows((42, 41)), [], id="twice in promotion"),
        pytest.param(with_rows((21, 3), size=99.5), [], id="of another size"),
        pytest.param(with_rows((21, 3), count=51), [], id="of another count"),
        pytest.param(with_rows((21, 3), place="west"), [], id="of another place"),
        pytest.param(with_rows((21, 3), late=not ROWS.loc[3, "late"]), [], id="with another label"),
        pytest.param(GAPS, [], id="only what is missing is the same"),
        pytest.param(
            GAPS.assign(count=GAPS["count"].where(GAPS.index % 20 != 0, 7), late=GAPS["late"] & (GAPS.index % 20 != 0)),
            [20, 40],
            id="the same, and the same is missing",
        ),
    ],
)
def test_rows_that_lie_in_an_earlier_part_too_are_marked_and_found(frame: pd.DataFrame, marked: list[int]) -> None:
    case = case_of(cut(frame))
    assert list(np.flatnonzero(overlapping(case))) == marked
    found = list(same_rows(case))
    assert [(one.check, one.columns, one.share) for one in found] == [
        (LeakSearch.SAME_ROWS, CONTENT, len(marked) / 40) for _ in marked[:1]
    ]
    assert all(
        one.sentence.startswith(f"{len(marked)} rows of tune or promotion lie in an earlier part") for one in found
    )
    assert all(len(one.examples) == len(marked) for one in found)


def test_the_first_five_of_the_same_rows_are_shown() -> None:
    (found,) = same_rows(case_of(cut(with_rows(*((38 + i, i) for i in range(7))))))
    assert found.examples == [
        "row 18 of tune (id=r38)",
        "row 19 of tune (id=r39)",
        "row 0 of promotion (id=r40)",
        "row 1 of promotion (id=r41)",
        "row 2 of promotion (id=r42)",
    ]


# --- near duplicates ---------------------------------------------------------------------------------------------


def alike(n: int, *, off: float = 0.0, twins: int = 0) -> pd.DataFrame:
    """Let the first rows of tune be those of train with a size that is off, and some of train be twins."""
    frame = ROWS.assign(place=[f"place {i}" for i in range(60)], size=0.0, count=1)
    for i in range(n):
        frame.loc[20 + i, ["place", "size"]] = [f"place {2 * i % 20}", off]
    for i in range(twins):
        frame.loc[2 * i + 1, "place"] = f"place {2 * i}"
    return frame


PLACES = data(columns=columns(place=Column(type=ColumnType.CATEGORY)))


@pytest.mark.parametrize(
    ("frame", "bound", "share"),
    [
        pytest.param(alike(2), 0.05, None, id="as many as the bound"),
        pytest.param(alike(3), 0.05, 0.075, id="one more than the bound"),
        pytest.param(alike(3, off=0.00499), 0.05, 0.075, id="less than half a hundredth off"),
        pytest.param(alike(3, off=0.00501), 0.05, None, id="more than half a hundredth off"),
        pytest.param(alike(0, twins=3), 0.0, None, id="twins within train alone"),
    ],
)
def test_near_duplicates_are_found_above_the_bound(frame: pd.DataFrame, bound: float, share: float | None) -> None:
    found = list(near_duplicates(case_of(cut(frame), PLACES, duplicate_share=bound)))
    assert [one.share for one in found] == ([] if share is None else [share])


@pytest.mark.parametrize(
    ("n", "twins", "found"),
    [
        pytest.param(16, 1, False, id="twice what train has of its own"),
        pytest.param(17, 1, True, id="more than twice"),
        pytest.param(17, 2, False, id="fewer than twice what train has of its own"),
    ],
)
def test_rows_are_alike_by_nature_up_to_twice_as_often_as_within_train(n: int, twins: int, *, found: bool) -> None:
    assert bool(list(near_duplicates(case_of(cut(alike(n, twins=twins)[:40]), PLACES)))) is found


def test_near_is_told_by_the_spread_within_train_whatever_the_unit() -> None:
    for unit in (1e-6, 1.0, 1e6):
        size = ROWS["size"] / A["size"].std() * unit
        frame = ROWS.assign(size=(size * 100 / unit).round() / 100 * unit)
        frame.loc[20, ["count", "place"]] = frame.loc[0, ["count", "place"]]
        for off, found in ((0.004, ["row 0 of tune (id=r20)"]), (0.006, [])):
            frame.loc[20, "size"] = frame.loc[0, "size"] + off * unit
            told = list(near_duplicates(case_of(cut(frame))))
            assert [example for one in told for example in one.examples] == found, (unit, off)


@pytest.mark.parametrize(
    ("far", "found"),
    [
        pytest.param([1e9] * 3, False, id="a hundredth of the rows, above"),
        pytest.param([-1e9] * 3, False, id="a hundredth of the rows, below"),
        pytest.param([1e9, 1e9, 1e9, -1e9, -1e9, -1e9], False, id="a hundredth on either side"),
        pytest.param([float("inf"), float("-inf")], False, id="without an end"),
        pytest.param([1e9] * 4, True, id="more than a hundredth"),
    ],
)
def test_what_lies_far_out_does_not_make_other_rows_look_alike(far: list[float], *, found: bool) -> None:
    places, sizes = [f"place {i % 301}" for i in range(401)], [i / 301 for i in range(401)]
    frame = rows(401).assign(count=1, place=places, size=sizes)
    train, tune = frame[:301].copy(), frame[301:]
    train.loc[train.index[200 : 200 + len(far)], "size"] = far
    assert bool(list(near_duplicates(case_of(laid(train, tune, NONE), PLACES)))) is found


def test_near_is_told_by_the_whole_spread_where_next_to_all_values_are_one() -> None:
    frame = rows(401).assign(count=1, place=[f"place {i % 301}" for i in range(401)], size=0.0)
    frame.loc[0, "size"] = 1.0  # a spread of 0.058
    for off, found in ((0.0002, True), (0.0004, False)):
        frame.loc[301:, "size"] = off
        told = near_duplicates(case_of(laid(frame[:301], frame[301:], NONE), PLACES))
        assert bool(list(told)) is found, off


def test_near_duplicates_are_told_by_the_features_alone() -> None:
    frame = with_rows((21, 3), late=not ROWS.loc[3, "late"])
    (found,) = near_duplicates(case_of(cut(frame)))
    assert (found.check, found.columns) == (LeakSearch.NEAR_DUPLICATES, ["size", "count", "place"])
    assert found.sentence.startswith("2.5% of the rows of tune and promotion have nearly the features")
    assert found.examples == ["row 1 of tune (id=r21)"]


@pytest.mark.parametrize(
    ("train", "tune", "n"),
    [
        pytest.param(A[:1], A[:1], 1, id="one row, and again"),
        pytest.param(A[:1], A[:1].assign(size=5.0, count=7), 0, id="one row, and another"),
        pytest.param(pd.concat([A[:1], A[:1]]), A[:1], 0, id="two rows that are twins, and again"),
        pytest.param(NONE, A, 0, id="no train at all"),
    ],
)
def test_near_duplicates_of_next_to_no_rows(train: pd.DataFrame, tune: pd.DataFrame, n: int) -> None:
    assert len(list(near_duplicates(case_of(laid(train, tune, NONE))))) == n


# --- rows of the future ------------------------------------------------------------------------------------------


def at(*hours: tuple[int, int]) -> pd.DataFrame:
    """Move some rows to another hour: (row, hour)."""
    frame = ROWS.copy()
    for row, hour in hours:
        frame.loc[row, "when"] = ROWS["when"].iloc[0] + pd.Timedelta(hours=hour)
    return frame


@pytest.mark.parametrize(
    ("parts", "horizon", "late"),
    [
        pytest.param(cut(at((3, 19))), 0, [], id="a row as new as the last of train"),
        pytest.param(cut(at((3, 20))), 0, [3], id="a row of train as new as the first of tune"),
        pytest.param(cut(at((3, 99))), 0, [3], id="a row of train newer than all"),
        pytest.param(cut(at((23, 40))), 0, [23], id="a row of tune as new as the first of promotion"),
        pytest.param(cut(at((23, 0))), 0, range(20), id="a row of tune as old as train"),
        pytest.param(cut(ROWS), 1, [], id="labels known at the cuts"),
        pytest.param(cut(ROWS), 2, [19, 39], id="labels known an hour after the cuts"),
        pytest.param(laid(B, NONE, A), 0, range(20), id="train newer than promotion, and no tune"),
        pytest.param(laid(NONE, B, A), 0, range(20), id="tune newer than promotion, and no train"),
    ],
)
def test_rows_of_the_future_are_found(parts: Parts, horizon: int, late: Sequence[int]) -> None:
    case = case_of(replace(parts, horizon=pd.Timedelta(hours=horizon)))
    found = list(future_rows(case))
    assert [one.share for one in found] == [len(late) / (case.part > 0).sum() for _ in late[:1]]
    for one in found:
        assert (one.check, one.columns) == (LeakSearch.FUTURE_ROWS, ["when"])
        assert one.sentence.startswith(f"{len(late)} rows are newer than the start of the part")
        assert one.examples == shown(case, np.array(late), "when")


def test_rows_without_a_time_have_no_future() -> None:
    timeless = {name: column for name, column in columns().items() if column.role is not Role.TIME}
    assert list(future_rows(case_of(cut(at((3, 99))), data(columns=timeless)))) == []


# --- entities ----------------------------------------------------------------------------------------------------


def owned(*shared: int) -> pd.DataFrame:
    """Let every row be of an entity of its own, but some of the first."""
    return ROWS.assign(place=[f"place {0 if i in shared else i}" for i in range(60)])


@pytest.mark.parametrize(
    ("frame", "told", "examples"),
    [
        pytest.param(owned(), None, [], id="each in one part"),
        pytest.param(owned(1, 2), None, [], id="several rows in one part"),
        pytest.param(owned(20), (1, 59), ["row 0 of tune (id=r20): place=place 0"], id="in train and tune"),
        pytest.param(owned(40), (1, 59), ["row 0 of promotion (id=r40): place=place 0"], id="in train and promotion"),
        pytest.param(
            owned(20, 41).assign(place=lambda f: f["place"].mask(f.index == 22, "place 50")),
            (2, 57),
            [
                "row 0 of tune (id=r20): place=place 0",
                "row 1 of promotion (id=r41): place=place 0",
                "row 10 of promotion (id=r50): place=place 50",
            ],
            id="two, one of them in all parts",
        ),
        pytest.param(
            owned().assign(place=lambda f: f["place"].where(~f.index.isin([5, 25]))),
            (1, 59),
            ["row 5 of tune (id=r25): place=nan"],
            id="rows of nobody hold together, as for the split",
        ),
    ],
)
def test_entities_in_several_parts_are_found(
    frame: pd.DataFrame, told: tuple[int, int] | None, examples: list[str]
) -> None:
    found = list(shared_entities(case_of(cut(frame), data(columns=columns(place=ENTITY)))))
    assert [one.share for one in found] == ([] if told is None else [told[0] / told[1]])
    for one in found:
        assert (one.check, one.columns, one.examples) == (LeakSearch.SHARED_ENTITIES, ["place"], examples)
        assert told and one.sentence.startswith(f"{told[0]} of {told[1]} values of place lie in several parts")


def test_each_kind_of_entity_is_searched_if_it_is_there() -> None:
    declared = data(columns=columns(place=ENTITY, owner=ENTITY, away=ENTITY))
    frame = owned(20).assign(owner="one")
    assert [one.columns for one in shared_entities(case_of(cut(frame), declared))] == [["place"], ["owner"]]


# --- what is told of rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "marked", "share"),
    [
        pytest.param((A, B, C), 0, 0.0, id="none"),
        pytest.param((A, B, C), 10, 0.25, id="of tune and promotion, not of train"),
        pytest.param((A, B[:1], NONE), 1, 1.0, id="the only one"),
        pytest.param((A, NONE, NONE), 0, 0.0, id="of none"),
    ],
)
def test_a_share_is_one_of_the_rows_of_tune_and_promotion(
    parts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], marked: int, share: float
) -> None:
    case = case_of(laid(*parts))
    assert share_of(np.arange(len(case.rows))[::-1] < marked, case) == share


def test_rows_are_named_by_part_place_and_key() -> None:
    case = case_of(laid(A, B, C))
    assert shown(case, None) == [f"row {i} of train (id=r{i})" for i in range(5)]
    assert shown(case, np.array([59, 20, 0])) == [
        "row 19 of promotion (id=r59)",
        "row 0 of tune (id=r20)",
        "row 0 of train (id=r0)",
    ]
    assert shown(case, case.part == 2)[0] == "row 0 of promotion (id=r40)"
    assert shown(case, case.part == 3) == []
    values = f"size={A['size'].iloc[0]}, place={A['place'].iloc[0]}"
    assert shown(case, np.array([0]), "size", "place", "size") == [f"row 0 of train (id=r0): {values}"]


@pytest.mark.parametrize(
    ("known", "key", "value"),
    [
        (Sensitivity.PUBLIC, " (id=r0)", ": count="),
        (Sensitivity.INTERNAL, " (id=r0)", ": count="),
        (Sensitivity.PERSONAL, "", ""),
        (Sensitivity.SPECIAL, "", ""),
    ],
)
def test_what_is_protected_is_not_shown(known: Sensitivity, key: str, value: str) -> None:
    said = columns()
    for name in ("id", "count"):
        said[name] = said[name].model_copy(update={"sensitivity": known})
    case = case_of(laid(A, B, C), data(columns=said))
    number = str(A["count"].iloc[0]) if value else ""
    assert shown(case, np.array([0]), "count") == [f"row 0 of train{key}{value}{number}"]
    assert is_open(case, "count") is is_open(case, "id") is bool(value)


def test_what_is_not_there_is_not_shown() -> None:
    case = case_of(cut(ROWS.drop(columns=["id", "count"])))
    assert shown(case, np.array([0]), "count", "place") == [f"row 0 of train: place={A['place'].iloc[0]}"]
    assert not is_open(case, "count")
    assert is_open(case, "place")
