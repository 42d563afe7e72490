"""Rows that a model is validated on stand for what it will see: each fault of parts, order and segments is told."""

from dataclasses import replace
from math import nan
from typing import Any

import pytest

from config.settings import Data, Params, Policy
from lens_checks import representation
from lens_checks.evidence import records as r
from tests.lens_checks.made import PARTS
from tests.lens_checks.world import GOOD

DATA, POLICY, PARAMS = GOOD.get(Data), GOOD.get(Policy), GOOD.get(Params)
PARTED, LEAKAGE, EVALUATION = GOOD.get(r.Parts), GOOD.get(r.Leakage), GOOD.get(r.Evaluation)
PRIMARY = r.Interval(value=0.84, low=0.82, high=0.86, greater_is_better=True)
GAP = POLICY.bounds.slice_gap
IN_TWO = "rows lie in two parts, or the leakage search did not pass"


def params(**change: Any) -> Params:
    return Params.model_validate(PARAMS.model_dump() | change)


@pytest.mark.parametrize(
    ("parts", "leakage", "faults"),
    [
        pytest.param({}, {}, [], id="alike and apart"),
        pytest.param({"overlap_rows": 3}, {}, [f"3 {IN_TWO}"], id="rows in two parts"),
        pytest.param({}, {"passed": False}, [f"0 {IN_TWO}"], id="a search that did not pass"),
        pytest.param({}, {"checks": ()}, [f"0 {IN_TWO}"], id="no search"),
        pytest.param(
            {}, {"data_sha256": "0" * 64}, ["the leakage search is of other rows than the split"], id="other rows"
        ),
        pytest.param(
            {"effects": {"delay": {}}}, {}, [f"parts differ by more than {POLICY.bounds.split_effect} (PSI) in delay"],
            id="a column that was compared in no part",
        ),
        pytest.param({"effects": {}}, {}, ["no column of the parts was compared"], id="no column"),
    ],
)  # fmt: skip
def test_parts_are_alike_and_apart(parts: dict[str, Any], leakage: dict[str, Any], faults: list[str]) -> None:
    assert representation.of_split(DATA, POLICY, replace(PARTED, **parts), replace(LEAKAGE, **leakage)) == faults


@pytest.mark.parametrize(
    ("strategy", "search"),
    [("time", "future rows"), ("group", "shared entities"), ("fingerprint", "near duplicates")],
)
def test_a_split_asks_for_its_search(strategy: str, search: str) -> None:
    asked = PARAMS.model_copy(update={"split": PARAMS.split.model_copy(update={"strategy": strategy})})
    told = representation.of_order(asked, PARTED, replace(LEAKAGE, checks=("same rows",)))
    assert told == [f"nobody searched for {search}"]
    told = representation.of_order(asked, PARTED, replace(LEAKAGE, checks=(search,)))
    assert told == ["nobody searched for same rows"]


@pytest.mark.parametrize(
    ("part", "start", "faults"),
    [
        pytest.param("tune", "2013-02-02", [], id="each begins after the one before"),
        pytest.param(
            "tune", "2013-02-01", ["the train part ends on 2013-02-01, the next begins on 2013-02-01"],
            id="the second begins when the first ends",
        ),
        pytest.param(
            "promotion", "2013-02-28", ["the tune part ends on 2013-03-01, the next begins on 2013-02-28"],
            id="the third begins before the second ends",
        ),
        pytest.param(
            "promotion", None, ["the tune part ends on 2013-03-01, the next begins on None"], id="no time is told"
        ),
    ],
)  # fmt: skip
def test_parts_follow_one_another_in_time(part: str, start: str | None, faults: list[str]) -> None:
    spans = {"train": ("2013-01-01", "2013-02-01"), "tune": ("2013-02-02", "2013-03-01"),
             "promotion": ("2013-03-02", "2013-04-01")}  # fmt: skip
    told = {name: replace(PARTED.parts[name], start=a, end=b) for name, (a, b) in spans.items()}
    told[part] = replace(told[part], start=start)
    searched = replace(LEAKAGE, checks=("same rows", "future rows"))
    assert representation.of_order(PARAMS, replace(PARTED, parts=told), searched) == faults


def test_a_segment_that_nobody_counted_has_no_rows() -> None:
    asked = params(split=PARAMS.split.model_dump() | {"required": {"origin": {"JFK": 1}}})
    counted = replace(PARTED, segments={"origin": {"JFK": {"train": 1, "tune": 1}}})
    assert representation.of_required(asked, counted) == ["0 promotion rows where origin is JFK, 1 are required"]


@pytest.mark.parametrize(
    ("positives", "bare"), [(0, True), (1, False), (8, False), (9, True), (-1, True), (None, False)]
)
def test_without_segments_both_classes_are_in_every_part(positives: int | None, bare: bool) -> None:
    parts = {name: r.Part(rows=9, sha256=sha, positives=4) for name, sha in PARTS.items()}
    parts["tune"] = replace(parts["tune"], positives=positives)
    told = representation.of_segments(params(slices=()), POLICY, replace(PARTED, parts=parts), EVALUATION, PRIMARY)
    assert told == (["only one class in tune"] if bare else [])


def segmented(rows: int = 100, primary: r.Interval = PRIMARY, **segments: r.Slice) -> list[str]:
    evaluation = replace(EVALUATION, rows=rows, slices={"origin": segments})
    return representation.of_segments(params(slices=("origin",)), POLICY, PARTED, evaluation, primary)


def segment(rows: int, primary: float | None = 0.83, low: float | None = 0.8, high: float | None = 0.86) -> r.Slice:
    return r.Slice(rows=rows, primary=primary, low=low, high=high)


@pytest.mark.parametrize(
    ("segments", "rows", "covered"),
    [
        pytest.param({"JFK": segment(80)}, 100, None, id="just as many rows as are needed"),
        pytest.param({"JFK": segment(79)}, 100, "79%", id="one fewer"),
        pytest.param({"JFK": segment(50), "EWR": segment(30)}, 100, None, id="two together"),
        pytest.param({"JFK": segment(50), "EWR": segment(30, primary=None)}, 100, "50%", id="one without a figure"),
        pytest.param({"JFK": segment(50), "EWR": segment(30, primary=nan)}, 100, "50%", id="one that is no number"),
        pytest.param({"JFK": segment(50), "EWR": segment(30, high=None)}, 100, "50%", id="one without an interval"),
        pytest.param({"JFK": segment(80)}, 0, "0%", id="of no rows"),
    ],
)
def test_segments_that_can_be_told_cover_the_rows(segments: dict[str, r.Slice], rows: int, covered: str | None) -> None:
    told = segmented(rows, **segments)
    assert told == (
        [f"segments of origin that could be told cover {covered} of rows, 80% are needed"] if covered else []
    )


UPWARD, DOWNWARD = PRIMARY, r.Interval(value=0.5, low=0.4, high=0.6, greater_is_better=False)


@pytest.mark.parametrize(
    ("primary", "low", "high", "good"),
    [
        pytest.param(UPWARD, 0.1, 0.84 - GAP, True, id="as much lower as is accepted"),
        pytest.param(UPWARD, 0.1, 0.84 - GAP - 0.001, False, id="lower"),
        pytest.param(DOWNWARD, 0.5 + GAP, 0.99, True, id="as much higher as is accepted, where less is better"),
        pytest.param(DOWNWARD, 0.5 + GAP + 0.001, 0.99, False, id="higher, where less is better"),
        pytest.param(DOWNWARD, None, 0.99, False, id="nobody knows how low"),
        pytest.param(replace(UPWARD, value=0.0), -0.9, -GAP, True, id="nothing on all rows"),
        pytest.param(replace(UPWARD, value=0.0), -0.9, -GAP - 0.001, False, id="lower than nothing"),
        pytest.param(replace(DOWNWARD, value=0.0), GAP, 0.9, True, id="nothing on all rows, where less is better"),
        pytest.param(replace(DOWNWARD, value=0.0), GAP + 0.001, 0.9, False, id="higher than nothing"),
        pytest.param(replace(UPWARD, value=None), 0.8, 0.99, False, id="no figure on all rows"),
        pytest.param(replace(DOWNWARD, value=nan), 0.01, 0.99, False, id="no number on all rows"),
    ],
)
def test_no_segment_is_evidently_worse_than_all_rows(
    primary: r.Interval, low: float | None, high: float, good: bool
) -> None:
    assert bool(segmented(primary=primary, JFK=segment(90, low=low, high=high))) is not good
