"""Fields that describe people."""

import pytest

from config.settings import Column, Data
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import ml_problem_framing as checks
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

PERSONAL = {"personal_data_found": (r.PersonalData(column="delay", pattern="email", share=0.5),)}


def treated(how: str) -> dict[str, object]:
    """Give the columns with a treatment for the one that describes people."""
    return {"columns": {"delay": Column(type="category", sensitivity="personal", treatment=how)}}


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
        "a scan of other rows is refused": (NOT_MET, {r.Profile: {"data_sha256": "0" * 64}}),
        "a column without a class is refused": (NOT_MET, {r.Profile: {"columns": {}}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
