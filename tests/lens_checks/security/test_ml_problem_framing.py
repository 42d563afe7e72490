"""Fields that describe people."""

from dataclasses import replace

import pytest

from config.settings import Column, Data
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import ml_problem_framing as checks
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

PERSONAL = {"personal_data_found": (r.PersonalData(column="delay", pattern="email", share=0.5),)}


def treated(how: str) -> dict[str, object]:
    """Give the columns with a treatment for the one that describes people."""
    return {"columns": {"delay": Column(type="category", sensitivity="personal", treatment=how)}}


DROPPED = {r.Profile: PERSONAL, Data: treated("drop"), r.Baseline: {"columns": {}}}
LEAK = r.Leak(check="copy", columns=("delay",), share=1.0, examples=("a@b.c",), sentence="a copy", allowed="known")
RULE = r.Rule(rule="set", column="delay", success=True, unexpected=1)
COLUMNS = GOOD.get(r.Profile).columns

VERDICTS = {
    checks.every_personal_field_has_a_treatment: {
        "no column describes people": (MET, {}),
        "an address left as it is would be learned": (NOT_MET, {r.Profile: PERSONAL}),
        "a column of addresses is dropped": (
            MET,
            {r.Profile: PERSONAL, Data: treated("drop"), r.Baseline: {"columns": {}}},
        ),
        "a dropped column must be gone from what is prepared": (NOT_MET, {r.Profile: PERSONAL, Data: treated("drop")}),
        "a hash without a key that is known cannot be told": (UNKNOWN, {r.Profile: PERSONAL, Data: treated("hash")}),
        "an example in a report shows an address": (
            NOT_MET,
            {
                r.Profile: PERSONAL,
                Data: treated("drop"),
                r.Baseline: {"columns": {}},
                r.Validation: {
                    "rules": (r.Rule(rule="set", column="delay", success=True, unexpected=1, examples=("a@b.c",)),)
                },
            },
        ),
        "a rule without examples shows none": (MET, {**DROPPED, r.Validation: {"rules": (RULE,)}}),
        "examples of another column show no address": (
            MET,
            {**DROPPED, r.Validation: {"rules": (replace(RULE, column="late", examples=("true",)),)}},
        ),
        "an example of a leak shows an address": (NOT_MET, {**DROPPED, r.Leakage: {"findings": (LEAK,)}}),
        "a leak without examples shows none": (
            MET,
            {**DROPPED, r.Leakage: {"findings": (replace(LEAK, examples=()),)}},
        ),
        "an example of a leak in another column shows no address": (
            MET,
            {**DROPPED, r.Leakage: {"findings": (replace(LEAK, columns=("late",)),)}},
        ),
        "an address left as it is, and then gone, was not treated": (
            NOT_MET,
            {r.Profile: PERSONAL, r.Baseline: {"columns": {}}},
        ),
        "an address that nobody declared has no treatment": (
            NOT_MET,
            {r.Profile: PERSONAL, Data: {"columns": {}}, r.Baseline: {"columns": {}}},
        ),
        "a landed column that was not scanned is refused": (
            NOT_MET,
            {r.Landing: {"columns": {"delay": "double", "late": "bool", "hour": "int"}}},
        ),
        "a class that does not exist is refused": (
            NOT_MET,
            {r.Profile: {"columns": COLUMNS | {"delay": replace(COLUMNS["delay"], sensitivity="secret")}}},
        ),
        "no column at all is refused": (NOT_MET, {r.Profile: {"columns": {}}, r.Landing: {"columns": {}}}),
        "a scan of other rows is refused": (NOT_MET, {r.Profile: {"data_sha256": "0" * 64}}),
        "a column without a class is refused": (NOT_MET, {r.Profile: {"columns": {}}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
