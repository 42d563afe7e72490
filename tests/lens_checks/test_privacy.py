"""People are out of the rows, and what is kept is needed, and not for a moment longer than was said."""

from dataclasses import replace
from datetime import timedelta
from math import nan
from typing import Any

import pytest

from config.settings import Charter, Data, Params, Privacy, Role
from lens_checks import privacy
from lens_checks.check import Missing
from lens_checks.evidence import records as r
from tests.lens_checks.guarded import stored
from tests.lens_checks.made import NOW
from tests.lens_checks.world import GOOD

CHARTER, DATA, PARAMS = GOOD.get(Charter), GOOD.get(Data), GOOD.get(Params)
DERIVED, PROFILE, EXPIRY = GOOD.get(r.Derived), GOOD.get(r.Profile), GOOD.get(r.Expiry)
VERSION = GOOD.get(r.Registry).versions[0]
CLOCK, SECOND = r.Clock(now=NOW), timedelta(seconds=1)
NAMED = r.PersonalData(column="delay", pattern="name of a person", share=1.0)


def derived(**change: Any) -> r.Derived:
    return replace(DERIVED, **change)


def protecting(*columns: str) -> Charter:
    return CHARTER.model_copy(update={"fairness": CHARTER.fairness.model_copy(update={"attributes": columns})})


@pytest.mark.parametrize(
    ("change", "attributes", "raw"),
    [
        pytest.param({}, (), "", id="nobody"),
        pytest.param({"found": (NAMED,)}, (), "delay (name of a person)", id="values that look like people"),
        pytest.param({"columns": {"delay": "personal"}}, (), "delay (personal)", id="a personal column"),
        pytest.param({"columns": {"delay": "special"}}, (), "delay (special)", id="a special column"),
        pytest.param({"columns": {"delay": "internal"}}, (), "", id="an internal column"),
        pytest.param({"columns": {"delay": "special"}, "found": (NAMED,)}, ("delay",), "", id="one that is protected"),
        pytest.param(
            {"columns": {"delay": "personal"}, "found": (NAMED,), "treated": {"delay": "hash"}}, (), "",
            id="one that was treated",
        ),
    ],
)  # fmt: skip
def test_people_are_not_published_as_they_came(change: dict[str, Any], attributes: tuple[str, ...], raw: str) -> None:
    told = privacy.of_raw(derived(**change), protecting(*attributes))
    assert told == ([f"published as they came: {raw}"] if raw else [])


def test_a_prepared_column_that_never_landed_lost_its_class() -> None:
    made = derived(columns=DERIVED.columns | {"gate": "public"})
    assert privacy.of_tag(made, PROFILE, VERSION) == ["classed otherwise than when landed: gate"]


def test_a_promise_about_groups_is_of_people() -> None:
    promised = DATA.model_copy(update={"privacy": Privacy(k_anonymity=10)})
    assert privacy.of_groups(derived(people=(), smallest_group=None), promised) == []
    assert privacy.of_groups(derived(people=("delay",), smallest_group=10), promised) == []
    assert privacy.of_groups(derived(people=("delay",), smallest_group=9), promised) == [
        "the smallest group has 9 rows, 10 were declared"
    ]
    with pytest.raises(Missing, match="the smallest group of people"):
        privacy.of_groups(derived(people=("delay",), smallest_group=None), promised)


@pytest.mark.parametrize(
    ("people", "found"),
    [
        pytest.param(("delay",), (), id="the prepared rows say so"),
        pytest.param((), (NAMED,), id="the landed ones say so"),
    ],
)
def test_people_ask_for_an_assessment(people: tuple[str, ...], found: tuple[r.PersonalData, ...]) -> None:
    with pytest.raises(Missing, match="an impact assessment of delay"):
        privacy.of_impact(derived(people=people), replace(PROFILE, personal_data_found=found), DATA)
    assert privacy.of_impact(DERIVED, PROFILE, DATA) == []


@pytest.mark.parametrize(
    ("change", "charter", "params", "idle"),
    [
        pytest.param({"role": Role.IGNORED}, CHARTER, PARAMS, True, id="an ignored column"),
        pytest.param({"treatment": "drop"}, CHARTER, PARAMS, True, id="one that is to be dropped"),
        pytest.param({"role": Role.IGNORED}, protecting("delay"), PARAMS, False, id="one that bias is measured by"),
        pytest.param(
            {"role": Role.IGNORED}, CHARTER, PARAMS.model_copy(update={"slices": ("delay",)}), False,
            id="one that segments are made by",
        ),
        pytest.param(
            {"role": Role.IGNORED},
            CHARTER.model_copy(update={"rule_baseline": CHARTER.rule_baseline.model_copy(update={"column": "delay"})}),
            PARAMS, False, id="one that the rule looks at",
        ),
    ],
)  # fmt: skip
def test_a_published_column_is_needed(change: dict[str, Any], charter: Charter, params: Params, idle: bool) -> None:
    columns = DATA.columns | {"delay": DATA.columns["delay"].model_copy(update=change)}
    told = privacy.of_columns(DERIVED, DATA.model_copy(update={"columns": columns}), charter, params)
    assert told == (["published, and needed by nothing: delay"] if idle else [])


@pytest.mark.parametrize(
    ("start", "faults"),
    [
        pytest.param("2013-08-01T00:00:00+00:00", [], id="just as old as may be"),
        pytest.param("2013-07-31T23:59:59+00:00", ["train begins on 2013-07-31, before 2013-08-01"], id="older"),
    ],
)
def test_rows_are_as_young_as_the_newest_row_asks(start: str, faults: list[str]) -> None:
    part = GOOD.get(r.Parts).parts["train"]
    parts = replace(GOOD.get(r.Parts), parts={"train": replace(part, start=start)})
    landing = replace(GOOD.get(r.Landing), window=None, newest_row="2013-08-31T00:00:00+00:00")
    assert privacy.of_age(parts, landing, DATA.model_copy(update={"retention_days": 30})) == faults


@pytest.mark.parametrize(
    ("age", "faults"),
    [
        pytest.param(timedelta(days=45), [], id="as long ago as may be"),
        pytest.param(
            timedelta(days=45) + SECOND, ["what is too old was last removed on 2026-10-08"], id="a second longer ago"
        ),
    ],
)
def test_removal_ran_lately(age: timedelta, faults: list[str]) -> None:
    storage = replace(GOOD.get(r.Storage), files=())
    assert privacy.of_expiry(replace(EXPIRY, made=NOW - age), storage, DATA, CLOCK) == faults


@pytest.mark.parametrize(
    ("path", "late", "days", "faults"),
    [
        pytest.param("data/quarantine/q.parquet", timedelta(0), 365, [], id="to the last second"),
        pytest.param(
            "data/quarantine/q.parquet", SECOND, 365, ["kept for too long: data/quarantine/q.parquet"],
            id="a second longer",
        ),
        pytest.param("data/landed/rows.parquet", SECOND, 365, [], id="rows that were not set aside"),
        pytest.param("data/quarantine/q.parquet", SECOND, None, [], id="without a bound"),
    ],
)  # fmt: skip
def test_what_was_set_aside_is_kept_as_long_as_was_said(
    path: str, late: timedelta, days: int | None, faults: list[str]
) -> None:
    file = replace(stored(path), modified=NOW - timedelta(days=365) - late)
    expiry = replace(EXPIRY, made=NOW, retention_days=days)
    data = DATA.model_copy(update={"retention_days": days})
    assert privacy.of_expiry(expiry, replace(GOOD.get(r.Storage), files=(file,)), data, CLOCK) == faults


@pytest.mark.parametrize(
    ("importance", "idle"), [(0.5, ()), (0.0, ("hour",)), (-0.5, ("hour",))], ids=["some", "none", "less than none"]
)
def test_a_feature_that_carries_nothing_is_named(importance: float, idle: tuple[str, ...]) -> None:
    explained = replace(GOOD.get(r.Explanation), importances={"delay": 0.4, "hour": importance})
    assert privacy.idle_features(explained) == idle


@pytest.mark.parametrize("importances", [{}, {"delay": 0.4, "hour": None}, {"delay": 0.4, "hour": nan}])
def test_every_feature_has_its_importance(importances: dict[str, float | None]) -> None:
    with pytest.raises(Missing, match="the importance of every feature"):
        privacy.idle_features(replace(GOOD.get(r.Explanation), importances=importances))
